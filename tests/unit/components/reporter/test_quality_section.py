from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from components.intervals import curves, residuals
from components.reporter import page
from components.reporter.blocks import Details, Figure, Section, Table, Threshold
from components.reporter.facts.intervals import per_class
from components.reporter.sections import quality

pytestmark = pytest.mark.unit

LABELS = np.array([0, 0, 0, 1, 1, 1, 1, 0])
SCORES = np.array([0.1, 0.2, 0.7, 0.49, 0.6, 0.8, 0.9, 0.3])


@pytest.fixture
def drawn(binary: dict[str, Any]) -> dict[str, Any]:
    return binary | {"curves": curves.binary(LABELS, SCORES, None)}


@pytest.fixture
def classes(binary: dict[str, Any]) -> dict[str, Any]:
    """Three classes, of which `c` is never predicted."""
    labels = np.array([0, 0, 0, 0, 1, 1, 2, 2])
    guesses = np.array([0, 0, 0, 1, 1, 1, 0, 1])
    probabilities = np.full((8, 3), 0.2)
    probabilities[np.arange(8), guesses] = 0.6
    found = curves.multiclass(labels, probabilities, None, ["a", "b", "c"])
    overall = binary["slices"][0]
    overall["metrics"]["accuracy"] = 5 / 8
    return binary | {
        "task": "multiclass",
        "classes": ["a", "b", "c"],
        "curves": found,
        "per_class": per_class(found),
    }


def built(summary: dict[str, Any]) -> Section:
    section = quality.section(summary)
    assert section is not None
    return section


def of_kind(summary: dict[str, Any], kind: Any) -> list[Any]:
    return [block for block in built(summary).blocks if isinstance(block, kind)]


def figure(summary: dict[str, Any], caption: str) -> Figure:
    return next(one for one in of_kind(summary, Figure) if one.caption.startswith(caption))


def test_metrics_stand_with_their_intervals_and_what_is_missing_is_undefined(drawn: dict[str, Any]) -> None:
    table = of_kind(drawn, Table)[0]
    assert [cell.text for cell in table.rows[0]] == ["AUC", "0.9000", "0.8800", "0.9200", "1,000"]
    assert [cell.text for cell in table.rows[3]] == ["precision", "undefined", "–", "–", "–"]
    assert built(drawn).lead == "AUC 0.9000 (95 %: 0.8800 to 0.9200) on 1,000 test rows that no step learnt from."


def test_the_confusion_matrix_begins_at_one_half(drawn: dict[str, Any]) -> None:
    (threshold,) = of_kind(drawn, Threshold)
    at = threshold.thresholds.index(threshold.start)
    cells = ("true_positives", "false_positives", "true_negatives", "false_negatives")
    assert [getattr(threshold, cell)[at] for cell in cells] == [3, 1, 3, 1]
    assert (threshold.positive, threshold.negative) == ("yes", "no")


def test_the_rates_of_slices_follow_the_threshold(drawn: dict[str, Any]) -> None:
    rows = {"overall": np.arange(8), "sex=f": np.array([0, 2, 3, 5])}
    drawn["curves"]["slices"] = curves.by_slice(LABELS, SCORES, None, rows)
    (threshold,) = of_kind(drawn, Threshold)
    at = threshold.thresholds.index(0.5)
    women = threshold.slices["sex=f"]
    # Scores 0.1 and 0.7 are of the negative class, 0.49 and 0.8 of the positive one.
    assert [women.true_positives[at], women.false_positives[at]] == [1, 1]
    assert [women.true_negatives[at], women.false_negatives[at]] == [1, 1]
    assert [row[0].text for row in threshold.table.rows] == list(threshold.slices)
    assert {cell.live for cell in threshold.table.rows[1][2:]} >= {"true_positive_rate", "positive_rate"}
    html = page.render_sections("moved", ("", ""), "", [built(drawn)])
    assert html.count('data-value="positive_rate"') == 3


def test_figures_that_depend_on_the_threshold_have_it_as_a_parameter(drawn: dict[str, Any]) -> None:
    follow = [one.caption.split()[0] for one in of_kind(drawn, Figure) if "threshold" in str(one.spec.get("params"))]
    assert follow == ["ROC", "Precision", "Predictions"]


def test_the_descriptions_of_curves_have_their_areas_and_the_point_of_the_threshold(drawn: dict[str, Any]) -> None:
    # 14 of the 16 pairs are in the right order.
    assert "the area below it is 0.8750" in figure(drawn, "ROC").description
    assert "true positive rate is 0.7500 at a false positive rate of 0.2500" in figure(drawn, "ROC").description
    assert "guessing would reach 0.5000" in figure(drawn, "Precision").description
    assert "precision is 0.7500 and recall 0.7500" in figure(drawn, "Precision").description


def test_the_histogram_tells_what_lies_below_the_threshold(drawn: dict[str, Any]) -> None:
    assert "Below 0.5 lie 75.0% of no and 25.0% of yes." in figure(drawn, "Predictions").description


def test_rows_of_one_class_have_no_curves_and_still_a_confusion_matrix(binary: dict[str, Any]) -> None:
    binary["curves"] = curves.binary(np.zeros(8, int), SCORES, None)
    captions = [one.caption for one in of_kind(binary, Figure)]
    assert not any(caption.startswith(("ROC", "Precision")) for caption in captions)
    assert any(caption.startswith("Predictions") for caption in captions)
    assert len(of_kind(binary, Threshold)) == 1


@pytest.mark.parametrize("slices", [[], [{"slice": "a=1", "columns": ["a"], "too_small": False, "metrics": {}}]])
def test_a_run_that_measured_nothing_has_no_section(slices: list[Any]) -> None:
    assert quality.section({"task": "binary", "slices": slices}) is None
    assert quality.section({"task": "binary"}) is None


def test_a_run_without_curves_and_intervals_has_its_metrics(binary: dict[str, Any]) -> None:
    del binary["intervals"]
    (table,) = built(binary).blocks
    assert isinstance(table, Table)
    assert [cell.text for cell in table.rows[0]] == ["AUC", "0.9000", "–", "–", "1,000"]
    assert table.note == ""


def test_every_class_has_its_precision_and_recall(classes: dict[str, Any]) -> None:
    a, b, c = classes["per_class"]
    assert (a["rows"], a["predicted"], a["correct"]) == (4, 4, 3)
    assert (a["precision"]["value"], a["recall"]["value"]) == (0.75, 0.75)
    assert (b["precision"]["value"], b["recall"]["value"]) == (0.5, 1.0)
    assert (c["precision"]["value"], c["recall"]["value"]) == (None, 0.0)
    # Wilson's interval of 3 of 4, worked out by hand.
    assert (a["recall"]["low"], a["recall"]["high"]) == pytest.approx((0.3006, 0.9544), abs=1e-4)
    table = next(one for one in of_kind(classes, Table) if one.caption == "Every class")
    assert [cell.text for cell in table.rows[0][4:6]] == ["75.0%", "30.1% to 95.4%"]
    assert [cell.text for cell in table.rows[2][4:6]] == ["–", "–"]


def test_weighted_rows_have_no_interval_of_wilson(classes: dict[str, Any]) -> None:
    classes["curves"]["weighted"] = True
    assert per_class(classes["curves"])[0]["recall"] == {"value": 0.75, "low": None, "high": None}


def test_the_heat_map_has_the_counts(classes: dict[str, Any]) -> None:
    heat = figure(classes, "Confusion matrix")
    (cells,) = heat.spec["datasets"].values() if "datasets" in heat.spec else [heat.spec["data"]["values"]]
    assert {(cell["is"], cell["predicted"]): cell["count"] for cell in cells}["a", "b"] == 1
    assert "5 of 8 rows are on the diagonal" in heat.description


def test_the_most_frequent_confusions_come_first(classes: dict[str, Any], texts: Callable[[Any], str]) -> None:
    classes["curves"]["confusion"] = [[4, 1, 0], [3, 2, 0], [0, 0, 1]]
    (folded,) = [block for block in built(classes).blocks if "frequent" in getattr(block, "title", "")]
    assert isinstance(folded, Details)
    table = folded.blocks[0]
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["b", "a", "3", "60.0%"],
        ["a", "b", "1", "20.0%"],
    ]


def test_a_heat_map_of_forty_classes_has_no_room_for_counts(binary: dict[str, Any]) -> None:
    names = [f"class {number}" for number in range(40)]
    probabilities = np.random.default_rng(1).dirichlet(np.ones(40), 400)
    found = curves.multiclass(np.arange(400) % 40, probabilities, None, names)
    summary = binary | {"task": "multiclass", "classes": names, "curves": found, "per_class": per_class(found)}
    assert "text" not in str(figure(summary, "Confusion").spec.get("layer", ""))
    assert "the 6 with the smallest area" in figure(summary, "ROC").caption
    html = page.render_sections("many", ("", ""), "", [built(summary)])
    assert len(html.encode()) < 1_400_000


def test_odd_names_of_classes_do_not_end_the_script(drawn: dict[str, Any]) -> None:
    drawn["classes"] = ["</script><i>", "größer als 50 → ja"]
    html = page.render_sections("odd", ("", ""), "", [built(drawn)])
    assert "</script><i>" not in html
    assert "predicted größer als 50 → ja" in html


def test_a_regression_has_its_three_figures(binary: dict[str, Any]) -> None:
    labels = np.arange(100.0)
    binary["slices"][0]["metrics"]["r2"] = 0.9
    binary |= {
        "task": "regression",
        "classes": [],
        "curves": residuals.regression(labels, labels - 1, None),
    }
    captions = [one.caption for one in of_kind(binary, Figure)]
    assert [caption.split()[0].strip(";") for caption in captions] == ["Predicted", "Residuals", "Calibration"]
    assert "100.0% are in bins above 0" in figure(binary, "Residuals").description
    # Every group is off by 1; the first one is of the labels 0 to 9.
    assert "is predicted 3.5 and is 4.5" in figure(binary, "Calibration").description


def test_a_single_row_of_a_regression_is_drawn_without_an_interval(binary: dict[str, Any]) -> None:
    binary["slices"][0]["metrics"]["r2"] = 0.9
    found = residuals.regression(np.array([3.0]), np.array([2.0]), None)
    assert "is predicted 2 and is 3" in figure(binary | {"task": "regression", "curves": found}, "Calib").description
