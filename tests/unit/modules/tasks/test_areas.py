import numpy as np
import pytest
from sklearn import metrics

from modules.tasks import areas

pytestmark = pytest.mark.unit


def test_the_area_under_the_roc_curve_counts_pairs_and_halves_of_ties() -> None:
    # Scores 3, 2, 1: positives 1, 1, 0; negatives 0, 1, 2. Of 2 · 3 pairs the first wins 3, the second 2 and a half.
    assert areas.roc_area(np.array([1.0, 1, 0]), np.array([0.0, 1, 2])) == pytest.approx(5.5 / 6)


def test_the_average_precision_is_the_precision_at_each_score_averaged_over_the_positives() -> None:
    # Scores 2, 1: positives 1, 1; negatives 0, 2. Precision 1 at the first, 2 of 4 at the second.
    assert areas.average_precision(np.array([1.0, 1]), np.array([0.0, 2])) == pytest.approx((1 + 1 / 2) / 2)


def test_all_ways_to_be_undefined_are_nan_and_no_warning() -> None:
    some, none = np.array([1.0, 2.0]), np.zeros(2)
    assert np.isnan(areas.roc_area(none, some))
    assert np.isnan(areas.roc_area(some, none))
    assert np.isnan(areas.average_precision(none, some))
    assert areas.average_precision(some, none) == 1


def test_scores_of_no_weight_do_not_make_an_average_precision_undefined() -> None:
    assert areas.average_precision(np.array([0.0, 1]), np.array([0.0, 1])) == 0.5


def rows(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Makes scores of positives N(1, 1) and negatives N(0, 1)."""
    generator = np.random.default_rng(seed)
    positive = generator.random(count) < 0.3
    return generator.normal(size=count) + positive, positive


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("digits", [1, 9])
def test_areas_are_those_of_scikit_learn_with_ties_and_weights_however_many_rows(weighted: bool, digits: int) -> None:
    scores, positive = rows(3_000, 4)
    scores = scores.round(digits)
    weights = np.random.default_rng(5).integers(0, 4, 3_000).astype(float) if weighted else None
    summed = areas.weights_by_score(scores, positive, weights)
    assert areas.roc_area(*summed) == pytest.approx(metrics.roc_auc_score(positive, scores, sample_weight=weights))
    expected = metrics.average_precision_score(positive, scores, sample_weight=weights)
    assert areas.average_precision(*summed) == pytest.approx(expected)


def test_a_weight_of_two_is_a_row_that_is_there_twice() -> None:
    scores, positive = rows(500, 6)
    weights = np.random.default_rng(7).integers(0, 3, 500)
    twice = np.repeat(np.arange(500), weights)
    weighted = areas.weights_by_score(scores, positive, weights.astype(float))
    repeated = areas.weights_by_score(scores[twice], positive[twice])
    for area in (areas.roc_area, areas.average_precision):
        assert area(*weighted) == pytest.approx(area(*repeated))
