"""Attacks on linear models, whose worst case is known in closed form."""

import numpy as np
import pytest

from modules.debugging import gradient_attacks
from modules.debugging.gradient_attacks import NumberSpace
from modules.debugging.movement import Movement
from modules.explaining.raw_function import RawColumn, RawFunction, Rows

pytestmark = pytest.mark.unit

NUMBERS = [RawColumn(name, "numeric", "float32") for name in "abc"]
WEIGHTS, SCALES = np.array([2.0, -1.0, 0.5]), np.array([1.0, 2.0, 4.0])
FREE = NumberSpace(NUMBERS, SCALES, np.full(3, -1e9), np.full(3, 1e9))
GENERATOR = np.random.default_rng(1)
ROWS: Rows = {
    column.name: GENERATOR.normal(0, scale, 300).astype(np.float32)
    for column, scale in zip(NUMBERS, SCALES, strict=True)
}
BINARY = Movement(2, 0.5)


def logits(rows: Rows) -> np.ndarray:
    return np.stack([rows[name] for name in "abc"], axis=1).astype(np.float64) @ WEIGHTS


LINEAR = RawFunction(NUMBERS, ["y"], lambda rows: 1 / (1 + np.exp(-logits(rows)))[:, None])


@pytest.mark.parametrize("radius", [0.05, 0.2, 0.7])
def test_of_a_linear_model_both_attacks_equal_the_closed_form(radius: float) -> None:
    found = gradient_attacks.attack(LINEAR, BINARY, FREE, ROWS, radius, seed=1)
    # The worst move lowers the margin by the radius times the sum of the scaled weights' sizes.
    expected = np.abs(logits(ROWS)) < radius * np.abs(WEIGHTS * SCALES).sum()
    assert 0 < expected.sum() < 300
    assert np.array_equal(found["pgd"], expected)
    assert np.array_equal(found["fgsm"], expected)
    assert found["noise"].sum() < expected.sum()
    assert not (found["noise"] & ~expected).any()


def test_of_several_classes_the_nearest_other_one_is_sought() -> None:
    def answer(rows: Rows) -> np.ndarray:
        odds = np.exp(np.stack([logits(rows), -logits(rows), np.full(len(rows["a"]), -50.0)], axis=1))
        return odds / odds.sum(axis=1, keepdims=True)

    found = gradient_attacks.attack(RawFunction(NUMBERS, list("xyz"), answer), Movement(3), FREE, ROWS, 0.2, seed=1)
    assert np.array_equal(found["pgd"], np.abs(logits(ROWS)) < 0.2 * np.abs(WEIGHTS * SCALES).sum())


def test_a_value_that_moves_beyond_the_tolerance_is_another_answer() -> None:
    most = 0.1 * np.abs(WEIGHTS * SCALES).sum()
    function = RawFunction(NUMBERS, ["y"], lambda rows: logits(rows)[:, None])
    for tolerance, expected in ((most * 0.99, True), (most * 1.01, False)):
        found = gradient_attacks.attack(function, Movement(0, tolerance=tolerance), FREE, ROWS, 0.1, seed=1)
        assert set(found["pgd"]) == {expected}


def test_numbers_stay_within_the_training_rows_missing_ones_missing_and_integers_whole() -> None:
    columns = [RawColumn("x", "numeric", "float32"), RawColumn("n", "numeric", "int64")]
    space = NumberSpace(columns, np.array([1.0, 10.0]), np.array([0.0, 0.0]), np.array([1.0, 100.0]))
    least = np.iinfo(np.int64).min
    rows = {"x": np.array([0.5, np.nan, 3.0], np.float32), "n": np.array([5, least, 99])}
    moved = space.moved(rows, np.full((3, 2), 0.79))
    np.testing.assert_array_equal(moved["x"], np.array([1.0, np.nan, 3.0], np.float32))
    assert moved["n"].tolist() == [12, least, 100]  # 7.9 is no whole number, and 8 would be beyond the radius
    assert space.moved(rows, np.full((3, 2), -0.2))["n"].tolist() == [3, least, 97]


def test_the_swaps_that_flip_are_found_one_after_the_other() -> None:
    columns = [RawColumn(name, "categorical", "string") for name in "pq"]
    weights = {b"low": 0.0, b"middle": 1.0, b"high": 2.0}
    function = RawFunction(
        columns,
        ["y"],
        lambda rows: np.array(
            [[0.1 + 0.15 * (weights[p] + weights[q])] for p, q in zip(rows["p"], rows["q"], strict=True)]
        ),
    )
    rows = {
        "p": np.array([b"low", b"middle", b"high"], object),
        "q": np.array([b"low", b"low", b"high"], object),
    }
    # 0.1, 0.25 and 0.7 against 0.5: of one swap the second becomes 0.55, and the third 0.4.
    found = gradient_attacks.swaps(function, BINARY, rows, {"p": list(weights), "q": list(weights)}, 2)
    assert found.tolist() == [[False, True, True], [True, True, True]]
