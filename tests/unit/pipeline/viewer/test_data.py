"""What TFMA's elements are given, on metrics written by hand."""

from typing import Any

import pytest

from modules.base.errors import UserError
from pipeline.viewer import data, page

pytestmark = pytest.mark.unit

OVERALL, FEMALE, ROME = (), (("sex", "Female"),), (("city", "Rome"),)
CROSS = (("city", "Rome"), ("sex", "Female"))
RATE = "fairness_indicators_metrics/recall@0.50"


def metrics(**values: Any) -> dict[str, Any]:
    return {"": {"": {"example_count": {"doubleValue": 7.0}, **values}}}


def test_slices_of_a_column_come_after_the_overall_one_by_name() -> None:
    found = [(CROSS, 1), (FEMALE, 2), (ROME, 3), ((("city", "Oslo"),), 4), (OVERALL, 5)]
    assert [value for _, value in data.slices_of(found, "city", "run")] == [5, 4, 3]
    assert [value for _, value in data.slices_of(found, ["sex", "city"], "run")] == [5, 1]
    assert [value for _, value in data.slices_of(found, None, "run")] == [5, 4, 3, 2, 1]
    singles = data.slices_of(found, None, "run", crosses=False)
    assert singles == [item for item in data.slices_of(found, None, "run") if len(item[0]) <= 1]
    assert 1 < len(singles) < 5


def test_a_run_without_slices_says_where_to_name_them() -> None:
    with pytest.raises(UserError, match=r"run: has no slices by sex\. Name columns in evaluation\.slices"):
        data.slices_of([(OVERALL, 1)], "sex", "run")


def test_metrics_have_no_rate_no_array_and_no_nan() -> None:
    values = {"auc": {"doubleValue": "NaN"}, RATE: {"doubleValue": 0.5}, "matrix": {"arrayValue": {"shape": [2]}}}
    (row,) = data.metrics_rows([(FEMALE, metrics(**values))])
    assert row == {
        "slice": "sex:Female",
        "metrics": {"": {"": {"example_count": {"doubleValue": 7.0}, "auc": {"doubleValue": None}}}},
    }


def test_an_interval_stays_beside_its_value() -> None:
    bounded = {"boundedValue": {"value": 0.8, "lowerBound": 0.7, "upperBound": 0.9}}
    (row,) = data.metrics_rows([(OVERALL, metrics(auc=bounded))])
    assert row["metrics"][""][""]["auc"] == bounded


def test_metrics_of_classes_are_named_after_them_and_those_of_their_average_after_nothing() -> None:
    outputs = metrics(**{"macro_average: true\n_auc": {"doubleValue": 0.9}})
    outputs[""]["classId:1"] = {"auc": {"doubleValue": 0.8}, RATE: {"doubleValue": 0.5}}
    (row,) = data.series_rows([("first", outputs)], ["no", "yes"])
    assert row["config"] == {"modelIdentifier": "first", "dataIdentifier": "test rows"}
    assert {name: value["doubleValue"] for name, value in row["metrics"][""][""].items()} == {
        "example_count": 7.0,
        "auc": 0.9,
        "auc/yes": 0.8,
    }


def test_fairness_has_the_rates_of_one_class_and_the_count_of_all() -> None:
    outputs = metrics(auc={"doubleValue": 0.9})
    outputs[""]["classId:1"] = {RATE: {"doubleValue": "NaN"}, "auc": {"doubleValue": 0.8}}
    overall, cross = data.fairness_rows([(OVERALL, outputs), (CROSS, outputs)], "classId:1")
    assert overall["metrics"] == {RATE: {"doubleValue": None}, "example_count": {"doubleValue": 7.0}}
    assert (overall["slice"], overall["sliceValue"]) == ("Overall", "Overall")
    assert (cross["slice"], cross["sliceValue"]) == ("city_X_sex:Rome_X_Female", "Rome, Female")


def test_a_view_is_one_line_of_text_where_no_html_is_shown() -> None:
    view = page.message("none <here>")
    assert repr(view) == "none <here>"
    assert view._repr_html_() == "<p>none &lt;here&gt;</p>"


def test_a_notebook_shows_the_line_of_a_user_error_alone() -> None:
    assert UserError("out", "is empty", "Run it")._render_traceback_() == ["out: is empty. Run it."]
