"""From a model's answers to decisions: the one place that compares the probability of a class with a threshold.

A row is predicted positive if its score is above the threshold, never if it equals it. Both are compared as float32,
which is what a model answers and what a device compares: a threshold such as 0.3, which float32 rounds up, then
decides there as it does here.
"""

from collections.abc import Sequence

import numpy as np

# Where nobody chose another one: the more probable of two classes.
DEFAULT_THRESHOLD = 0.5


def above(scores: np.ndarray, threshold: float) -> np.ndarray:
    """Returns which rows are predicted positive, bool [n].

    Args:
        scores: The probability of the class, [n].
        threshold: The decision threshold.
    """
    return np.asarray(scores, np.float32) > as_compared(threshold)


def as_compared(thresholds: float | np.ndarray) -> np.ndarray:
    """Returns thresholds as scores are compared with them: float32, of the same shape."""
    return np.asarray(thresholds, np.float32)


def classes(predictions: np.ndarray, threshold: float | None) -> np.ndarray:
    """Returns the number of the class that each row is taken for, int64 [n].

    Args:
        predictions: The probability of each class, [n, classes], of two the negative one first.
        threshold: The decision threshold of two classes; None takes the most probable one, of equal ones the first.
    """
    if threshold is None:
        return predictions.argmax(axis=1)
    return above(predictions[:, 1], threshold).astype(np.int64)


def shown(thresholds: Sequence[float], own: float | None) -> list[float]:
    """Returns the thresholds at which rates are shown: those of the config, and the one that the model decides at."""
    return list(thresholds) if own is None or own in thresholds else sorted([*thresholds, own])
