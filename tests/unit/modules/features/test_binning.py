from collections.abc import Sequence

import numpy as np
import pytest

from modules.features.binning import bin_edges

pytestmark = pytest.mark.unit


def edges(grid: Sequence[float], bins: int) -> list[float]:
    return bin_edges(np.array(grid, float), bins).tolist()


def test_every_distinct_value_has_a_bin_where_there_are_fewer_than_bins() -> None:
    # The last bin is as wide as the one before it: 5 + (5 - 2).
    assert edges([1, 1, 2, 5], 4) == [1, 2, 5, 8]


def test_as_many_distinct_values_as_bins_have_a_bin_each() -> None:
    assert edges([1, 2, 4], 3) == [1, 2, 4, 6]


def test_a_constant_column_has_one_bin() -> None:
    assert edges([7, 7, 7], 4) == [7, 8]


def test_the_bin_of_a_number_so_large_that_one_more_is_the_same_has_a_width() -> None:
    # float32 holds 24 bits: the number after 2^40 is 2^17 more.
    assert edges([2**40] * 3, 4) == [2**40, 2**40 + 2**17]


def test_without_a_heavy_value_the_edges_are_quantiles() -> None:
    # Quarters of the ranks 0 … 99: 24.75 rounds to 25, 49.5 to the even 50, 74.25 to 74.
    assert edges(list(range(100)), 4) == [0, 25, 50, 74, 99]


def test_a_heavy_value_at_the_end_has_a_bin_of_its_own() -> None:
    # 0 holds 10 of 20 places, more than 1/4: its bin ends at 1. The light values are 1 … 10; two edges are left for
    # them, at the ranks 0 and 4 (4.5 rounds to even), which are 1 and 5. Plain quartiles: 0, 0, 1 (or so), 5, 10.
    assert edges([0] * 10 + list(range(1, 11)), 4) == [0, 1, 5, 10]


def test_a_heavy_value_in_the_middle_has_a_bin_of_its_own() -> None:
    # 20 holds 12 of 42 places, more than 1/6, and there is room for the edge behind it.
    grid = [*range(1, 11), *[20] * 12, *range(21, 41)]
    found = edges(grid, 6)
    place = found.index(20)
    inside = [value for value in grid if found[place] <= value < found[place + 1]]
    assert set(inside) == {20}


def test_heavy_values_that_use_up_all_bins_leave_one_for_the_rest() -> None:
    # Of 100 places 0 and 1 hold 40 each, more than 1/3: three bins less two are for 2 … 21.
    assert edges([0] * 40 + [1] * 40 + list(range(2, 22)), 3) == [0, 1, 2, 21]


def test_the_first_bin_starts_at_the_smallest_value_even_where_a_heavy_one_wants_all_bins() -> None:
    # 5 holds 6 of 10 places, and there are two bins: no edge can close its bin, or 1 and 2 would lie in none.
    assert edges([1, 2, *[5] * 6, 7, 8], 2) == [1, 5, 8]


def _random_grid(generator: np.random.Generator) -> np.ndarray:
    size = int(generator.integers(1, 400))
    kind = generator.integers(6)
    if kind == 0:
        grid = generator.normal(0, 10.0 ** generator.integers(-6, 7), size)
    elif kind == 1:
        grid = generator.integers(0, generator.integers(1, 300), size).astype(float)
    elif kind == 2:
        grid = np.where(generator.random(size) < generator.random(), 0.0, generator.lognormal(0, 3, size))
    elif kind == 3:
        grid = generator.choice(generator.normal(size=4), size)
    elif kind == 4:  # neighbours in float32
        grid = np.nextafter(np.float32(1e6), np.float32(np.inf)) + np.arange(size) // 3 * np.spacing(np.float32(1e6))
    else:
        grid = np.full(size, generator.normal() * 1e6)
    return np.sort(grid.astype(np.float32).astype(np.float64))


def test_edges_always_increase_are_few_enough_and_hold_every_value() -> None:
    generator = np.random.default_rng(4)
    for _ in range(2_000):
        grid, bins = _random_grid(generator), int(generator.integers(2, generator.choice([5, 257])))
        found = bin_edges(grid, bins)
        assert (np.diff(found) > 0).all()
        assert 1 <= len(found) - 1 <= bins
        assert found[0] == grid[0]
        assert found[-1] >= grid[-1]
        assert np.isfinite(found).all()


def test_a_heavy_value_always_starts_a_bin() -> None:
    generator = np.random.default_rng(5)
    heavy = 0
    for _ in range(500):
        grid, bins = _random_grid(generator), int(generator.integers(2, 65))
        values, counts = np.unique(grid, return_counts=True)
        found = bin_edges(grid, bins)
        for value in values[counts > len(grid) / bins]:
            heavy += 1
            assert value in found
    assert heavy > 100
