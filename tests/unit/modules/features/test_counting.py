import collections

import numpy as np
import pytest

from modules.features.counting import BoundedCounter

pytestmark = pytest.mark.unit


def counter(values: list[bytes], capacity: int = 100) -> BoundedCounter:
    made = BoundedCounter(capacity)
    made.add(values)
    return made


def test_few_values_are_counted_exactly_and_ranked_ties_by_value() -> None:
    made = counter([b"b", b"a", b"", b"c", b"c", b""])
    assert made.ranked() == [(b"c", 2), (b"a", 1), (b"b", 1)]
    assert (made.total, made.missing, made.error) == (6, 2, 0)


def test_twice_the_capacity_is_still_exact() -> None:
    made = counter([b"a", b"a", b"b", b"c", b"d"], capacity=2)
    assert made.counts == {b"a": 2, b"b": 1, b"c": 1, b"d": 1}
    assert made.error == 0


def test_beyond_all_counts_are_lowered_by_that_of_the_first_that_is_not_kept() -> None:
    made = counter([b"a"] * 5 + [b"b"] * 4 + [b"c"] * 2 + [b"d", b"e"], capacity=2)
    assert made.counts == {b"a": 3, b"b": 2}
    assert (made.total, made.error) == (13, 2)


def test_merged_counts_are_the_sums() -> None:
    made = counter([b"a", b"", b"b"])
    other = counter([b"b", b"", b"", b"c"])
    made.merge(other)
    assert made.ranked() == [(b"b", 2), (b"a", 1), (b"c", 1)]
    assert (made.total, made.missing, made.error) == (7, 3, 0)
    assert other.ranked() == [(b"b", 1), (b"c", 1)]


def test_merging_too_many_values_shrinks_them_and_adds_up_the_errors() -> None:
    made = counter([b"a"] * 5 + [b"b"] * 4 + [b"c"] * 2 + [b"d", b"e"], capacity=2)  # a: 3, b: 2, error 2
    made.merge(counter([b"a", b"x", b"x", b"y"], capacity=2))
    assert made.counts == {b"a": 4, b"b": 2, b"x": 2, b"y": 1}
    made.merge(counter([b"z"], capacity=2))
    assert made.counts == {b"a": 2}  # lowered by 2, the count of x
    assert made.error == 4


def test_frequent_values_survive_any_number_of_identifiers() -> None:
    generator, capacity = np.random.default_rng(0), 50
    values = [b"hot"] * 2_000 + [b"warm"] * 600 + [b"%d" % number for number in range(8_000)]
    values = [values[place] for place in generator.permutation(len(values))]
    exact, merged = collections.Counter(values), BoundedCounter(capacity)
    for start in range(0, len(values), 530):
        merged.merge(counter(values[start : start + 530], capacity))
    assert len(merged.counts) <= 2 * capacity
    assert merged.total == len(values)
    assert merged.error <= len(values) / capacity
    assert [value for value, _ in merged.ranked()[:2]] == [b"hot", b"warm"]
    for value, count in merged.counts.items():
        assert exact[value] - merged.error <= count <= exact[value]
