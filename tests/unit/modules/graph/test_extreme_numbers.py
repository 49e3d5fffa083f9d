"""Every finite number has a finite code, in training, in the SavedModel and on device."""

from collections.abc import Callable

import numpy as np
import pytest

pytestmark = pytest.mark.unit

LARGEST = float(np.finfo(np.float32).max)
SMALLEST = float(np.finfo(np.float32).smallest_subnormal)
COLUMNS = {
    "denormal_steps": [1e-36, 1e-37, 1e-38, 1e-39, 1e-44, 1e-36],
    "both_ends": [LARGEST, -LARGEST, 3e38, -3e38, 0.0, 1.0],
    "huge_and_missing": [3e38, 3e38, 3e38, np.nan, 3e38, 3e38],
    "tiny_and_missing": [1e-38, 1e-38, 1e-38, np.nan, 1e-38, 1e-38],
    "neighbours": [2.0**24, 2.0**24 - 1, 2.0**24, 2.0**24 - 1, 2.0**24, 2.0**24],
    "all_sizes": [1e-44, 1e-20, 1.0, 1e20, LARGEST, SMALLEST],
    "heavy_tail": [LARGEST, -LARGEST, 1e-40, 10.0, 0.0, 1e30],
    "ordinary": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
}


@pytest.mark.parametrize("method", ["pca", "ica"])
def test_finite_numbers_have_finite_codes_that_the_device_shares(ship: Callable, method: str) -> None:
    table = {name: ("float32", values * 4) for name, values in COLUMNS.items()}
    rule = {"method": method, "explained_variance": 1.0}
    shipped = ship(table, reduction=rule, log_scale=["heavy_tail"], quantile_bins=64)
    strange = [LARGEST, -LARGEST, SMALLEST, -SMALLEST, 1e-38, -1e-38, 0.0, -0.0, np.nan, 1.0]
    rows = {name: np.array(values + strange, np.float32) for name, values in COLUMNS.items()}
    encoded = shipped.encode(**rows)
    for column, codes in encoded.items():
        for code, values in codes.items():
            assert np.isfinite(values).all(), (column, code)
            assert (np.abs(values) <= 1).all(), (column, code)
    shipped.answers(**rows)


def test_numbers_whose_differences_are_denormal_are_told_apart(ship: Callable) -> None:
    shipped = ship({"p": ("float32", [1e-36, 1e-37, 1.3e-37, 0.0] * 4)}, quantile_bins=64)
    codes = shipped.encode(p=np.array([0.0, 1e-37, 1.3e-37, 1e-36], np.float32))["p"]
    assert [[codes[f"one_hot[{number}]"][row] for number in range(4)] for row in range(4)] == np.eye(4).tolist()


def test_a_huge_number_that_some_rows_lack_has_one_bin_with_a_width(ship: Callable) -> None:
    shipped = ship({"x": ("float32", [3e38, 3e38, np.nan, 3e38])}, quantile_bins=64)
    low, high = shipped.profile.numeric[0].edges
    assert low < high < np.inf
    codes = shipped.encode(x=np.array([3e38, np.nan], np.float32))["x"]
    assert codes["one_hot[0]"].tolist() == [1, 1]
    assert codes["missing"].tolist() == [0, 1]


def test_a_number_far_beyond_two_tiny_columns_leaves_their_components_finite(ship: Callable) -> None:
    # One row of 4,000 is not 0: a deviation of 1.6e-20, so that 2^64 would be more than 1e39 of them.
    rows = 4_000
    table = {
        "a": ("float32", [1e-18] + [0.0] * (rows - 1)),
        "b": ("float32", [0.0] * (rows - 1) + [1e-18]),
    }
    shipped = ship(table, reduction={"method": "pca", "components": 2})
    codes = shipped.encode(**{name: np.array([LARGEST, -LARGEST], np.float32) for name in table})["components"]
    assert np.isfinite(list(codes.values())).all()
