"""Gaps between slices, against numbers worked out by hand."""

from typing import Any

import pytest

from components.reporter import gaps, readings

pytestmark = pytest.mark.unit

TPR = "true_positive_rate@0.50"


def found(summary: dict[str, Any], metric: str, *columns: str) -> dict[str, Any]:
    return {(one["metric"], tuple(one["columns"])): one for one in gaps.gaps(readings.by_slice(summary))}[
        metric, columns
    ]


def test_a_gap_is_between_the_highest_and_the_lowest_slice_of_a_column(binary: dict[str, Any]) -> None:
    gap = found(binary, "auc", "sex")
    assert gap["gap"] == pytest.approx(0.07)
    assert gap["highest"] == {"slice": "sex=f", "value": 0.95}
    assert gap["lowest"] == {"slice": "sex=m", "value": 0.88}
    assert gap["slices"] == 2
    assert gap["farthest"] == {"slice": "sex=f", "value": 0.95}
    assert gap["from_overall"] == pytest.approx(0.05)


def test_the_difference_from_overall_keeps_its_sign(binary: dict[str, Any]) -> None:
    gap = found(binary, TPR, "sex")
    assert gap["gap"] == pytest.approx(0.15)
    assert gap["farthest"]["slice"] == "sex=f"
    assert gap["from_overall"] == pytest.approx(-0.1)


def test_a_slice_that_is_too_small_makes_no_gap(binary: dict[str, Any]) -> None:
    gap = found(binary, "auc", "region")
    assert (gap["slices"], gap["gap"]) == (1, 0)
    assert gap["lowest"]["slice"] == "region=north"


def test_a_rate_over_too_few_rows_makes_no_gap_even_in_a_large_slice(binary: dict[str, Any]) -> None:
    binary["slices"][3]["metrics"]["mean_label"] = 0.2  # 80 of 400 women are positive
    assert found(binary, TPR, "sex")["slices"] == 1
    assert found(binary, "false_positive_rate@0.50", "sex")["slices"] == 2


def test_intervals_tell_whether_the_ends_of_a_gap_are_apart(binary: dict[str, Any]) -> None:
    assert found(binary, "auc", "sex")["apart"] is True
    assert found(binary, "accuracy", "sex")["apart"] is False
    assert found(binary, TPR, "sex")["apart"] is None


def test_a_metric_that_no_large_slice_has_is_left_out(binary: dict[str, Any]) -> None:
    assert ("precision", ("sex",)) not in {
        (one["metric"], tuple(one["columns"])) for one in gaps.gaps(readings.by_slice(binary))
    }


def test_without_an_overall_value_there_is_no_distance_from_it(binary: dict[str, Any]) -> None:
    del binary["slices"][0]["metrics"]["auc"]
    gap = found(binary, "auc", "sex")
    assert (gap["farthest"], gap["from_overall"]) == (None, None)
    assert gap["gap"] == pytest.approx(0.07)


def test_of_several_classes_each_has_its_gaps(binary: dict[str, Any]) -> None:
    binary |= {"task": "multiclass", "classes": ["a", "b/c"]}
    for one, value in zip(binary["slices"][3:], (0.5, 0.8), strict=True):
        one["metrics"][f"{TPR}/b/c"] = value
        one["metrics"]["mean_label/b/c"] = 0.5
    assert found(binary, f"{TPR}/b/c", "sex")["gap"] == pytest.approx(0.3)


def test_the_worst_slice_has_the_lowest_score(binary: dict[str, Any]) -> None:
    worst = gaps.worst_slices(readings.by_slice(binary))
    assert worst["auc"] == {"slice": "sex=m", "value": 0.88}
    assert worst["accuracy"] == {"slice": "sex=f", "value": 0.8}
    assert "precision" not in worst


def test_the_worst_slice_of_an_error_has_the_highest(binary: dict[str, Any]) -> None:
    binary |= {"task": "regression", "classes": [], "intervals": None}
    for place, one in enumerate(binary["slices"]):
        one["metrics"] |= {"rmse": 2.0 + place, "r2": 0.5 + place / 10}
    worst = gaps.worst_slices(readings.by_slice(binary))
    assert worst["rmse"] == {"slice": "sex=m", "value": 6.0}
    assert worst["r2"] == {"slice": "region=north", "value": 0.6}
