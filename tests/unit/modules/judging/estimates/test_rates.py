import numpy as np
import pytest
from scipy import stats

from modules.judging.estimates import rates
from modules.judging.statistics import wilson
from modules.judging.statistics.resampling import ALL_ALIKE, Resampler

pytestmark = pytest.mark.unit

RESAMPLER = Resampler(1, 2_000)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe, Two-Sided Confidence Intervals for the Single Proportion, 1998, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_has_the_published_numbers(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson.interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (1, 1), (3, 7), (20, 20), (500, 16_281)])
def test_wilsons_interval_is_that_of_scipy(successes: int, trials: int) -> None:
    expected = stats.binomtest(successes, trials).proportion_ci(0.95, "wilson")
    assert wilson.interval(successes, trials) == pytest.approx((expected.low, expected.high))


def test_a_proportion_that_no_row_defines_says_so() -> None:
    nothing = np.zeros(5, bool)
    found = rates.proportion(nothing, nothing, None, RESAMPLER)
    assert (found["value"], found["low"], found["high"], found["rows"]) == (None, None, None, 0)
    assert found["reason"] == "no rows to take it over"
    weighted = rates.proportion(~nothing, ~nothing, np.zeros(5), RESAMPLER)
    assert (weighted["value"], weighted["rows"]) == (None, 5)


def test_the_rates_are_those_of_the_confusion_matrix_above_the_threshold() -> None:
    # Called positive above 0.5: the scores 0.9, 0.8, 0.6; 0.5 itself is not. tp 2, fp 1, fn 1, tn 2.
    scores = np.array([0.9, 0.8, 0.6, 0.5, 0.2, 0.1])
    positive = np.array([True, True, False, True, False, False])
    found = rates.rates(scores, positive, None, [0.5], RESAMPLER)
    assert {name: (entry["value"], entry["rows"]) for name, entry in found.items()} == {
        "true_positive_rate@0.5": (pytest.approx(2 / 3), 3),
        "false_positive_rate@0.5": (pytest.approx(1 / 3), 3),
        "true_negative_rate@0.5": (pytest.approx(2 / 3), 3),
        "false_negative_rate@0.5": (pytest.approx(1 / 3), 3),
        "positive_rate@0.5": (pytest.approx(3 / 6), 6),
        "negative_rate@0.5": (pytest.approx(3 / 6), 6),
        "false_discovery_rate@0.5": (pytest.approx(1 / 3), 3),
        "false_omission_rate@0.5": (pytest.approx(1 / 3), 3),
    }
    assert all(entry["method"] == "wilson" and entry["reason"] is None for entry in found.values())
    assert (found["true_positive_rate@0.5"]["low"], found["true_positive_rate@0.5"]["high"]) == wilson.interval(2, 3)


def test_thresholds_are_written_with_equally_many_digits_as_fairness_indicators_writes_them() -> None:
    found = rates.rates(np.array([0.3]), np.array([True]), None, [0.25, 0.5], RESAMPLER)
    assert {name.partition("@")[2] for name in found} == {"0.25", "0.50"}


def test_weighted_proportions_are_bootstrapped_and_wider_than_equal_weights_would_be() -> None:
    generator = np.random.default_rng(3)
    successful, every = generator.random(2_000) < 0.3, np.ones(2_000, bool)
    weights = generator.exponential(size=2_000) ** 2
    found = rates.proportion(successful, every, weights, RESAMPLER)
    assert found["method"] == "bootstrap"
    assert found["value"] == pytest.approx(np.average(successful, weights=weights))
    # The standard error of a ratio of sums.
    error = np.sqrt((weights**2 * (successful - found["value"]) ** 2).sum()) / weights.sum()
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 * error, rel=0.1)
    low, high = wilson.interval(successful.sum(), 2_000)
    assert found["high"] - found["low"] > 1.5 * (high - low)


def test_a_weighted_proportion_of_few_rows_or_without_any_doubt_has_no_interval() -> None:
    every = np.ones(20, bool)
    few = rates.proportion(every[:9], every[:9], np.ones(9), RESAMPLER)
    assert (few["value"], few["low"], few["reason"]) == (1.0, None, "fewer than 10 rows")
    alike = rates.proportion(every, every, np.ones(20), RESAMPLER)
    assert (alike["value"], alike["low"], alike["reason"]) == (1.0, None, ALL_ALIKE)
