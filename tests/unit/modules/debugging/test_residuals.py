import numpy as np
import pytest

from modules import tasks
from modules.debugging import residuals
from modules.debugging.residuals import Residuals, Structure

pytestmark = pytest.mark.unit

LEVELS = ["low", "middle", "high"]


def probabilities(count: int = 6_000, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns probabilities, labels drawn by them, and three levels that tell nothing more."""
    draws = np.random.default_rng(seed)
    chance = draws.uniform(0.05, 0.6, count)
    return chance, (draws.random(count) < chance).astype(np.float64), draws.integers(0, 3, count)


def of_class(chance: np.ndarray, labels: np.ndarray) -> Residuals:
    answers = np.stack([1 - chance, chance], axis=1)
    return residuals.of_rows(tasks.BINARY, ["no", "yes"], "label", labels, answers, None)


def found_in(made: Residuals, places: np.ndarray) -> Structure:
    found = residuals.structure(made, "column", places, LEVELS)
    assert found is not None
    return found


def test_residuals_are_of_the_positive_class_of_each_class_or_of_the_label() -> None:
    answers = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    made = residuals.of_rows(tasks.MULTICLASS, ["a", "b", "c"], "label", np.array([2, 1]), answers, None)
    np.testing.assert_allclose(made.values, [[-0.2, -0.3, 0.5], [-0.6, 0.7, -0.1]])
    assert of_class(np.array([0.25]), np.array([1.0])).values.tolist() == [[0.75]]
    assert of_class(np.array([0.25]), np.array([1.0])).outputs == ["yes"]
    np.testing.assert_allclose(of_class(np.array([0.2]), np.array([1.0])).pearson, [[0.8 / 0.4]])
    value = residuals.of_rows(tasks.REGRESSION, [], "fare", np.array([3.0, 5.0]), np.array([[1.0], [5.5]]), None)
    assert value.values.tolist() == [[2.0], [-0.5]]
    assert value.outputs == ["fare"]


def test_columns_that_tell_nothing_are_significant_in_one_of_twenty_cases() -> None:
    found = [found_in(of_class(chance, labels), places).p_value for chance, labels, places in map_seeds(1_000)]
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.02)


def map_seeds(count: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    return [probabilities(800, seed) for seed in range(count)]


def test_a_level_that_the_model_has_not_learnt_is_found_with_its_interval() -> None:
    chance, labels, places = probabilities()
    made = of_class(np.where(places == 2, chance - 0.08, chance), labels)
    found = found_in(made, places)
    assert found.p_value < 1e-6
    assert found.strength > 0.02
    high = found.levels[2]
    assert high.low < 0.08 < high.high
    assert high.mean == pytest.approx(high.observed - high.predicted)
    assert [level.level for level in found.levels] == LEVELS


def test_one_surprise_does_not_prove_a_sure_model_wrong() -> None:
    labels = np.zeros(60)
    labels[0] = 1.0
    made = of_class(np.full(60, 1e-6), labels)
    assert found_in(made, np.repeat([0, 1, 2], 20)).p_value > 0.05


def test_of_a_label_levels_of_other_means_are_found_and_other_variances_are_not() -> None:
    draws = np.random.default_rng(4)
    places = draws.integers(0, 3, 900)
    noise = draws.normal(0, 1 + 4 * places)
    zero = np.zeros((900, 1))
    equal = residuals.of_rows(tasks.REGRESSION, [], "fare", noise, zero, None)
    apart = residuals.of_rows(tasks.REGRESSION, [], "fare", noise + (places == 0), zero, None)
    assert found_in(equal, places).p_value > 0.05
    assert found_in(apart, places).p_value < 1e-3


def test_rows_without_weight_tell_nothing() -> None:
    chance, labels, places = probabilities()
    wrong = of_class(np.where(np.arange(6_000) < 2_000, 0.9, chance), labels)
    weights = (np.arange(6_000) >= 2_000).astype(np.float64)
    assert found_in(wrong, places).levels[0].mean < -0.1
    weighted = Residuals(wrong.outputs, wrong.observed, wrong.predicted, weights, True)
    assert abs(found_in(weighted, places).levels[0].mean) < 0.03
    assert found_in(weighted, places).p_value > 0.01


def test_p_values_are_corrected_and_the_strongest_column_is_first() -> None:
    found = residuals.corrected([Structure(name, "", strength, p, []) for name, strength, p in
                                 (("a", 0.1, 0.03), ("b", 0.3, 0.02), ("c", 0.0, 0.9))])  # fmt: skip
    assert [(one.name, round(one.p_value, 6)) for one in found] == [("b", 0.045), ("a", 0.045), ("c", 0.9)]


def test_rows_that_follow_one_another_in_time_are_correlated_or_not() -> None:
    noise = np.random.default_rng(5).normal(size=2_000)
    following = np.convolve(noise, np.ones(4))[:2_000]
    order = np.random.default_rng(6).permutation(2_000)
    scattered = np.empty(2_000)
    scattered[order] = following
    made = residuals.of_rows(tasks.REGRESSION, [], "fare", scattered, np.zeros((2_000, 1)), None)
    in_time, in_file = (residuals.autocorrelation(made, rows) for rows in (order, np.arange(2_000)))
    assert in_time is not None and in_file is not None
    assert in_time[0] == pytest.approx(0.75, abs=0.05)
    assert in_time[1] < 1e-12
    assert in_file[1] > 0.01
    assert residuals.autocorrelation(made, order[:40]) is None
