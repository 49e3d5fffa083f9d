"""What summary.json has of slices, intervals and curves, from what the steps left; the steps are stand-ins."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from components.reporter.facts import intervals, slices
from modules.base.records import Record

pytestmark = pytest.mark.unit


class Sources:
    """Stands in for the artifacts of a run."""

    def __init__(self, folder: Path, binary: dict[str, Any], files: dict[str, Any]) -> None:
        self.records = {"intervals": Record(1, str(folder), {})} if files else {}
        self.settings = SimpleNamespace(
            label=SimpleNamespace(task=binary["task"]),
            evaluation=SimpleNamespace(slices=[["sex"], ["region"]], min_slice_examples=100),
        )
        self.classes = binary["classes"]
        self.metrics = {one["slice"]: one["metrics"] for one in binary["slices"]}
        self._files = files

    def json(self, name: str, *path: str) -> Any:
        return json.loads(json.dumps(self._files[path[0]])) if name in self.records else None


def test_slices_come_with_their_columns_and_their_gaps(binary: dict[str, Any], tmp_path: Path) -> None:
    sources: Any = Sources(tmp_path, binary, {"intervals.json": binary["intervals"]})
    found = slices.facts(sources)
    assert found["slices"] == binary["slices"]
    assert found["min_slice_examples"] == 100
    assert found["worst_slices"]["auc"] == {"slice": "sex=m", "value": 0.88}
    (gap,) = [one for one in found["gaps"] if (one["metric"], one["columns"]) == ("auc", ["sex"])]
    assert gap["apart"] is True


def test_a_run_that_stopped_before_its_intervals_has_gaps_without_them(binary: dict[str, Any], tmp_path: Path) -> None:
    sources: Any = Sources(tmp_path, binary, {})
    assert intervals.facts(sources) == {}
    assert {gap["apart"] for gap in slices.facts(sources)["gaps"]} == {None}


def test_a_run_that_stopped_before_the_evaluator_has_no_slices(binary: dict[str, Any], tmp_path: Path) -> None:
    sources: Any = Sources(tmp_path, binary | {"slices": []}, {})
    found = slices.facts(sources)
    assert (found["slices"], found["gaps"], found["worst_slices"]) == ([], [], {})


def test_of_several_classes_each_is_measured_by_itself(binary: dict[str, Any], tmp_path: Path) -> None:
    curves = {
        "task": "multiclass",
        "weighted": False,
        "classes": ["a", "b"],
        "confusion": [[3, 1], [0, 4]],
        "roc": {"a": {"auc": 0.9}, "b": None},
    }
    sources: Any = Sources(tmp_path, binary, {"intervals.json": binary["intervals"], "curves.json": curves})
    found = intervals.facts(sources)
    assert (found["intervals"], found["curves"]) == (binary["intervals"], curves)
    assert [(one["class"], one["recall"]["value"], one["auc"]) for one in found["per_class"]] == [
        ("a", 0.75, 0.9),
        ("b", 1.0, None),
    ]
    sources = Sources(tmp_path, binary, {"intervals.json": binary["intervals"], "curves.json": {"task": "binary"}})
    assert "per_class" not in intervals.facts(sources)
