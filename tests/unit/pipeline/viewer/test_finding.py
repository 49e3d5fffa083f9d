"""Which run a notebook shows, in a folder whose latest ones were stopped."""

import json
from pathlib import Path

import pytest

from modules.base.errors import UserError
from modules.base.records import ArtifactRecord
from pipeline import viewer
from pipeline.lineage import StepRun
from pipeline.viewer import finding

pytestmark = pytest.mark.unit

RUNS = [f"2026-01-0{day}T10:00:00.1" for day in (1, 2, 3, 4)]


class Lineage:
    """Four runs: two with a report, one that was stopped after the Verdict, and one before."""

    folder: Path
    evaluated, reported = RUNS[:3], RUNS[:2]
    blessed_by_evaluator: list[str] = []

    def __init__(self, path: str, pipeline: str):
        self._pipeline = pipeline

    def pipelines(self) -> list[str]:
        return ["shop"]

    def numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(RUNS, 1)}

    def history(self, step: str) -> list[tuple[str, StepRun]]:
        def left(**properties: object) -> ArtifactRecord:
            return ArtifactRecord(1, str(self.folder), properties)

        outputs = {
            "Evaluator": {"evaluation": left()},
            "Verdict": {"blessing": left(blessed=1, current_model="model")},
            "Reporter": {"report": left()},
        }
        names = {"Evaluator": RUNS[:4], "Verdict": self.evaluated, "Reporter": self.reported}[step]
        old = {"blessing": left(blessed=0, current_model="old model")} if step == "Evaluator" else {}
        return [
            (name, StepRun(1, False, outputs[step] | (old if name in self.blessed_by_evaluator else {})))
            for name in names
        ]


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(Lineage, "folder", tmp_path, raising=False)
    monkeypatch.setattr(finding, "Lineage", Lineage)
    (tmp_path / "metadata.sqlite").touch()
    (tmp_path / "summary.json").write_text(json.dumps({"ladder": [{"form": "int8_qat"}]}))
    return str(tmp_path)


def test_the_latest_run_is_the_latest_with_a_verdict_and_says_that_others_came_after_it(output: str) -> None:
    run = viewer.latest_run(output)
    assert run.name == RUNS[1]
    assert repr(run) == "shop, run of 2026-01-02 10:00:00, blessed; of the runs after it, 2 came to no verdict"
    assert run.summary["ladder"][0]["form"] == "int8_qat"


def test_without_any_verdict_it_is_the_latest_that_was_evaluated_and_has_no_summary(
    output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lineage, "reported", [])
    run = viewer.latest_run(output)
    assert run.name == RUNS[2]
    with pytest.raises(UserError, match="was stopped before its verdict"):
        run.summary  # noqa: B018  it is read where it is named


def test_a_run_with_nothing_after_it_says_nothing_of_others(output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lineage, "evaluated", RUNS[:2])
    monkeypatch.setattr(Lineage, "numbers", lambda self: {RUNS[0]: 1, RUNS[1]: 2})
    assert repr(viewer.latest_run(output)) == "shop, run of 2026-01-02 10:00:00, blessed"


def test_the_latest_run_is_the_last_one_though_the_clock_was_set_back(
    output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lineage, "numbers", lambda self: {name: n for n, name in enumerate(reversed(RUNS), 1)})
    assert repr(viewer.latest_run(output)) == "shop, run of 2026-01-01 10:00:00, blessed"


def test_runs_that_their_evaluator_blessed_are_found_beside_those_of_a_verdict(
    output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lineage, "blessed_by_evaluator", RUNS[:2])
    monkeypatch.setattr(Lineage, "evaluated", RUNS[2:3])
    found = viewer.runs(output)
    assert [(run.name, run.blessed, run.model) for run in found] == [
        (RUNS[0], False, "old model"),
        (RUNS[1], False, "old model"),
        (RUNS[2], True, "model"),
    ]


def test_a_folder_with_runs_of_earlier_versions_alone_is_found(output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lineage, "blessed_by_evaluator", RUNS)
    monkeypatch.setattr(Lineage, "evaluated", [])
    assert viewer.latest_run(output).name == RUNS[1]
