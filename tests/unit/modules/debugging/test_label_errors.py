import numpy as np
import pytest

from modules.debugging import label_errors, out_of_fold
from modules.explaining.clock import Clock

pytestmark = pytest.mark.unit


def blobs(count: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns points around as many corners, and which corner each belongs to: none is nearer to another."""
    draws = np.random.default_rng(seed)
    labels = draws.integers(0, classes, count)
    corners = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]])
    return corners[labels] + draws.normal(0, 1, (count, 2)), labels


@pytest.mark.parametrize("classes", [2, 3])
def test_five_percent_of_flipped_labels_are_found(classes: int) -> None:
    points, labels = blobs(1_200, classes, 1)
    draws = np.random.default_rng(2)
    flipped = draws.choice(1_200, 60, replace=False)
    given = labels.copy()
    given[flipped] = (given[flipped] + draws.integers(1, classes, 60)) % classes
    answers = out_of_fold.probabilities(points, given, None, [False, False], 3, Clock(600))
    assert answers is not None
    found = label_errors.of_classes(given, answers)
    right = np.isin(found.places, flipped)
    assert right.mean() >= 0.7  # precision
    assert right.sum() / 60 >= 0.7  # recall
    assert (found.instead == labels[found.places])[right].mean() > 0.95
    assert (np.diff(found.scores) >= 0).all()


def test_labels_that_are_right_are_hardly_suspected() -> None:
    points, labels = blobs(1_200, 2, 1)
    answers = out_of_fold.probabilities(points, labels, None, [False, False], 3, Clock(600))
    assert answers is not None
    assert len(label_errors.of_classes(labels, answers).places) < 12


def test_values_that_are_far_off_are_suspected_the_farthest_first() -> None:
    draws = np.random.default_rng(1)
    given = draws.uniform(-3, 3, (900, 1))
    labels = 2 * given[:, 0] + draws.normal(0, 0.1, 900)
    wrong = draws.choice(900, 45, replace=False)
    labels[wrong] += draws.choice([-1, 1], 45) * draws.uniform(3, 9, 45)
    values = out_of_fold.values(given, labels, None, [False], 3, Clock(600))
    assert values is not None
    found = label_errors.of_numbers(labels, values)
    right = np.isin(found.places, wrong)
    assert right.mean() >= 0.7
    assert right.sum() / 45 >= 0.9
    assert (np.diff(found.scores) <= 0).all()
    assert len(label_errors.of_numbers(values, values).places) == 0


def test_a_row_is_judged_by_models_that_have_not_seen_it() -> None:
    draws = np.random.default_rng(1)
    noise = draws.normal(size=(600, 4))
    labels = draws.integers(0, 2, 600)
    answers = out_of_fold.probabilities(noise, labels, None, [False] * 4, 1, Clock(600))
    assert answers is not None
    np.testing.assert_allclose(answers.sum(axis=1), 1.0)
    assert abs((answers.argmax(axis=1) == labels).mean() - 0.5) < 0.08
    assert out_of_fold.probabilities(noise, labels, None, [False] * 4, 1, Clock(-1)) is None
