"""What the Reporter is given of the config, which its page shows."""

import json

import pytest

from components.reporter.component import Reporter
from modules.base.settings import PipelineSettings

pytestmark = pytest.mark.unit


def config(**data: object) -> PipelineSettings:
    return PipelineSettings.model_validate(
        {
            "name": "houses",
            "data": data,
            "label": {"column": "sold", "positive_class": "yes"},
            "evaluation": {"gates": {"auc": {"minimum": 0.5}}},
            "pusher": {"destination": "/srv/jo/pushed"},
        }
    )


def test_files_of_this_machine_are_named_and_not_where_they_lie() -> None:
    settings = config(
        train=["/home/jo/a.csv", "gs://bucket/b.csv"], test="/home/jo/test/", schema_file="/tmp/staged/0a/schema.pbtxt"
    )
    shown = json.loads(Reporter.config_of(settings))
    assert {name: shown["data"][name] for name in ("train", "test", "schema_file")} == {
        "train": ["a.csv", "gs://bucket/b.csv"],
        "test": "test",
        "schema_file": "schema.pbtxt",
    }
    assert shown["pusher"]["destination"] == "pushed"


def test_two_machines_give_the_reporter_the_same_config() -> None:
    one, other = (config(train=f"/home/{name}/a.csv", schema_file=f"/{name}/s.pbtxt") for name in ("jo", "kim"))
    assert Reporter.config_of(one) == Reporter.config_of(other)
    assert one.data.train == "/home/jo/a.csv"


def test_what_is_not_given_stays_so() -> None:
    shown = json.loads(
        Reporter.config_of(
            config(train="a.csv").model_copy(update={"pusher": PipelineSettings.model_fields["pusher"].default})
        )
    )
    assert shown["data"]["test"] is shown["data"]["schema_file"] is shown["pusher"]["destination"] is None
    assert "kubeflow" not in shown
