"""Whether gradients by column say anything of what the network learnt: they must change with its weights.

References:
    Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018 (arXiv:1810.03292): the cascading randomization of the
    weights, from the logits down, and the rank correlation.
"""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

# Above this rank correlation with random weights, saliency rests more on the encoding than on what was learnt.
LIMIT = 0.5
REPEATS = 5
LEAST_COLUMNS = 3


@dataclasses.dataclass(frozen=True)
class RandomizedStage:
    """What remains of the saliency when some layers have random weights.

    Attributes:
        layers: How many layers, from the logits down.
        correlation: Mean over rows and repeats of the rank correlation of the columns' absolute saliency.
    """

    layers: int
    correlation: float


def check(
    saliency: Callable[[Sequence[np.ndarray]], np.ndarray], weights: Sequence[np.ndarray], seed: int
) -> list[RandomizedStage]:
    """Randomizes the weights layer by layer, and compares the saliency with that of the trained ones.

    Args:
        saliency: From weights to the saliency of each column for each row, [n, columns].
        weights: The trained ones: kernel and bias of each layer, from the first to the one of the logits.
        seed: Fixes the random ones: normal, as far spread as those that they replace.

    Returns:
        By the number of layers that are random, the last with all of them.
    """
    trained = _ranks(saliency(weights))
    layers = len(weights) // 2
    generator = np.random.default_rng(seed)
    found: list[list[float]] = [[] for _ in range(layers)]
    for _ in range(REPEATS):
        changed = [np.asarray(part) for part in weights]
        for number in range(layers):
            for place in (-2 * number - 2, -2 * number - 1):
                spread = changed[place].std()
                changed[place] = generator.normal(0.0, spread, changed[place].shape).astype(changed[place].dtype)
            found[number].append(_correlation(trained, _ranks(saliency(changed))))
    return [RandomizedStage(number + 1, float(np.mean(of_stage))) for number, of_stage in enumerate(found)]


def _ranks(saliency: np.ndarray) -> np.ndarray:
    """Returns the ranks of the absolute values within each row, less their mean, float64 [n, columns]."""
    ranks = stats.rankdata(np.abs(saliency), axis=1)
    return ranks - ranks.mean(axis=1, keepdims=True)


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Returns the mean correlation of rows of ranks; a row where all columns tie counts as 0."""
    sizes = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    return float(((first * second).sum(axis=1) / np.where(sizes > 0, sizes, 1.0)).mean())
