from pathlib import Path
from typing import Any

import pytest

from modules.base.records import ArtifactRecord
from modules.base.settings import PipelineSettings
from modules.contracts import data_findings, ladder, report
from modules.contracts.data_findings import DataFinding
from modules.contracts.ladder import Rung
from pipeline.lineage import StepRun
from pipeline.running import reporting

pytestmark = pytest.mark.unit

SETTINGS = PipelineSettings.model_validate(
    {
        "name": "houses",
        "data": {"train": "a.csv"},
        "label": {"column": "sold", "positive_class": "yes"},
        "evaluation": {"gates": {"auc": {"minimum": 0.5}}},
    }
)
SECTION = {"id": "size", "title": "How large is it?", "lead": "Small.", "order": 40, "blocks": []}
COMMAND = "python local_runner.py run --config x.yaml"


class Channel:
    def __init__(self, step: str, key: str):
        self.producer_component_id, self.output_key = step, key


class Reporter:
    exec_properties = {"fingerprint": "f1", "code": "c1"}
    inputs = {"findings": Channel("DataGate", "findings"), "ladder": Channel("Ladder", "ladder")}


class Lineage:
    """Every step has run at some time."""

    def __init__(self, folder: Path):
        self._folder = folder

    def latest(self, step: str) -> StepRun:
        key = {"DataGate": "findings", "Ladder": "ladder", "Reporter": "report"}[step]
        return StepRun(1, False, {key: ArtifactRecord(1, str(self._folder / key), {})})

    def graph(self, steps: list) -> dict[str, Any]:
        return {"nodes": steps, "edges": []}


@pytest.fixture
def lineage(tmp_path: Path) -> Any:
    warning = DataFinding("drift", "age", "test against train", "Too far", severity="warn")
    data_findings.write(str(tmp_path / "findings"), [warning])
    ladder.write(str(tmp_path / "ladder"), [Rung("old", {"auc": 0.5}, [], 7, 5, 0.5, 1.0, 2.0)])
    report.write(str(tmp_path / "report"), {"name": "houses", "collected": True}, "", [SECTION])
    return Lineage(tmp_path)


def steps(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "seconds": 1.0, "cached": False} for name in names]


def test_a_complete_run_has_what_the_reporter_collected_and_what_only_the_runner_knows(lineage: Any) -> None:
    ran = steps("DataGate", "Ladder", "Reporter")
    made = reporting.conclude(SETTINGS, lineage, Reporter(), ran, COMMAND)
    assert made["collected"] is True
    assert (made["steps"], made["command"]) == (ran, COMMAND)
    assert made["lineage"]["nodes"] == ["DataGate", "Ladder", "Reporter"]
    assert "stopped" not in made


def test_the_sections_of_the_page_are_those_that_the_reporter_built(lineage: Any) -> None:
    assert [section.model_dump() for section in reporting.sections(lineage)] == [SECTION]


def test_a_stopped_run_has_what_its_own_steps_left_and_nothing_of_a_run_before(lineage: Any) -> None:
    stopped = {"step": "Tuner", "message": "no"}
    made = reporting.conclude(SETTINGS, lineage, Reporter(), steps("DataGate"), COMMAND, stopped)
    assert made["data_gate"][0]["message"] == "test against train: age: Too far (data_gate.drift: off)"
    assert made["ladder"] == []  # that of another run
    assert made["stopped"] == stopped
    assert (made["data_fingerprint"], made["code_digest"]) == ("f1", "c1")
