import math

import pytest

from modules.training.estimating import ranks

pytestmark = pytest.mark.unit

# Ranks 1 2 3 4 5 6 against 2 1 4 3 6 5: six differences of one. rho = 1 - 6 · 6 / (6 · 35) = 174 / 210 = 0.828571.
# Of 15 pairs three are the other way round: tau = (12 - 3) / 15 = 0.6.
LEFT, RIGHT = [10.0, 20, 30, 40, 50, 60], [0.2, 0.1, 0.4, 0.3, 0.6, 0.5]


def test_the_correlations_of_six_pairs_are_those_worked_out_by_hand() -> None:
    rho, tau = ranks.spearman(LEFT, RIGHT), ranks.kendall(LEFT, RIGHT)
    assert rho is not None
    assert tau is not None
    assert rho.value == pytest.approx(174 / 210)
    assert tau.value == pytest.approx(0.6)


def test_the_intervals_are_those_of_fishers_transformation() -> None:
    # atanh(0.828571) = 1.183562; Bonett and Wright: sqrt((1 + 0.686531 / 2) / 3) = 0.669145, times 1.959964: 1.311500;
    # tanh(1.183562 - 1.311500) = -0.127244, tanh(1.183562 + 1.311500) = 0.986488.
    rho = ranks.spearman(LEFT, RIGHT)
    assert rho is not None
    assert (rho.low, rho.high) == pytest.approx((-0.127244, 0.986488), abs=2e-5)
    # atanh(0.6) = 0.693147; Fieller: sqrt(0.437 / 2) = 0.467440, times 1.959964: 0.916166; tanh of both ends.
    tau = ranks.kendall(LEFT, RIGHT)
    assert tau is not None
    assert (tau.low, tau.high) == pytest.approx((math.tanh(-0.223019), math.tanh(1.609313)), abs=2e-5)


def test_equal_values_share_their_ranks() -> None:
    # Ranks 1.5 1.5 3 against 1 2 3: the covariance is 1.5, the sums of squares are 1.5 and 2: 1.5 / sqrt(3) = 0.866025.
    # Of three pairs one is a tie on the left: tau-b = 2 / sqrt(2 · 3) = 0.816497.
    rho, tau = ranks.spearman([1.0, 1, 2], [1.0, 2, 3]), ranks.kendall([1.0, 1, 2], [1.0, 2, 3])
    assert rho is not None
    assert tau is not None
    assert rho.value == pytest.approx(math.sqrt(0.75))
    assert tau.value == pytest.approx(2 / math.sqrt(6))
    assert (rho.low, rho.high, tau.low, tau.high) == (None, None, None, None)


def test_the_same_order_has_an_interval_that_is_not_a_point() -> None:
    rho, tau = ranks.spearman(LEFT, LEFT), ranks.kendall(LEFT, [-value for value in LEFT])
    assert rho is not None
    assert tau is not None
    assert (rho.value, rho.high) == (1.0, 1.0)
    assert rho.low is not None
    assert rho.low == pytest.approx(math.tanh(math.atanh(33 / 35) - 1.959964 * math.sqrt((1 + (33 / 35) ** 2 / 2) / 3)))
    assert (tau.value, tau.low) == (-1.0, -1.0)
    assert tau.high is not None
    # The nearest other order has 1 - 4 / 30; atanh of that is 1.317, less 0.916166.
    assert tau.high == pytest.approx(-math.tanh(math.atanh(13 / 15) - 0.916166), abs=1e-4)


def test_where_all_are_equal_or_there_is_one_there_is_no_correlation() -> None:
    for correlation in (ranks.spearman, ranks.kendall):
        assert correlation([1.0, 1, 1, 1], [1.0, 2, 3, 4]) is None
        assert correlation([1.0], [1.0]) is None
        assert correlation([], []) is None
