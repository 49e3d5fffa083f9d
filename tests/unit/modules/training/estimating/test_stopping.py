import math

import pytest

from modules.base.estimation import CurveExtrapolation
from modules.training.estimating.stopping import stopped

pytestmark = pytest.mark.unit

SETTINGS = CurveExtrapolation()
# It nears 0.90, and has half of what is left to go with every epoch.
CURVE = [0.90 - 0.05 * 0.5**epoch for epoch in range(20)]


def test_a_trial_that_will_not_reach_the_best_is_stopped_and_one_that_may_is_not() -> None:
    found = stopped(CURVE[:8], 20, 0.93, "max", SETTINGS)
    assert found is not None
    assert found.low <= found.value <= found.high < found.best == 0.93
    assert found.value == pytest.approx(0.90, abs=0.004)
    assert (found.limit, 9 <= found.epoch <= 20) == (20, True)
    assert stopped(CURVE[:8], 20, 0.901, "max", SETTINGS) is None


def test_of_a_score_that_should_be_low_the_lower_end_counts() -> None:
    losses = [1 - score for score in CURVE]
    found = stopped(losses[:8], 20, 0.07, "min", SETTINGS)
    assert found is not None
    assert found.best < found.low <= found.value <= found.high
    assert stopped(losses[:8], 20, 0.0999, "min", SETTINGS) is None


def test_a_surer_interval_stops_later() -> None:
    def first(confidence: float) -> int:
        settings = CurveExtrapolation(confidence=confidence)
        return next(known for known in range(4, 20) if stopped(CURVE[:known], 20, 0.93, "max", settings))

    assert first(0.5) < first(0.999)


@pytest.mark.parametrize(
    ("scores", "last", "best"),
    [
        (CURVE[:3], 20, 0.99),  # too few epochs
        (CURVE[:8], 8, 0.99),  # nothing is left to save
        (CURVE[:8], 20, None),  # nothing to be held against
        ([0.5, math.nan, 0.5, 0.5, 0.5], 20, 0.99),
        ([0.95, 0.5, 0.5, 0.5, 0.5], 20, 0.94),  # its best epoch is the best of all
    ],
)
def test_a_trial_goes_on_where_a_forecast_says_nothing(scores: list[float], last: int, best: float | None) -> None:
    assert stopped(scores, last, best, "max", SETTINGS) is None
