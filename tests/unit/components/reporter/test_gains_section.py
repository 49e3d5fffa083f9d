from typing import Any

import pytest

from components.reporter.sections import search
from components.reporter.sections.gains import table

pytestmark = pytest.mark.unit


def gain(before: str, after: str, value: float, low: float | None, high: float | None) -> dict[str, Any]:
    reason = "" if low is not None else "too few rows"
    return {"before": before, "after": after, "value": value, "low": low, "high": high, "reason": reason}


COMPARED = {
    "metric": "auc",
    "steps": 6_000,
    "values": {"labels": 0.9268, "teacher": 0.9271, "synthetic_rows": 0.9281},
    "gains": [
        gain("labels", "teacher", 0.0003, -0.0001, 0.0007),
        gain("teacher", "synthetic_rows", 0.001, 0.0006, 0.0014),
        gain("labels", "synthetic_rows", 0.0013, 0.0008, 0.0018),
    ],
}


def test_each_student_has_a_row_with_what_it_gained_on_the_one_above() -> None:
    made = table(COMPARED)
    assert [[cell.text for cell in row] for row in made.rows] == [
        ["the labels alone", "0.9268", "–", "–"],
        ["labels and teacher", "0.9271", "+0.0003", "−0.0001 to +0.0007"],
        ["labels, teacher and synthetic rows", "0.9281", "+0.0010", "+0.0006 to +0.0014"],
    ]
    assert [row[2].mark for row in made.rows] == ["", "", "good"]
    assert "6,000 steps" in made.caption
    assert "In all: +0.0013 (+0.0008 to +0.0018)." in made.note


def test_without_synthetic_rows_there_are_two_and_a_missing_interval_is_explained() -> None:
    made = table(
        COMPARED | {"values": {"labels": 0.9, "teacher": 0.8}, "gains": [gain("labels", "teacher", -0.1, None, None)]}
    )
    assert [[cell.text for cell in row] for row in made.rows] == [
        ["the labels alone", "0.9000", "–", "–"],
        ["labels and teacher", "0.8000", "−0.1000", "too few rows"],
    ]
    assert "In all" not in made.note


def test_the_table_stands_where_the_page_says_how_the_model_was_found() -> None:
    made = search.section({"gains": COMPARED})
    assert made is not None
    assert table(COMPARED) in made.blocks
    assert search.section({}) is None
