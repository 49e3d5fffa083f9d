import numpy as np
import pytest
from scipy import stats

from modules.judging.statistics import ljung_box

pytestmark = pytest.mark.unit


def test_correlations_and_the_statistic_are_those_of_a_hand_calculation() -> None:
    # About their mean: −1, 0, 1, 0, with the squares 2; products with the one before: 0, 0, 0, with the second: −1, 0.
    found = ljung_box.correlations(np.array([1.0, 2.0, 3.0, 2.0]), 2)
    np.testing.assert_allclose(found, [0.0, -0.5])
    statistic = 4 * 6 * (0.25 / 2)
    assert ljung_box.p_value(found, 4) == pytest.approx(stats.chi2.sf(statistic, 2))


def test_values_that_follow_one_another_are_told_from_independent_ones() -> None:
    noise = np.random.default_rng(1).normal(size=500)
    following = np.convolve(noise, [1.0, 0.6])[:500]
    assert ljung_box.p_value(ljung_box.correlations(noise, 10), 500) > 0.05
    assert ljung_box.p_value(ljung_box.correlations(following, 10), 500) < 1e-10
    assert ljung_box.correlations(np.ones(9), 3).tolist() == [0.0, 0.0, 0.0]
