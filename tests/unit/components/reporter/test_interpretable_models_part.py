from typing import Any

import pytest

from components.reporter.blocks import Table, Text
from components.reporter.sections.explaining import interpretable_models

pytestmark = pytest.mark.unit


def cost(model: str, value: float, gap: float | None, rows: int = 10_000) -> dict[str, Any]:
    ends = (None, None) if gap is None else (gap - 0.002, gap + 0.002)
    return {
        "model": model,
        "value": value,
        "difference": gap,
        "low": ends[0],
        "high": ends[1],
        "reason": "rows of one class only" if gap is None else "",
        "bytes": 1_380,
        "holds": "110 weights",
        "rows": rows,
    }


CONTENT: dict[str, Any] = {
    "metric": "auc",
    "rows": {"test": 16_281, "training": 10_000, "of_training": 29_267},
    "columns": 13,
    "of_columns": 13,
    "monotone": {"education_num": 1, "age": -1},
    "shipped": {"value": 0.93, "bytes": 41_184},
    "models": [
        cost("linear", 0.904, -0.026),
        cost("explainable_boosting", 0.919, -0.011),
        cost("neighbours", 0.95, 0.02),
    ],
}


def sentence(**changes: Any) -> str:
    seen, _ = interpretable_models.show(CONTENT | changes, {})
    (block,) = seen
    assert isinstance(block, Text)
    return block.text


def test_the_best_model_that_can_be_read_as_a_whole_is_seen_at_once() -> None:
    assert sentence() == (
        "An explainable boosting machine has AUC 0.919, 0.011 less than what ships (95 % interval −0.013 to −0.009), "
        "learnt from 10,000 of 29,267 rows."
    )
    whole = {"test": 50, "training": 900, "of_training": 900}
    assert sentence(models=[cost("linear", 0.94, 0.01, 900)], rows=whole) == (
        "A linear model has AUC 0.940, 0.010 more than what ships (95 % interval +0.008 to +0.012)."
    )
    assert sentence(models=[cost("linear", 0.93, 0.0, 900)], rows=whole) == (
        "A linear model has AUC 0.930, as much as what ships (95 % interval −0.002 to +0.002)."
    )


def test_every_model_has_a_row_with_its_difference_and_its_bytes() -> None:
    _, (table,) = interpretable_models.show(CONTENT, {})
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows[:2]] == [
        ["what ships", "0.9300", "–", "–", "41,184", "", ""],
        ["linear model", "0.9040", "−0.0260", "−0.0280 to −0.0240", "1,380", "110 weights", "10,000"],
    ]
    assert [row[2].mark for row in table.rows[1:]] == ["bad", "bad", "good"]
    assert "may only rise with education_num and fall with age, as debugger.monotone asks." in table.note
    assert "columns, those that move" not in table.note


def test_what_was_left_out_is_said_and_a_model_without_a_difference_is_in_the_table_alone() -> None:
    changes = {"monotone": {}, "of_columns": 5_000, "models": [cost("linear", 0.9, None)]}
    seen, (table,) = interpretable_models.show(CONTENT | changes, {})
    assert isinstance(table, Table)
    assert not seen
    assert [cell.text for cell in table.rows[1]][2:4] == ["–", "rows of one class only"]
    assert "Boosted trees are left out" in table.note
    assert "given 13 of 5,000 columns" in table.note
    assert interpretable_models.show(CONTENT | {"models": []}, {}) == ([], [])


def test_an_error_that_is_larger_is_worse() -> None:
    changes = {"metric": "rmse", "models": [cost("linear", 3.0, 0.5), cost("shallow_tree", 2.0, -0.5)]}
    _, (table,) = interpretable_models.show(CONTENT | changes, {})
    assert isinstance(table, Table)
    assert [row[2].mark for row in table.rows[1:]] == ["bad", "good"]
    assert sentence(**changes).startswith("A shallow tree has RMSE 2.000, 0.500 less than what ships")
