"""Which way an answer may move, and what must not move it: functions whose answers are known."""

from typing import Any

import numpy as np
import pytest

from modules.debugging import metamorphic, monotonicity
from modules.explaining.raw_function import RawColumn, RawFunction, Rows

pytestmark = pytest.mark.unit

X = RawColumn("x", "numeric", "float32")
CITY = RawColumn("city", "categorical", "string")
ROWS: Rows = {
    "x": np.linspace(0, 11, 12, dtype=np.float32),
    "city": np.array([b"Rome", b"Oslo"] * 6, object),
}


def of(answer: Any) -> RawFunction:
    return RawFunction([X, CITY], ["y"], lambda rows: answer(rows)[:, None])


def test_a_function_that_only_rises_has_no_wrong_step_unless_it_should_fall() -> None:
    found = monotonicity.check(of(lambda rows: rows["x"] / 20), X, True, ROWS, ROWS["x"])
    assert found is not None
    assert (found.rows, found.wrong_rows, found.wrong_steps, found.place) == (12, 0.0, 0.0, None)
    assert found.values == tuple(range(12))
    turned = monotonicity.check(of(lambda rows: rows["x"] / 20), X, False, ROWS, ROWS["x"])
    assert turned is not None
    assert (turned.wrong_rows, turned.wrong_steps) == (1.0, 1.0)


def test_the_largest_wrong_step_is_told_with_its_row() -> None:
    def dip(rows: Rows) -> np.ndarray:
        """In Rome it falls from 5 to 6 by 0.3, and elsewhere never."""
        return rows["x"] / 20 - np.where((rows["x"] > 5) & (rows["city"] == b"Rome"), 0.35, 0.0)

    found = monotonicity.check(of(dip), X, True, ROWS, ROWS["x"])
    assert found is not None
    assert (found.wrong_rows, found.wrong_steps) == (0.5, pytest.approx(6 / (12 * 11)))
    assert (found.start, found.end) == (5.0, 6.0)
    assert (found.before, found.after) == (pytest.approx(0.25), pytest.approx(-0.05))
    assert found.place is not None
    assert ROWS["city"][found.place] == b"Rome"


def test_a_column_with_one_value_says_nothing() -> None:
    assert monotonicity.check(of(lambda rows: rows["x"]), X, True, ROWS, np.full(9, np.nan, np.float32)) is None
    assert monotonicity.check(of(lambda rows: rows["x"]), X, True, ROWS, np.zeros(9, np.float32)) is None


def checks(answer: Any) -> dict[str, int]:
    return {one.check: one.moved for one in metamorphic.run(of(answer), ROWS, seed=1)}


def test_a_function_of_single_rows_passes_every_check() -> None:
    found = checks(lambda rows: np.where(rows["city"] == b"Rome", rows["x"], 0.5))
    assert found == {"unused_column": 0, "row_order": 0, "batch_of_one": 0, "unseen_category": 0}


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (lambda rows: rows["x"] + len(rows), "unused_column"),
        (lambda rows: rows["x"] + np.arange(len(rows["x"])), "row_order"),
        (lambda rows: rows["x"] - rows["x"].mean(), "batch_of_one"),
        (lambda rows: rows["x"] + np.array([city[0] for city in rows["city"]]) * 1e-9, "unseen_category"),
    ],
)
def test_each_check_finds_the_function_that_it_is_there_for(answer: Any, failed: str) -> None:
    found = checks(lambda rows: np.asarray(answer({**rows, "x": rows["x"].astype(np.float64)})))
    assert found[failed] > 0
    assert {name for name, moved in found.items() if moved} <= {failed, "batch_of_one"}


def test_an_answer_that_is_no_number_only_afterwards_moves_without_an_end() -> None:
    one = next(iter(metamorphic.run(of(lambda rows: np.full(12, np.nan if len(rows) > 2 else 0.5)), ROWS, 1)))
    assert (one.moved, one.largest) == (12, np.inf)
