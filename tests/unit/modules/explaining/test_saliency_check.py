"""The sanity check of saliency, on one that rests on the weights, and on one that survives any."""

from collections.abc import Sequence

import numpy as np
import pytest

from modules.explaining import saliency_check

pytestmark = pytest.mark.unit

ROWS = np.random.default_rng(0).normal(size=(100, 12))


@pytest.fixture
def weights() -> list[np.ndarray]:
    generator = np.random.default_rng(1)
    return [generator.normal(size=(12, 8)), np.zeros(8), generator.normal(size=(8, 1)), np.ones(1)]


def gradients(weights: Sequence[np.ndarray]) -> np.ndarray:
    """Returns the derivatives of a network with one hidden layer of ReLU."""
    alive = ROWS @ weights[0] + weights[1] > 0
    return (alive * weights[2][:, 0]) @ weights[0].T


def test_gradients_change_with_the_weights_layer_by_layer(weights: list[np.ndarray]) -> None:
    first, last = saliency_check.check(gradients, weights, 3)
    assert (first.layers, last.layers) == (1, 2)
    assert first.correlation > last.correlation
    assert abs(last.correlation) < 0.15 < saliency_check.LIMIT
    assert saliency_check.check(gradients, weights, 3) == [first, last]


def test_saliency_that_survives_random_weights_is_above_the_limit(weights: list[np.ndarray]) -> None:
    stages = saliency_check.check(lambda changed: ROWS, weights, 3)
    assert [its.correlation for its in stages] == pytest.approx([1.0, 1.0])
    nearly = saliency_check.check(lambda changed: 30 * np.arange(12) + gradients(changed), weights, 3)
    assert nearly[-1].correlation > saliency_check.LIMIT


def test_the_sign_does_not_matter_and_columns_that_all_tie_count_as_0(weights: list[np.ndarray]) -> None:
    flipped = iter([ROWS, *[-ROWS] * 100])
    assert saliency_check.check(lambda changed: next(flipped), weights, 3)[-1].correlation == pytest.approx(1.0)
    assert saliency_check.check(lambda changed: np.zeros((100, 12)), weights, 3)[-1].correlation == 0


def test_weights_are_random_from_the_logits_down_and_as_far_spread(weights: list[np.ndarray]) -> None:
    seen: list[list[np.ndarray]] = []

    def noted(changed: Sequence[np.ndarray]) -> np.ndarray:
        seen.append(list(changed))
        return ROWS

    saliency_check.check(noted, weights, 3)
    trained, first, second = seen[:3]
    assert all((one == other).all() for one, other in zip(trained, weights, strict=True))
    assert [bool((one == other).all()) for one, other in zip(first, weights, strict=True)] == [True, True, False, False]
    assert (second[0] != weights[0]).all()
    assert second[0].std() == pytest.approx(weights[0].std(), rel=0.2)
    assert len(seen) == 1 + 2 * saliency_check.REPEATS
