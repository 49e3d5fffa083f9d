"""Random attacks on functions whose weak point is known."""

import numpy as np
import pytest

from modules.debugging import random_attacks
from modules.debugging.movement import Movement
from modules.debugging.random_attacks import Attack
from modules.explaining.raw_function import RawColumn, RawFunction, Rows
from modules.explaining.row_set import RowSet

pytestmark = pytest.mark.unit

COLUMNS = [
    RawColumn("x", "numeric", "float32"),
    RawColumn("n", "numeric", "int64"),
    RawColumn("city", "categorical", "string"),
]
GENERATOR = np.random.default_rng(1)
ROWS: Rows = {
    "x": GENERATOR.uniform(-1, 1, 200).astype(np.float32),
    "n": GENERATOR.integers(0, 9, 200),
    "city": GENERATOR.choice(np.array([b"Rome", b"Oslo"], object), 200),
}
TRAINING = RowSet(ROWS, np.zeros(200, np.float32), None, np.arange(200))
BINARY = Movement(2, 0.5)


def attacked(name: str, answer: object, movement: Movement = BINARY) -> dict[str, Attack]:
    function = RawFunction(COLUMNS, ["y"], answer)  # type: ignore[arg-type]
    return {one.group: one for one in random_attacks.run(name, function, movement, ROWS, TRAINING, seed=1)}


def test_answers_that_are_no_number_are_counted_by_group() -> None:
    found = attacked("missing", lambda rows: np.where(np.isnan(rows["x"]), np.nan, 0.2)[:, None])
    assert {group: one.invalid for group, one in found.items()} == {"numeric": 1.0, "categorical": 0.0, "all": 1.0}
    assert (found["numeric"].changed, found["numeric"].lowest) == (1.0, None)
    assert (found["categorical"].lowest, found["categorical"].highest) == (0.2, 0.2)


def test_probabilities_outside_of_0_and_1_are_invalid_and_values_are_not() -> None:
    def linear(rows: Rows) -> np.ndarray:
        return 0.5 + rows["x"][:, None] / 3

    found = attacked("out_of_range", linear)
    assert list(found) == ["numeric"]
    assert found["numeric"].invalid > 0.9
    assert attacked("out_of_range", linear, Movement(0))["numeric"].invalid == 0.0


def test_extreme_values_are_as_the_column_holds_them_and_none_of_integers_is_missing() -> None:
    seen: list[Rows] = []

    def noted(rows: Rows) -> np.ndarray:
        seen.append(rows)
        return np.full((len(rows["x"]), 1), 0.3)

    attacked("extreme", noted)
    limits = np.iinfo(np.int64)
    assert set(seen[-1]["x"]) == {np.float32(-1e30), np.float32(1e30), -np.inf, np.inf}
    assert set(seen[-1]["n"]) == {limits.min + 1, limits.max}
    assert np.array_equal(seen[-1]["city"], ROWS["city"])


def test_drawn_values_are_of_the_training_rows_or_within_them() -> None:
    seen: list[Rows] = []

    def noted(rows: Rows) -> np.ndarray:
        seen.append(rows)
        return np.full((len(rows["x"]), 1), 0.3)

    attacked("marginal", noted)
    assert set(seen[-1]["x"]) <= set(ROWS["x"])
    attacked("uniform", noted)
    assert ROWS["x"].min() <= seen[-1]["x"].min() < seen[-1]["x"].max() <= ROWS["x"].max()
    assert seen[-1]["n"].dtype == np.int64
    assert set(seen[-1]["city"]) == {b"Rome", b"Oslo"}


def test_a_text_that_nobody_saw_and_a_very_long_one_change_what_a_city_decides() -> None:
    def of_city(rows: Rows) -> np.ndarray:
        return np.where(rows["city"] == b"Rome", 0.9, 0.1)[:, None]

    romans = float((ROWS["city"] == b"Rome").mean())
    assert attacked("unseen", of_city)["categorical"].changed == pytest.approx(romans)
    long = attacked("very_long", of_city)["categorical"]
    assert (long.rows, long.changed) == (20, pytest.approx((ROWS["city"][:20] == b"Rome").mean()))
