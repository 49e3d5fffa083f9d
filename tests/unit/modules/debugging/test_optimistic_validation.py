import numpy as np
import pytest

from modules.debugging import optimistic_validation
from modules.debugging.optimistic_validation import Answered

pytestmark = pytest.mark.unit


def answered(count: int, noise: float, seed: int) -> Answered:
    draws = np.random.default_rng(seed)
    labels = draws.integers(0, 2, count).astype(np.float32)
    chance = 1 / (1 + np.exp(-(2 * labels - 1) - draws.normal(0, noise, count)))
    return Answered(labels, np.stack([1 - chance, chance], axis=1), None)


def compared(first: Answered, second: Answered) -> optimistic_validation.Compared:
    return optimistic_validation.compare("binary", ["no", "yes"], first, second, 0.5, 1)[0]


def test_validation_that_is_better_beyond_chance_is_told_from_what_chance_makes() -> None:
    easy, hard, like_easy = answered(2_000, 1.0, 1), answered(2_000, 1.5, 2), answered(2_000, 1.0, 3)
    optimistic = compared(easy, hard)
    assert optimistic.metric == "auc"
    assert optimistic.beyond_chance
    assert optimistic.better == pytest.approx(optimistic.validation[0] - optimistic.test[0])
    assert not compared(easy, like_easy).beyond_chance
    assert not compared(hard, easy).beyond_chance


def test_of_two_shares_the_interval_is_newcombes() -> None:
    # Newcombe, 1998, table II: 56 of 70 against 48 of 80 has 0.0524 to 0.3339.
    labels = np.zeros(70, np.float32)
    right = np.where(np.arange(70) < 56, 0.1, 0.9)
    first = Answered(labels, np.stack([1 - right, right], axis=1), None)
    other = np.where(np.arange(80) < 48, 0.1, 0.9)
    second = Answered(np.zeros(80, np.float32), np.stack([1 - other, other], axis=1), None)
    made = optimistic_validation.compare("binary", ["no", "yes"], first, second, 0.5, 1)
    accuracy = next(one for one in made if one.metric == "accuracy")
    assert (accuracy.better, accuracy.low, accuracy.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert "auc" not in {one.metric for one in made}


def test_of_an_error_the_lower_one_is_better() -> None:
    draws = np.random.default_rng(1)
    labels = draws.normal(size=900)
    small, large = (Answered(labels, (labels + draws.normal(0, scale, 900))[:, None], None) for scale in (0.3, 0.9))
    made = {one.metric: one for one in optimistic_validation.compare("regression", [], small, large, None, 1)}
    assert all(one.better > 0 and one.beyond_chance for one in made.values())
    assert made["rmse"].better == pytest.approx(made["rmse"].test[0] - made["rmse"].validation[0])
    assert made["rmse"].low is not None and made["rmse"].high is not None
    assert made["rmse"].low < 0.6 < made["rmse"].high
