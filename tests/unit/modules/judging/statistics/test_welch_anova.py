import numpy as np
import pytest
from scipy import stats

from modules.judging.statistics import welch_anova

pytestmark = pytest.mark.unit


def of(groups: list[np.ndarray]) -> float:
    means, variances, counts = np.transpose([(one.mean(), one.var(ddof=1), len(one)) for one in groups])
    return welch_anova.p_value(means, variances, counts)


def test_of_two_groups_it_is_welchs_t_test() -> None:
    draws = np.random.default_rng(1)
    first, second = draws.normal(0, 1, 20), draws.normal(0.8, 3, 30)
    assert of([first, second]) == pytest.approx(stats.ttest_ind(first, second, equal_var=False).pvalue)


def test_it_rejects_one_in_twenty_of_equal_means_whatever_the_variances() -> None:
    draws = np.random.default_rng(2)
    groups = [[draws.normal(0, scale, count) for scale, count in ((1, 40), (5, 15), (9, 30))] for _ in range(1_000)]
    assert np.mean([of(one) <= 0.05 for one in groups]) == pytest.approx(0.05, abs=0.02)


def test_groups_without_a_variance_are_left_out() -> None:
    means, counts = np.array([0.0, 9.0]), np.array([10, 1])
    assert welch_anova.p_value(means, np.array([1.0, 1.0]), counts) == 1.0
    assert welch_anova.p_value(means, np.array([1.0, 0.0]), np.array([10, 10])) == 1.0
