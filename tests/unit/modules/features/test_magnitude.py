import numpy as np
import pytest

from modules.features import magnitude

pytestmark = pytest.mark.unit


def test_only_numbers_that_processors_take_for_zero_become_zero() -> None:
    least = np.float32(2.0**-126)
    values = np.array([0, 1e-45, -1e-38, least, -least, 3e38, np.nan], np.float32)
    np.testing.assert_array_equal(magnitude.flushed(values), np.array([0, 0, 0, least, -least, 3e38, np.nan], "f4"))


@pytest.mark.parametrize(
    ("largest", "unit"),
    [
        (0.0, 1.0),
        (7.0, 1.0),
        (1e-18, 1.0),  # 2^-60 is 8.7e-19
        (1e-19, 2.0**63),  # 1e-19 = 0.92 · 2^-63
        (2.0**64, 1.0),
        (-(2.0**65), 2.0**-66),
        (2.0**-126, 2.0**125),
        (3.4e38, 2.0**-126),  # 2^-128 would be denormal itself
    ],
)
def test_a_unit_brings_the_largest_number_near_one(largest: float, unit: float) -> None:
    assert magnitude.unit(np.array([largest, 0.0])) == unit


def test_different_numbers_lie_apart_by_what_no_processor_takes_for_zero() -> None:
    step = 2.0**-100
    grid = np.array([0.0, 0.4 * step, 0.6 * step, step, 2.0**-77 + 2.0**-100, 0.1])
    assert magnitude.separable(grid).tolist() == [0.0, 0.0, step, step, 2.0**-77 + 2.0**-100, 0.1]
