from typing import Any

import pytest

from components.reporter import readings

pytestmark = pytest.mark.unit

TPR = "true_positive_rate@0.50"


def test_a_metric_comes_with_its_interval(binary: dict[str, Any]) -> None:
    summary = readings.by_slice(binary)
    assert readings.read(summary, summary["slices"][0], "auc") == readings.Reading(0.9, 0.88, 0.92, 1000, False)


@pytest.mark.parametrize("intervals", [None, {"slices": []}])
def test_without_intervals_it_comes_alone(binary: dict[str, Any], intervals: Any) -> None:
    binary["intervals"] = intervals
    summary = readings.by_slice(binary)
    assert readings.read(summary, summary["slices"][0], "auc") == readings.Reading(0.9, None, None, 1000, False)


def test_what_the_evaluator_left_out_is_undefined(binary: dict[str, Any]) -> None:
    del binary["slices"][3]["metrics"]["auc"]
    assert readings.read(readings.by_slice(binary), binary["slices"][3], "auc") is None


def test_what_the_intervals_call_undefined_is_undefined(binary: dict[str, Any]) -> None:
    binary["intervals"]["slices"][1]["metrics"]["auc"] |= {"value": None, "low": None, "high": None}
    assert readings.read(readings.by_slice(binary), binary["slices"][3], "auc") is None


@pytest.mark.parametrize(
    ("name", "rows"),
    [("auc", 600), (TPR, 200), ("false_positive_rate@0.50", 400)],
)
def test_rates_count_the_rows_that_they_are_over(binary: dict[str, Any], name: str, rows: int) -> None:
    reading = readings.read(readings.by_slice(binary), binary["slices"][4], name)
    assert reading is not None and reading.rows == pytest.approx(rows)


def test_thresholds_are_ascending_and_without_classes() -> None:
    names = [f"recall@{at}/a@b/c" for at in ("0.75", "0.50", "0.125")] + ["auc", "auc/a@b"]
    summary = {"slices": [{"metrics": dict.fromkeys(names, 0.5)}]}
    assert readings.thresholds(summary) == ["0.125", "0.50", "0.75"]


def test_the_threshold_that_is_shown_first_is_next_to_the_one_that_decides() -> None:
    metrics = dict.fromkeys(
        ("auc", "true_positive_rate@0.25", "true_positive_rate@0.50", "true_positive_rate@0.75"), 0.5
    )
    summary = {"slices": [{"metrics": metrics}]}
    found = [readings.main_threshold(summary | decided) for decided in ({}, {"threshold": None}, {"threshold": 0.31})]
    assert found == ["0.50", "0.50", "0.25"]
    assert readings.main_threshold({"slices": [{"metrics": {"auc": 0.5}}]}) is None
