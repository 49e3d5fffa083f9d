from fractions import Fraction
from math import comb

import pytest

from components.data_gate import significance

pytestmark = pytest.mark.unit


def test_the_tail_of_one_draw_is_the_share_of_the_kind() -> None:
    assert significance.tail(1, 1, 3, 12) == pytest.approx(3 / 12)


def test_the_lady_who_tastes_tea_is_right_by_chance_once_in_seventy() -> None:
    # Fisher's example: all four cups of eight named right.
    assert significance.tail(4, 4, 4, 8) == pytest.approx(1 / comb(8, 4))
    assert significance.fisher(4, 4, 0, 4) == pytest.approx(2 / 70)


@pytest.mark.parametrize(
    ("hits", "draws", "kind", "rows"),
    [(9, 20, 30, 120), (30, 50, 300, 1_000), (60, 60, 100, 400), (4, 20, 30, 120), (7, 30, 8, 3_000), (2, 2, 2, 2)],
)
def test_the_tail_is_exact(hits: int, draws: int, kind: int, rows: int) -> None:
    ways = sum(comb(kind, n) * comb(rows - kind, draws - n) for n in range(hits, min(draws, kind) + 1))
    assert significance.tail(hits, draws, kind, rows) == pytest.approx(Fraction(ways, comb(rows, draws)), rel=1e-10)


def test_any_number_is_none_or_more() -> None:
    assert significance.tail(0, 20, 30, 120) == 1
    assert significance.tail(0, 20, 0, 120) == 1


def test_a_difference_counts_the_same_either_way_round() -> None:
    first, second = significance.fisher(5, 100, 30, 120), significance.fisher(30, 120, 5, 100)
    assert first == pytest.approx(second)
    assert first < 0.001
    assert significance.fisher(10, 100, 12, 120) == 1


def test_few_rows_never_tell_much() -> None:
    assert significance.fisher(0, 3, 3, 3) == pytest.approx(2 / comb(6, 3))


def test_a_million_rows_are_no_trouble() -> None:
    assert significance.fisher(200_000, 1_000_000, 210_000, 1_000_000) == pytest.approx(1.1100353e-68, rel=1e-6)
    assert significance.fisher(200_000, 1_000_000, 200_100, 1_000_000) > 0.5


def test_so_many_largest_values_lie_in_one_table_by_chance() -> None:
    # Of 10 + 30 values the largest lies among the 10 in one of four cases, the two largest in 10·9 of 40·39.
    assert significance.extremes(1, 10, 30) == pytest.approx(1 / 4)
    assert significance.extremes(2, 10, 30) == pytest.approx(90 / 1560)
    assert significance.extremes(0, 10, 30) == 1


def test_several_kinds_at_once_have_the_p_values_that_each_has() -> None:
    first, second = [0, 3, 50, 100], [0, 9, 5, 100]
    expected = [significance.fisher(a, 100, b, 120) for a, b in zip(first, second, strict=True)]
    assert significance.fishers(first, 100, second, 120) == expected
    assert len(set(expected)) > 2
