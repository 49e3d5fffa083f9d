"""The runs of a folder, from a store of ML Metadata and what the Reporters left."""

import datetime
import json
import os
from pathlib import Path
from typing import Any

import pytest

from modules.base.errors import UserError
from modules.base.records import ArtifactRecord
from pipeline.commands import history
from pipeline.lineage import StepRun
from pipeline.running import occupancy

pytestmark = pytest.mark.unit

RUNG = {"form": "pruned", "auc": 0.9375, "bytes": 12_345}


def summary(**changes: Any) -> dict[str, Any]:
    return {
        "name": "shop",
        "task": "binary",
        "blessed": True,
        "pushed": {"path": "/models/1"},
        "shipped_form": "float32",
        "ladder": [{"form": "int8_qat", "auc": 0.5, "bytes": 1}, RUNG],
        "gates": [],
        "slices": [],
        "worst_slices": {"auc": {"slice": "sex=f", "value": 0.875}},
        "data_fingerprint": "0123456789",
        "code_digest": "abcdefghij",
    } | changes


class Lineage:
    """Three runs: the first left a report, the second was stopped, the third left another."""

    folder: Path

    def __init__(self, path: str, pipeline: str):
        self._pipeline = pipeline

    def pipelines(self) -> list[str]:
        return ["shop"]

    def run_names(self) -> list[str]:
        return [f"2026-11-25T10:0{minute}:00" for minute in (1, 2, 3)]

    def numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.run_names(), 1)}

    def history(self, step: str) -> list[tuple[str, StepRun]]:
        assert step == "Reporter"
        names = {self.run_names()[0]: "first", self.run_names()[2]: "third"}
        return [
            (run, StepRun(1, False, {"report": ArtifactRecord(1, str(self.folder / name), {})}))
            for run, name in names.items()
        ]


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(history, "Lineage", Lineage)
    monkeypatch.setattr(Lineage, "folder", tmp_path, raising=False)
    refused = summary(blessed=False, pushed=None, worst_slices={})
    for name, content in (("first", summary()), ("third", refused)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "summary.json").write_text(json.dumps(content))
    (tmp_path / "out" / "shop").mkdir(parents=True)
    (tmp_path / "out" / "shop" / "metadata.sqlite").touch()
    return tmp_path / "out"


def test_runs_are_listed_oldest_first_with_their_figures(output: Path) -> None:
    first, second, third = [history.row(run) for run in history.past_runs(str(output))]
    assert first == [
        "shop/1",
        "2026-11-25 10:01:00",
        "pushed",
        "01234567",
        "abcdefgh",
        "AUC 0.9375",
        "0.8750 sex=f",
        "12,345",
    ]
    assert second == ["shop/2", "2026-11-25 10:02:00", "stopped", "–", "–", "–", "–", "–"]
    assert (third[2], third[6]) == ("not blessed", "–")


def test_a_pipelines_own_folder_lists_the_same_as_the_folder_above_it(output: Path) -> None:
    assert history.past_runs(str(output / "shop")) == history.past_runs(str(output))


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no run, there is no metadata.sqlite in it"):
        history.past_runs(str(tmp_path))


def test_a_stopped_run_has_nothing_to_compare(output: Path) -> None:
    assert history.find(str(output), "shop/3")[0] == "shop/3 (2026-11-25 10:03)"
    with pytest.raises(UserError, match="run shop/2: was stopped"):
        history.find(str(output), "shop/2")
    with pytest.raises(UserError, match="there are shop/1, shop/2, shop/3"):
        history.find(str(output), "shop/4")


@pytest.mark.parametrize("content", ["no JSON", "[" * 100_000, "[]", "{}", '{"name": "shop"}'])
def test_another_file_is_no_summary(output: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "other.json").write_text(content)
    with pytest.raises(UserError, match="is no summary.json of a run"):
        history.find(str(output), str(tmp_path / "other.json"))


@pytest.mark.parametrize(("began", "expected"), [("10:01:59", "running"), ("10:04:00", "stopped")])
def test_a_run_that_is_going_on_is_no_stopped_one(output: Path, began: str, expected: str) -> None:
    with occupancy.occupy(str(output / "shop")):
        time = datetime.datetime.fromisoformat(f"2026-11-25T{began}").timestamp()
        os.utime(output / "shop" / ".running", (time, time))
        runs = history.past_runs(str(output))
        assert [history.row(run)[2] for run in runs] == ["pushed", expected, "not blessed"]
        with pytest.raises(UserError, match="is still going on" if expected == "running" else "was stopped"):
            history.find(str(output), "shop/2")
    assert history.row(history.past_runs(str(output))[1])[2] == "stopped"


def test_of_the_runs_without_a_report_only_the_last_one_is_going_on(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lineage, "history", lambda self, step: [])  # the clock was set back before the last one began
    with occupancy.occupy(str(output / "shop")):
        time = datetime.datetime.fromisoformat("2026-11-25T10:00:59").timestamp()
        os.utime(output / "shop" / ".running", (time, time))
        assert [run.running for run in history.past_runs(str(output))] == [False, False, True]


def test_a_run_whose_files_are_gone_is_told_from_its_own_report_and_without_it_is_not_called_stopped(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "first" / "summary.json").unlink()
    own = output / "shop" / "reports" / "1"
    own.mkdir(parents=True)
    (own / "summary.json").write_text(json.dumps(summary()))
    (tmp_path / "third" / "summary.json").write_text("{")  # a disk was full
    rows = [history.row(run) for run in history.past_runs(str(output))]
    assert [row[2] for row in rows] == ["pushed", "stopped", "files gone"]
    assert "third/summary.json: is no summary.json of a run" in capsys.readouterr().err
    with pytest.raises(UserError, match="run shop/3: has lost its files, and has nothing to compare"):
        history.find(str(output), "shop/3")
