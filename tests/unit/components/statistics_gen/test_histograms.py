"""Histograms beside those of TFDV, which are made bucket by bucket."""

from typing import Any

import numpy as np
import pytest
from tensorflow_data_validation.utils import quantiles_util

from components.statistics_gen import histograms

pytestmark = pytest.mark.unit

rng = np.random.default_rng(0)
NORMAL = np.sort(rng.normal(size=301))
# Quantiles, as many as TFDV asks for or fewer, with their repetitions.
QUANTILES = {
    "all different": NORMAL,
    "few values": np.sort(rng.integers(0, 4, 301)).astype(float),
    "one value": np.full(101, 3.0),
    "mostly the least": np.sort(np.maximum(NORMAL, 0.5)),
    "mostly the largest": np.sort(np.minimum(NORMAL, -0.5)),
    "more than there are rows": np.repeat(NORMAL[:20], 50),
    "large and small": np.sort(np.concatenate([NORMAL, NORMAL * 1e30])),
    "denormal": np.sort(NORMAL * 1e-310),
    "two": np.array([1.0, 2.0]),
    "on the edges": np.sort(np.repeat(np.linspace(0, 10, 11), rng.integers(1, 9, 11))),
}


def weights(count: int, whole: bool) -> np.ndarray:
    steps = rng.integers(0, 9, count) if whole else rng.random(count)
    return np.cumsum(steps).astype(float) + 1


def close(ours: Any, stock: Any, tolerance: float) -> None:
    def numbers(of: Any) -> np.ndarray:
        return np.array([(bucket.low_value, bucket.high_value, bucket.sample_count) for bucket in of.buckets])

    assert ours.type == stock.type
    assert numbers(ours).shape == numbers(stock).shape
    np.testing.assert_allclose(numbers(ours), numbers(stock), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("whole", [True, False], ids=["rows", "weights"])
@pytest.mark.parametrize("quantiles", QUANTILES.values(), ids=list(QUANTILES))
def test_histograms_equal_tfdvs_and_whole_rows_to_the_last_bit(quantiles: np.ndarray, whole: bool) -> None:
    counts, tolerance = weights(len(quantiles), whole), 0.0 if whole else 1e-12
    stock = quantiles_util.generate_quantiles_histogram(quantiles, counts)
    close(histograms.of_quantiles(quantiles, counts), stock, tolerance)
    given = (quantiles, counts, quantiles[0], quantiles[-1], 10, 0)
    stock = quantiles_util.generate_equi_width_histogram(*given)
    close(histograms.of_equal_width(*given), stock, tolerance)


@pytest.mark.parametrize("negative", [0, 40])
@pytest.mark.parametrize("positive", [0, 30])
def test_infinite_numbers_have_buckets_of_their_own(negative: int, positive: int) -> None:
    quantiles = NORMAL.copy()
    quantiles[:negative], quantiles[len(quantiles) - positive :] = -np.inf, np.inf
    finite = quantiles[np.isfinite(quantiles)]
    given = (quantiles, weights(len(quantiles), whole=True), finite[0], finite[-1], 10, positive)
    close(histograms.of_equal_width(*given), quantiles_util.generate_equi_width_histogram(*given), 0.0)


def test_a_column_of_nothing_but_infinity_and_one_too_wide_are_as_tfdv_has_them() -> None:
    for quantiles in (np.full(5, np.inf), np.array([-1.7e308, 0.0, 1.7e308])):
        finite = quantiles if np.isfinite(quantiles).all() else np.array([np.inf, -np.inf])
        given = (quantiles, np.arange(1.0, len(quantiles) + 1), finite[0], finite[-1], 10, 0)
        close(histograms.of_equal_width(*given), quantiles_util.generate_equi_width_histogram(*given), 0.0)


def test_tfdvs_functions_are_its_own_again_after_an_error() -> None:
    stock = quantiles_util.generate_equi_width_histogram
    with pytest.raises(ValueError, match="stop"), histograms.in_numpy():
        assert quantiles_util.generate_equi_width_histogram is histograms.of_equal_width
        raise ValueError("stop")
    assert quantiles_util.generate_equi_width_histogram is stock
