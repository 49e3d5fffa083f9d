import numpy as np
import pytest

from components.intervals.simplify import simplify

pytestmark = pytest.mark.unit


def test_points_on_a_line_are_its_ends() -> None:
    x = np.linspace(0, 1, 1_000)
    assert simplify(x, 0.5 * x, 200).tolist() == [0, 999]


def test_corners_stay_the_farthest_first() -> None:
    x, y = np.array([0, 0.1, 0.5, 0.9, 1.0]), np.array([0, 0.0, 1.0, 0.0, 0.0])
    assert simplify(x, y, 3).tolist() == [0, 2, 4]
    assert simplify(x, y, 200).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("count", [1, 2])
def test_curves_of_one_or_two_points_stay_as_they_are(count: int) -> None:
    assert simplify(np.arange(count), np.arange(count), 200).tolist() == list(range(count))


def test_a_curve_of_200_points_looks_like_one_of_20000() -> None:
    generator = np.random.default_rng(1)
    x = np.cumsum(generator.random(20_000) < 0.5) / 10_000
    y = np.sin(3 * x) + generator.normal(0, 1e-4, 20_000)
    kept = simplify(x, y, 200)
    assert len(kept) <= 200
    # A thousandth beside a line of slope 3 is √10 thousandths above it; the noise adds a little.
    assert np.abs(np.interp(x, x[kept], y[kept]) - y).max() < 0.004
