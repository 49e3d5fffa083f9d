import numpy as np
import pytest

from modules.features import integers
from modules.features.integers import IntegerSummary

pytestmark = pytest.mark.unit

LOWEST, HIGHEST = -(2**63) + 1, 2**63 - 1


def whole(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def summary(*batches: np.ndarray, plain: bool = False) -> IntegerSummary:
    made = IntegerSummary(plain)
    for batch in batches:
        made.add(batch)
    return made


@pytest.mark.parametrize("offset", [1, 17_031_000_000, 2**62, -(2**62), HIGHEST, LOWEST])
def test_what_is_within_the_bounds_of_an_offset_has_a_difference_within_int64(offset: int) -> None:
    low, high = integers.bounds(offset)
    assert LOWEST <= low <= offset <= high <= HIGHEST
    assert low - offset >= LOWEST
    assert high - offset <= HIGHEST
    assert high - low >= 2**62


def test_without_an_offset_no_number_is_clipped() -> None:
    assert integers.bounds(0) == (-(2**63), 2**63 - 1)


def test_a_summary_has_the_range_and_the_offset_of_its_numbers() -> None:
    values = 17_031_000_000 + np.arange(1_001)
    made = summary(values[600:], values[:600])
    assert (made.low, made.high) == (17_031_000_000, 17_031_001_000)
    assert made.offset() == 17_031_000_500


@pytest.mark.parametrize("values", [whole(0, 2**24), whole(-(2**24), 3), whole(5), whole()])
def test_numbers_that_float32_holds_have_no_offset(values: np.ndarray) -> None:
    assert summary(values).offset() == 0


@pytest.mark.parametrize("value", [2**24 + 1, -(2**24) - 1, HIGHEST, LOWEST])
def test_a_number_that_float32_would_round_is_its_own_offset(value: int) -> None:
    assert summary(whole(value)).offset() == value


def test_a_plain_summary_never_has_an_offset() -> None:
    made = summary(whole(2**53, 2**53 + 2), plain=True)
    assert made.offset() == 0


@pytest.mark.parametrize("base", [0, 2**53, -(2**53), 17_031_000_000, 2**62, HIGHEST - 1_000, LOWEST])
def test_quantiles_are_exact_to_the_last_digit(base: int) -> None:
    found = summary(whole(*(base + number for number in range(1_001)))).quantiles(101).tolist()
    assert [value - base for value in found] == list(range(0, 1_001, 10))


def test_no_number_has_no_quantiles() -> None:
    assert summary(whole()).quantiles(11).tolist() == []


def test_numbers_all_over_int64_have_quantiles_in_order() -> None:
    values = np.random.default_rng(0).integers(LOWEST, HIGHEST, 5_000)
    made = summary(*np.array_split(values, 7))
    found = made.quantiles(1_001)
    assert (np.diff(found.astype(np.float64)) >= 0).all()
    assert (made.low, made.high) == (values.min(), values.max())
    shares = np.searchsorted(np.sort(values), found) / len(values)
    assert np.abs(shares - np.linspace(0, 1, len(found))).max() < 0.02


def test_two_clusters_far_apart_keep_their_differences() -> None:
    low, high = -(2**60) + np.arange(500), 2**60 + np.arange(500)
    found = summary(np.concatenate([low, high])).quantiles(1_000)
    assert len(np.unique(found)) > 900
    assert set(found.tolist()) <= {*low.tolist(), *high.tolist()}


@pytest.mark.parametrize("base", [0, 2**53, 2**53 - 300, -(2**60), LOWEST])
def test_merged_summaries_equal_one_pass(base: int) -> None:
    values = np.random.default_rng(1).permutation(whole(*(base + number for number in range(600))))
    one, parts = summary(values), [summary(part) for part in np.split(values, [1, 200, 450])]
    merged = IntegerSummary(plain=False)
    for part in parts:
        merged.merge(part)
    assert (merged.low, merged.high) == (one.low, one.high)
    assert merged.quantiles(61).tolist() == one.quantiles(61).tolist()
    assert merged.offset() == one.offset()


def test_merging_nothing_changes_nothing() -> None:
    made = summary(whole(2**53, 2**53 + 1))
    made.merge(IntegerSummary(plain=False))
    assert (made.low, made.high) == (2**53, 2**53 + 1)
    assert set(made.quantiles(2).tolist()) == {2**53, 2**53 + 1}
