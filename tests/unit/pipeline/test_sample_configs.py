"""The configs of the repository: that they load, and that the commented one tells the truth."""

import re
import types
import typing
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from modules.base.settings import Gates, PipelineSettings
from modules.tasks import OBJECTIVES
from pipeline.config import load

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "data").glob("*/pipeline.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_config_of_the_repository_loads(path: Path) -> None:
    assert load(str(path)).name == path.parent.name


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated):
        return [model for argument in typing.get_args(annotation) for model in _models(argument)]
    return []


def _keys(model: type[BaseModel], prefix: str = "") -> set[str]:
    found = set()
    for name, field in model.model_fields.items():
        found.add(prefix + name)
        for inner in _models(field.annotation):
            found |= _keys(inner, f"{prefix}{name}.")
    return found


def _yaml_keys(values: dict, prefix: str = "") -> set[str]:
    found = set()
    for name, value in values.items():
        found.add(prefix + name)
        if isinstance(value, dict):
            found |= _yaml_keys(value, f"{prefix}{name}.")
    return found


def test_the_sample_config_shows_every_setting() -> None:
    text = (ROOT / "data" / "census_income" / "pipeline.yaml").read_text()
    left_out = _keys(PipelineSettings) - _yaml_keys(yaml.safe_load(text))
    # The alternatives, which its comments name: the other rule of reduction, the other metrics and limits of a gate.
    expected = {"reduction.components": "give components", "pusher.destination": "destination: a folder"}
    for key in _keys(Gates, "evaluation.gates."):
        expected[key] = key.rpartition(".")[2]
    # A rule in the place of the number.
    expected |= {key: "or chosen on validation rows" for key in left_out if key.startswith("evaluation.threshold.")}
    assert left_out <= set(expected)
    for key in left_out:
        assert expected[key] in text


def test_the_defaults_that_the_sample_config_states_are_the_defaults() -> None:
    path = ROOT / "data" / "census_income" / "pipeline.yaml"
    bare = PipelineSettings.model_validate(
        {
            "name": "x",
            "data": {"train": "a", "test": "b"},
            "label": {"column": "c", "positive_class": "d"},
            "evaluation": {"gates": {"auc": {"minimum": 0.5}}},
        }
    ).model_dump()
    section, within, checked = "", "", 0
    for line in path.read_text().splitlines():
        if heading := re.match(r"([a-z_]+):", line):
            section = heading[1]
        if not line.startswith("    "):
            inner = re.match(r" {2}([a-z_]+): *(#|$)", line)
            within = inner[1] if inner else ""
        stated = re.search(r"^ *([a-z_]+):.*# default (\[.*?\]|\".*?\"|'.*?'|[^:;,\[\"']+)(?=[:;,]|$)", line)
        if not stated:
            continue
        name, text = stated[1], stated[2].strip()
        if name == "objective":  # its default depends on the task
            assert all(f"{known[0]} ({task})" in line for task, known in OBJECTIVES.items())
            continue
        values = bare[section][within] if line.startswith("    ") else bare[section]
        actual = bare[name] if line.startswith(name) else values[name]
        if text == "all three":
            assert actual == ["one_hot", "piecewise_linear", "z_score"]
        elif text == "these":
            assert actual == yaml.safe_load(line.split("#")[0].split(":", 1)[1])
        else:
            assert actual == yaml.safe_load(text), line
        checked += 1
    assert checked > 25
