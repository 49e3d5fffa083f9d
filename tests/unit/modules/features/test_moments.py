"""Moments that no order of the rows changes."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from modules.features.moments import ExactMoments, SeparateMoments

pytestmark = pytest.mark.unit


def moments(floats: np.ndarray, integers: np.ndarray | None = None, present: np.ndarray | None = None) -> ExactMoments:
    made = ExactMoments(floats.shape[1])
    whole = np.zeros(floats.shape, np.int64) if integers is None else integers
    made.add(floats.astype(np.float64), whole, np.ones(floats.shape, bool) if present is None else present)
    return made


def exact(matrix: Sequence[Sequence[Fraction | None]]) -> tuple[list[float], list[list[float]]]:
    """Returns means and centred products of columns, in fractions."""
    means = []
    for column in matrix:
        known = [value for value in column if value is not None]
        means.append(sum(known, Fraction(0)) / max(len(known), 1))
    centred = [
        [
            float(sum((a - m) * (b - n) for a, b in zip(x, y, strict=True) if a is not None and b is not None))
            for y, n in zip(matrix, means, strict=True)
        ]
        for x, m in zip(matrix, means, strict=True)
    ]
    return [float(mean) for mean in means], centred


def test_moments_of_a_few_numbers() -> None:
    # 1, 2, 6 and 1, 0, -1: means 3 and 0; deviations -2, -1, 3 and 1, 0, -1.
    means, centred = moments(np.array([[1, 1], [2, 0], [6, -1]], np.float32)).describe([0, 0])
    assert means.tolist() == [3, 0]
    assert centred.tolist() == [[14, -5], [-5, 2]]


@pytest.mark.parametrize("power", [0, 30, 60])
def test_moments_are_those_of_fractions_rounded_once(power: int) -> None:
    # The columns span `power` powers of two up and down: plain sums of doubles would lose the small numbers.
    generator = np.random.default_rng(power)
    floats = (generator.normal(size=(200, 3)) * 2.0 ** generator.uniform(-power, power, (200, 3))).astype(np.float32)
    present = generator.random((200, 3)) < 0.8
    floats = np.where(present, floats, 0)
    found = moments(floats, present=present).describe([0, 0, 0])
    cells = np.where(present, floats, np.nan).T.tolist()
    means, centred = exact([[None if np.isnan(cell) else Fraction(cell) for cell in column] for column in cells])
    assert found[0].tolist() == means
    assert found[1].tolist() == centred


def test_whole_numbers_at_the_ends_of_int64_are_exact_beside_the_smallest_and_largest_floats() -> None:
    low, high = -(2**63) + 1, 2**63 - 1
    floats = np.array([[3.4e38, 0], [1e-45, 0], [-3.4e38, 0]], np.float32)
    integers = np.array([[0, low], [0, high], [0, high - 2]], np.int64)
    found = moments(floats, integers).describe([0, high])
    shifted = [Fraction(value - high) for value in (low, high, high - 2)]
    means, centred = exact([[Fraction(float(value)) for value in floats[:, 0]], shifted])
    assert found[0].tolist() == means
    assert found[1].tolist() == centred


def test_a_column_without_values_has_the_mean_and_the_products_zero() -> None:
    found = moments(np.zeros((2, 1)), present=np.zeros((2, 1), bool)).describe([5])
    assert (found[0].tolist(), found[1].tolist()) == ([0], [[0]])
    assert ExactMoments(1).describe([0])[0].tolist() == [0]


def test_more_rows_than_a_chunk_and_totals_beyond_a_double_are_exact() -> None:
    # 20,001 rows of 2^24 - 1 and merged with itself 40 times: totals of squares near 2^102.
    made = moments(np.full((20_001, 1), 2**24 - 1, np.float32))
    made.add(np.array([[1.0]]), np.zeros((1, 1), np.int64), np.ones((1, 1), bool))
    for _ in range(40):
        other = ExactMoments(1)
        other.merge(made)
        made.merge(other)
    rows, total = 20_002 * 2**40, (20_001 * (2**24 - 1) + 1) * 2**40
    means, centred = made.describe([0])
    assert means[0] == total / rows
    assert centred[0, 0] == ((20_001 * (2**24 - 1) ** 2 + 1) * 2**40 * rows - total**2) / rows


def test_moments_of_separate_columns_are_those_of_all_without_the_products_of_two() -> None:
    generator = np.random.default_rng(5)
    floats = generator.normal(size=(50, 37)) * 2.0 ** generator.uniform(-20, 20, 37)
    floats[:, 30:], integers = 0, np.zeros((50, 37), np.int64)
    integers[:, 30:] = generator.integers(-(2**62), 2**62, (50, 7))
    present = generator.random((50, 37)) < 0.9
    floats, integers = np.where(present, floats.astype(np.float32), 0.0), np.where(present, integers, 0)
    floats = floats.astype(np.float64)
    offsets = [0] * 30 + integers[0, 30:].tolist()
    together, separate, more = ExactMoments(37), SeparateMoments(37), SeparateMoments(37)
    together.add(floats, integers, present)
    separate.add(floats[:20], integers[:20], present[:20])
    more.add(floats[20:], integers[20:], present[20:])
    separate.merge(more)
    (means, centred), (found, squares) = together.describe(offsets), separate.describe(offsets)
    assert separate.counts.tolist() == together.counts.tolist() == present.sum(axis=0).tolist()
    assert found.tolist() == means.tolist()
    assert squares.tolist() == np.diag(centred).tolist()
