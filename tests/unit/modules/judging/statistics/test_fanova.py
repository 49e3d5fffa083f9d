import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor

from modules.judging.statistics import fanova

pytestmark = pytest.mark.unit

GRID = [{"a": a, "b": b} for a, b in itertools.product(range(5), range(5))]


def exact(trials: list[dict[str, Any]], function: Callable[[Mapping[str, Any]], float]) -> list[float]:
    """Returns the shares of one tree that has learnt every point: of each hyperparameter, then of each pair."""
    axes = [fanova._axis(name, [trial[name] for trial in trials]) for name in trials[0]]
    known = [axis for axis in axes if axis is not None]
    tree = DecisionTreeRegressor().fit(np.hstack([axis.columns for axis in known]), [function(one) for one in trials])
    shares = fanova.decomposed(tree.tree_, known)
    assert shares is not None
    return [float(share) for share in shares]


def test_a_linear_function_has_the_shares_of_its_squared_slopes() -> None:
    # The variance of 3a is 9 times that of a, the variance of b that of a: 9/10 and 1/10, and nothing together.
    assert exact(GRID, lambda one: 3 * one["a"] + one["b"]) == pytest.approx([0.9, 0.1, 0.0], abs=1e-12)


def test_what_two_explain_only_together_is_theirs() -> None:
    # Exclusive or: whatever a is, the mean over b is the same.
    corners = [{"a": a, "b": b} for a, b in itertools.product((0, 1), (0, 1))]
    assert exact(corners, lambda one: one["a"] ^ one["b"]) == pytest.approx([0.0, 0.0, 1.0])


def test_a_product_is_split_as_by_hand() -> None:
    # a·b on {0, 1}: mean 1/4, variance 3/16; the means over the other are 0 and 1/2, with variance 1/16 each.
    corners = [{"a": a, "b": b} for a, b in itertools.product((0, 1), (0, 1))]
    assert exact(corners, lambda one: one["a"] * one["b"]) == pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_text_counts_by_its_values() -> None:
    trials = [{"a": a, "b": b} for a, b in itertools.product(["relu", "tanh", "elu"], [1, 2])]
    height = {"relu": 0.0, "tanh": 3.0, "elu": 0.0}  # variance 2, against 1/4 of b
    assert exact(trials, lambda one: height[one["a"]] + one["b"]) == pytest.approx([8 / 9, 1 / 9, 0.0], abs=1e-12)


def test_a_hyperparameter_that_some_trials_lack_is_told_from_its_values() -> None:
    axis = fanova._axis("second", [None, 8, 16, None])
    assert axis is not None
    assert axis.weights.tolist() == [0.25, 0.25, 0.5]
    assert axis.columns.tolist() == [[0.5, 1], [0, 0], [1, 0], [0.5, 1]]
    assert axis.points.tolist() == [[0, 0], [1, 0], [0.5, 1]]


def test_many_rates_lie_at_their_logarithms() -> None:
    axis = fanova._axis("rate", [1e-4, 1e-3, 1e-2, 1e-1, 2e-4, 3e-4, 4e-4])
    assert axis is not None
    assert axis.columns[:4, 0] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert len(axis.points) == 32


def test_a_forest_finds_the_shares_of_random_trials_within_their_intervals() -> None:
    random = np.random.default_rng(5)
    trials = [{"a": a, "b": b} for a, b in 1 + random.random((120, 2))]
    made = fanova.importance(trials, [3 * one["a"] + one["b"] for one in trials], seed=1)
    assert [share.names for share in made.alone] == [("a",), ("b",)]
    assert made.alone[0].value == pytest.approx(0.9, abs=0.06)
    assert made.alone[1].value == pytest.approx(0.1, abs=0.04)
    assert made.together[0].value < 0.03
    assert all(0 <= share.low <= share.value <= share.high <= 1 for share in (*made.alone, *made.together))


def test_a_forest_tells_a_joint_effect_from_single_ones() -> None:
    # a·b + 0.3 where a > 0.5, of uniform a and b: variances of the means 0.0808, 0.0208, and 1/144 together.
    random = np.random.default_rng(5)
    drawn = random.random((120, 2))
    scores = drawn[:, 0] * drawn[:, 1] + 0.3 * (drawn[:, 0] > 0.5)
    made = fanova.importance([{"a": a, "b": b} for a, b in 1 + drawn], scores.tolist(), seed=1)
    shares = {share.names: share.value for share in (*made.alone, *made.together)}
    assert shares == pytest.approx({("a",): 0.744, ("b",): 0.192, ("a", "b"): 0.064}, abs=0.03)


def test_few_trials_are_too_few_and_equal_scores_have_no_variance() -> None:
    assert fanova.importance(GRID[:9], range(9), seed=1) == fanova.Importance(9)
    assert fanova.importance(GRID, [0.5] * 25, seed=1) == fanova.Importance(25)
    assert fanova.importance([{"a": 1}] * 12, range(12), seed=1) == fanova.Importance(12)


def test_a_score_that_is_no_number_is_left_out() -> None:
    scores = [float(one["a"]) for one in GRID]
    made = fanova.importance([*GRID, {"a": 9, "b": 9}], [*scores, float("nan")], seed=1)
    assert made == fanova.importance(GRID, scores, seed=1)
    assert made.trials == 25


def test_the_same_seed_gives_the_same_shares() -> None:
    scores = [3.0 * one["a"] + one["b"] for one in GRID]
    assert fanova.importance(GRID, scores, seed=3) == fanova.importance(GRID, scores, seed=3)
