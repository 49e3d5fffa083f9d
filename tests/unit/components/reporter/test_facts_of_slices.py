"""What summary.json has of slices, intervals and curves, from what the steps left; the steps are stand-ins."""

from types import SimpleNamespace
from typing import Any

import pytest

from components.reporter.facts import intervals, slices
from modules.contracts import intervals as contract
from modules.contracts.intervals import IntervalsOfSlices

pytestmark = pytest.mark.unit


class Sources:
    """Stands in for the artifacts of a run."""

    def __init__(self, binary: dict[str, Any], measured: dict[str, Any] | None, curves: Any = None) -> None:
        self.intervals = measured and IntervalsOfSlices.from_json({"confidence": 0.95, "replicates": 9} | measured)
        self.settings = SimpleNamespace(
            label=SimpleNamespace(task=binary["task"]),
            evaluation=SimpleNamespace(slices=[["sex"], ["region"]], min_slice_examples=100),
        )
        self.classes = binary["classes"]
        self.metrics = {one["slice"]: one["metrics"] for one in binary["slices"]}
        self._curves = curves

    def read(self, name: str, reader: Any) -> Any:
        assert (name, reader) == ("intervals", contract.read_curves)
        return self._curves


def test_slices_come_with_their_columns_and_their_gaps(binary: dict[str, Any]) -> None:
    sources: Any = Sources(binary, binary["intervals"])
    found = slices.facts(sources)
    assert found["slices"] == binary["slices"]
    assert found["min_slice_examples"] == 100
    assert found["worst_slices"]["auc"] == {"slice": "sex=m", "value": 0.88}
    (gap,) = [one for one in found["gaps"] if (one["metric"], one["columns"]) == ("auc", ["sex"])]
    assert gap["apart"] is True


def test_a_run_that_stopped_before_its_intervals_has_gaps_without_them(binary: dict[str, Any]) -> None:
    sources: Any = Sources(binary, None)
    assert intervals.facts(sources) == {}
    assert {gap["apart"] for gap in slices.facts(sources)["gaps"]} == {None}


def test_a_run_that_stopped_before_the_evaluator_has_no_slices(binary: dict[str, Any]) -> None:
    sources: Any = Sources(binary | {"slices": []}, None)
    found = slices.facts(sources)
    assert (found["slices"], found["gaps"], found["worst_slices"]) == ([], [], {})


def test_of_several_classes_each_is_measured_by_itself(binary: dict[str, Any]) -> None:
    curves = {
        "task": "multiclass",
        "weighted": False,
        "classes": ["a", "b"],
        "confusion": [[3, 1], [0, 4]],
        "roc": {"a": {"auc": 0.9}, "b": None},
    }
    sources: Any = Sources(binary, binary["intervals"], curves)
    found = intervals.facts(sources)
    assert (found["intervals"]["slices"], found["curves"]) == (binary["intervals"]["slices"], curves)
    assert [(one["class"], one["recall"]["value"], one["auc"]) for one in found["per_class"]] == [
        ("a", 0.75, 0.9),
        ("b", 1.0, None),
    ]
    sources = Sources(binary, binary["intervals"], {"task": "binary"})
    assert "per_class" not in intervals.facts(sources)
