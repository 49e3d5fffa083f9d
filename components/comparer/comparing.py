"""Paired differences of models on the same rows. Knows no TFX."""

import itertools
from collections.abc import Mapping

import numpy as np

from modules import tasks
from modules.contracts.gains import Gain, Gains
from modules.judging.promises import paired
from modules.judging.statistics.resampling import Resampler


def compare(
    task: str, labels: np.ndarray, predicted: Mapping[str, np.ndarray], weights: np.ndarray | None, seed: int
) -> Gains:
    """Measures models, each of which was given more to learn from than the one before.

    Args:
        task: The task's name.
        labels: The number of the class, or the value, of each row, [n].
        predicted: By model what it predicts, float64 [n, classes] or [n, 1].
        weights: Weight of each row, [n], if there are any.
        seed: Of the resampling, where there is one.

    Returns:
        What each has by the first metric of the task's ladder, which should be high, and how much better each is than
        the one before it; of more than two also the last than the first. The number of steps is 0.
    """
    name = tasks.LADDER[task][0]
    measure = tasks.METRICS[name].measures[task]
    resampler = Resampler(seed, len(labels))
    pairs = [*itertools.pairwise(predicted)]
    if len(pairs) > 1:
        pairs.append((pairs[0][0], pairs[-1][1]))

    def gain(before: str, after: str) -> Gain:
        found = paired.difference((measure, measure), labels, predicted[after], predicted[before], weights, resampler)
        return Gain(before, after, found.value, found.low, found.high, found.rows, found.method, found.reason)

    values = {model: float(measure(labels, of_model, weights)) for model, of_model in predicted.items()}
    return Gains(name, 0, values, [gain(before, after) for before, after in pairs])
