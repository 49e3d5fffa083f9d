"""DeLong's variance of an area under the ROC curve, and of the difference of two areas on the same rows.

References:
    DeLong, DeLong and Clarke-Pearson, Comparing the Areas under Two or More Correlated Receiver Operating
    Characteristic Curves: A Nonparametric Approach, Biometrics 44, 1988.
    Sun and Xu, Fast Implementation of DeLong's Algorithm for Comparing the Areas Under Correlated Receiver Operating
    Characteristic Curves, IEEE Signal Processing Letters 21, 2014: from midranks, by one sort.
"""

import math

import numpy as np
from scipy import stats


def placements(scores: np.ndarray, positive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns where the rows of each class lie among those of the other.

    Args:
        scores: The score of each row, [n].
        positive: Whether the row is positive, bool [n]; there are rows of both kinds.

    Returns:
        For each positive, the share of negatives below it; for each negative, the share of positives above it. Ties are
        half. The mean of either is the area.
    """
    midranks = stats.rankdata(scores)
    positives, negatives = int(positive.sum()), int((~positive).sum())
    below = (midranks[positive] - stats.rankdata(scores[positive])) / negatives
    above = 1 - (midranks[~positive] - stats.rankdata(scores[~positive])) / positives
    return below, above


def error(scores: np.ndarray, positive: np.ndarray) -> float:
    """Returns the standard error of an area; arguments as of `placements`, two rows of each kind at least."""
    return _error(*placements(scores, positive))


def difference(first: np.ndarray, second: np.ndarray, positive: np.ndarray) -> tuple[float, float]:
    """Compares two models on the same rows.

    Args:
        first: One model's score of each row, [n].
        second: The other's.
        positive: Whether the row is positive, bool [n]; two rows of each kind at least.

    Returns:
        The first area less the second, and its standard error, which is 0 where no row moves among those of the other
        kind.
    """
    one, other = placements(first, positive), placements(second, positive)
    below, above = one[0] - other[0], one[1] - other[1]
    return float(below.mean()), _error(below, above)


def _error(below: np.ndarray, above: np.ndarray) -> float:
    return math.sqrt(below.var(ddof=1) / len(below) + above.var(ddof=1) / len(above))
