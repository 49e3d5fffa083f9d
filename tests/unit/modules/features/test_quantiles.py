"""Quantiles that no order of the numbers changes."""

import numpy as np
import pytest

from modules.features.quantiles import QuantileSummary, float_keys, from_float_keys

pytestmark = pytest.mark.unit


def summary(keys: np.ndarray, capacity: int = 2**17) -> QuantileSummary:
    made = QuantileSummary(capacity)
    made.add(keys)
    return made


@pytest.mark.parametrize("count", [2, 3, 7, 100, 4_097])
@pytest.mark.parametrize("rows", [1, 2, 5, 1_000])
def test_there_are_just_as_many_quantiles_as_asked_for(count: int, rows: int) -> None:
    found = summary(np.arange(rows)).quantiles(count)
    assert len(found) == count
    assert (found[0], found[-1]) == (0, rows - 1)
    assert (np.diff(found) >= 0).all()


def test_quantiles_are_the_numbers_of_the_nearest_ranks() -> None:
    # Ranks 0, 2.25, 4.5, 6.75, 9 of ten numbers; the even one of two ranks equally near.
    assert summary(np.array([9, 0, 1, 1, 1, 5, 6, 7, 8, 2])).quantiles(5).tolist() == [0, 1, 2, 7, 9]


def test_a_frequent_number_fills_the_quantiles_that_it_holds() -> None:
    found = summary(np.append(np.zeros(899, np.int64), np.arange(1, 102))).quantiles(1_000)
    assert (found == 0).sum() == 899


@pytest.mark.parametrize("capacity", [64, 1_000, 2**17])
def test_no_order_and_no_batching_changes_a_quantile(capacity: int) -> None:
    generator = np.random.default_rng(3)
    keys = float_keys(generator.lognormal(0, 3, 5_000).astype(np.float32))
    expected = summary(keys, capacity).quantiles(97).tolist()
    for parts in (2, 9, 300):
        pieces = np.array_split(generator.permutation(keys), parts)
        one, merged = QuantileSummary(capacity), QuantileSummary(capacity)
        for piece in pieces:
            one.add(piece)
            merged.merge(summary(piece, capacity))
        assert one.quantiles(97).tolist() == merged.quantiles(97).tolist() == expected


def test_beyond_the_capacity_ranks_are_off_by_a_thousandth_and_the_ends_are_exact() -> None:
    values = np.random.default_rng(4).normal(size=200_000).astype(np.float32)
    made = summary(float_keys(values), 2**14)
    assert len(made._keys) <= 2**14
    found = from_float_keys(made.quantiles(513))
    assert (found[0], found[-1]) == (values.min(), values.max())
    ranks = np.searchsorted(np.sort(values), found) / len(values)
    assert np.abs(ranks - np.linspace(0, 1, 513)).max() < 1e-3


def test_keys_of_floats_are_in_their_order_and_map_back() -> None:
    values = np.array([-3.4e38, -1.5, -1e-45, 0.0, 1e-45, 1.0, 1.0 + 2**-23, 3.4e38], np.float32)
    keys = float_keys(values)
    assert (np.diff(keys) > 0).all()
    assert from_float_keys(keys).tolist() == values.tolist()
    assert float_keys(np.array([-0.0], np.float32)).tolist() == [0]


def test_no_number_has_no_quantiles() -> None:
    assert QuantileSummary().quantiles(5).tolist() == []
