import dataclasses
from typing import Any

import numpy as np
import pytest
from scipy import stats

from modules import tasks
from modules.debugging import error_tree, row_errors, weak_slices
from modules.debugging.row_errors import RowErrors
from modules.explaining.raw_function import RawColumn

pytestmark = pytest.mark.unit

COLUMNS = [
    RawColumn("colour", "categorical", "string"),
    RawColumn("size", "numeric", "float32"),
    RawColumn("city", "categorical", "int64"),
]
PLANTED = 259


def table(count: int = 16_281, seed: int = 3) -> dict[str, np.ndarray]:
    draws = np.random.default_rng(seed)
    return {
        "colour": draws.choice(np.array([b"red", b"green", b"blue"], object), count),
        "size": draws.normal(size=count).astype(np.float32),
        "city": draws.integers(0, 21, count),
    }


def shares(values: np.ndarray, weights: np.ndarray | None = None) -> RowErrors:
    return RowErrors(
        "error rate", True, values.astype(np.float64), np.ones(len(values)) if weights is None else weights
    )


def planted(rows: dict[str, np.ndarray], seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Returns errors of 0.12 and 0.45 in 259 rows, of one colour and one city, and which rows these are."""
    draws = np.random.default_rng(seed)
    inside = (rows["colour"] == b"red") & (rows["city"] == 7)
    inside &= np.cumsum(inside) <= PLANTED
    # The further rows of that colour and city move to the next city.
    others = (rows["colour"] == b"red") & (rows["city"] == 7) & ~inside
    rows["city"][others] = 8
    return (draws.random(len(inside)) < np.where(inside, 0.45, 0.12)).astype(np.float64), inside


def test_a_planted_slice_is_found_first_and_its_error_lies_in_the_interval() -> None:
    rows = table()
    errors, inside = planted(rows)
    assert inside.sum() > 240
    found = weak_slices.find(COLUMNS, rows, shares(errors), 17)
    worst = found.slices[0]
    assert worst.text == "colour = red, city = 7"
    assert worst.confirmed.low < 0.45 < worst.confirmed.high
    assert worst.confirmed.low > 0.3
    assert worst.rows == int(inside[found.confirming].sum())
    assert found.overall.value == pytest.approx(errors[found.confirming].mean())
    assert found.tried > 200


def test_nothing_is_confirmed_where_every_slice_is_alike() -> None:
    for seed in range(8):
        rows = table(4_000, seed)
        errors = (np.random.default_rng(100 + seed).random(4_000) < 0.12).astype(np.float64)
        assert weak_slices.find(COLUMNS, rows, shares(errors), seed).slices == []


def test_what_lies_in_a_slice_found_before_is_left_out() -> None:
    rows = table()
    errors = np.where(rows["colour"] == b"red", 1.0, 0.0)
    found = weak_slices.find(COLUMNS, rows, shares(errors), 17)
    assert [one.text for one in found.slices] == ["colour = red"]


def test_distances_have_slices_as_well_and_missing_values_are_one() -> None:
    rows = table()
    rows["size"][:400] = np.nan
    distances = np.random.default_rng(1).exponential(np.where(np.isnan(rows["size"]), 3.0, 1.0))
    found = weak_slices.find(COLUMNS, rows, RowErrors("mean absolute error", False, distances, np.ones(16_281)), 1)
    assert found.slices[0].text == "size missing"
    assert found.slices[0].confirmed.low < 3.0 < found.slices[0].confirmed.high


def test_rows_without_weight_count_for_nothing() -> None:
    rows = table()
    errors, inside = planted(rows)
    found = weak_slices.find(COLUMNS, rows, shares(errors, np.where(inside, 0.0, 1.0)), 17)
    assert not [one for one in found.slices if one.text == "colour = red, city = 7"]


def test_of_many_columns_those_whose_levels_differ_most_are_taken() -> None:
    rows = table(2_000)
    errors = np.where(rows["colour"] == b"red", 0.9, 0.1) > np.random.default_rng(2).random(2_000)
    noise = {
        f"noise {number}": np.random.default_rng(number).normal(size=2_000).astype(np.float32) for number in range(80)
    }
    columns = [*(RawColumn(name, "numeric", "float32") for name in noise), *COLUMNS]
    found = weak_slices.find(columns, rows | noise, shares(errors), 1)
    assert len(found.columns) == weak_slices.MOST_COLUMNS
    assert found.slices[0].text == "colour = red"


def test_the_error_of_a_row_is_a_wrong_class_at_the_threshold_or_a_distance() -> None:
    answers = np.array([[0.6, 0.4], [0.4, 0.6]])
    errors = row_errors.of_rows(tasks.BINARY, np.array([1, 1]), answers, None, 0.3)
    assert errors.values.tolist() == [0.0, 0.0]
    assert row_errors.of_rows(tasks.BINARY, np.array([1, 1]), answers, None, 0.5).values.tolist() == [1.0, 0.0]
    distances = row_errors.of_rows(tasks.REGRESSION, np.array([1.0, 5.0]), np.array([[3.0], [4.0]]), None, None)
    assert distances.values.tolist() == [2.0, 1.0]
    assert not distances.is_share


def test_a_mean_has_students_interval_and_worse_rows_a_small_p_value() -> None:
    values = np.array([1.0, 2.0, 3.0, 6.0])
    made = row_errors.mean(RowErrors("error", False, values, np.ones(4)))
    low, high = stats.t.interval(0.95, 3, values.mean(), stats.sem(values))
    assert (made.value, made.low, made.high) == pytest.approx((3.0, low, high))
    errors = shares(np.array([1] * 50 + [0] * 50 + [1] * 10 + [0] * 90))
    inside = np.arange(200) < 100
    # Two shares of 100 rows, 0.5 and 0.1, pooled 0.3: z is 0.4 / √(0.3 · 0.7 · 2 / 100).
    assert row_errors.worse(errors, inside) == pytest.approx(stats.norm.sf(0.4 / np.sqrt(0.3 * 0.7 * 0.02)))
    assert row_errors.worse(errors, ~inside) > 0.99
    assert row_errors.worse(errors, np.zeros(200, bool)) == 1.0


def test_the_leaves_of_the_tree_are_rules_measured_on_the_other_half() -> None:
    rows = table()
    wrong = (rows["size"] > 1) & (rows["colour"] == b"red")
    errors = shares(wrong.astype(np.float64))
    finding, confirming = weak_slices.halves(len(wrong), 17)
    leaves = error_tree.grow(COLUMNS, rows, errors, finding, confirming, 17)
    assert leaves[0].rule == "size above 1.00006 and colour = red"
    assert leaves[0].error.value == 1.0
    assert leaves[0].rows == pytest.approx(wrong[confirming].sum(), abs=3)
    assert sum(leaf.rows for leaf in leaves) == len(confirming)


def as_tuple(found: Any) -> list[tuple]:
    return [dataclasses.astuple(one.confirmed) for one in found.slices]


def test_the_same_seed_finds_the_same() -> None:
    rows = table()
    errors, _ = planted(rows)
    first, second = (weak_slices.find(COLUMNS, rows, shares(errors), 17) for _ in range(2))
    assert as_tuple(first) == as_tuple(second)
