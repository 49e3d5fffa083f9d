"""Concept activation vectors, on activations whose directions are known."""

import numpy as np
import pytest
from scipy import stats

from modules.explaining.concepts import tcav

pytestmark = pytest.mark.unit

ROWS, UNITS = 6_000, 8


@pytest.fixture(scope="module")
def held() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(ROWS, UNITS)).astype(np.float32)


def found(held: np.ndarray, gradients: np.ndarray, concepts: dict[str, np.ndarray]) -> dict[str, tcav.ConceptScore]:
    generator = np.random.default_rng(1)
    draws = {}
    for name, chosen in concepts.items():
        of_concept = tcav.draw(chosen, generator)
        assert of_concept is not None
        draws[name] = of_concept
    random = {its.examples.shape[1]: tcav.draw_random(ROWS, its.examples.shape[1], generator) for its in draws.values()}
    return {its.concept: its for its in tcav.score_concepts(draws, random, [held], [[gradients]])}


def test_a_planted_concept_scores_near_1_its_opposite_near_0_and_others_like_random_ones(held: np.ndarray) -> None:
    # The logit rises with the first unit, and a little with every other one, to another side in each row.
    generator = np.random.default_rng(2)
    gradients = np.column_stack([np.ones(500), generator.normal(scale=0.2, size=(500, UNITS - 1))])
    concepts = {
        "planted": held[:, 0] > 1,
        "opposite": held[:, 0] < -1,
        "unused": held[:, 3] > 1,
        "noise": generator.random(ROWS) < 0.3,
    }
    scores = found(held, gradients, concepts)
    assert scores["planted"].score > 0.98
    assert scores["planted"].accuracy > 0.8
    assert scores["opposite"].score < 0.02
    assert scores["unused"].accuracy > 0.8  # the layer knows it
    assert 0.3 < scores["noise"].score < 0.7
    assert scores["noise"].accuracy == pytest.approx(0.5, abs=0.08)
    used = {name: its.is_used for name, its in scores.items()}
    assert used == {"planted": True, "opposite": True, "unused": False, "noise": False}
    for its in scores.values():
        assert its.low <= its.score <= its.high
        assert its.random_score == pytest.approx(0.5, abs=0.3)
        assert its.runs == 20


def test_concepts_that_mean_nothing_are_seldom_found_where_the_derivative_is_the_same_for_every_row(
    held: np.ndarray,
) -> None:
    # At the last hidden layer each run scores 0 or 1.
    gradients = np.tile(np.random.default_rng(3).normal(size=UNITS), (50, 1))
    generator = np.random.default_rng(4)
    scores = found(held, gradients, {f"noise {number}": generator.random(ROWS) < 0.3 for number in range(15)})
    assert sum(its.is_used for its in scores.values()) <= 1
    scores = found(held, gradients, {f"few {number}": generator.permutation(ROWS) < 80 for number in range(15)})
    assert sum(its.is_used for its in scores.values()) <= 1
    assert {(its.runs, its.rows) for its in scores.values()} == {(5, 16)}


def test_no_row_of_a_concept_is_in_two_runs_and_too_few_rows_give_none() -> None:
    chosen = np.zeros(300, bool)
    chosen[:200] = True
    drawn = tcav.draw(chosen, np.random.default_rng(0))
    assert drawn is not None
    assert drawn.examples.shape == (13, 15)
    assert len(np.unique(drawn.examples)) == 13 * 15
    assert drawn.examples.max() < 200
    assert drawn.others.max() >= 200
    chosen[74:] = False
    assert tcav.draw(chosen, np.random.default_rng(0)) is None


def test_a_direction_points_from_random_rows_to_the_concept_whatever_the_units_scales() -> None:
    generator = np.random.default_rng(5)
    scales = np.array([1.0, 100.0, 0.01, 1.0])
    examples, others = (generator.normal(size=(600, 4)) for _ in range(2))
    examples[:, 1] += 2
    for rows in (examples, others):
        rows[:, 3] = 0
    towards, accuracy = tcav.direction(examples * scales, others * scales)
    assert np.linalg.norm(towards) == pytest.approx(1)
    # The direction of a unit of that scale, and none of the one that holds the same of every row.
    assert np.argmax(np.abs(towards * scales)) == 1
    assert towards[1] > 0
    assert towards[3] == 0
    assert accuracy == pytest.approx(0.84, abs=0.04)  # Φ(1): the means are two deviations apart


def test_the_p_value_is_that_of_students_test_whose_variance_is_that_of_both() -> None:
    mine, chance = np.array([1.0, 1, 1, 1, 0.9]), np.array([0.0, 1] * 20)
    assert tcav._p_value(mine, chance) == pytest.approx(stats.ttest_ind(mine, chance, equal_var=True).pvalue)
    assert tcav._p_value(mine, chance) > 0.02  # with the variance of its own few runs it would be below 1e-5
    assert tcav._p_value(mine, mine) == 1.0
    assert tcav._p_value(mine[:4], 0 * chance) == 0.0
