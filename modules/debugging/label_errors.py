"""Labels that are probably wrong: confident learning of classes, robust scores of numbers.

References:
    Northcutt, Jiang and Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels, Journal of Artificial
    Intelligence Research 70, 2021.
"""

import dataclasses

import numpy as np
from cleanlab import filter as confident_learning

# So many robust standard deviations from the median residual; of a normal distribution, one row of 500 million is.
FARTHEST = 6.0
# The standard deviation of a normal distribution over its median absolute deviation.
_NORMAL = 1.4826


@dataclasses.dataclass(frozen=True, eq=False)
class Suspects:
    """Rows whose labels are suspected.

    Attributes:
        places: Their numbers, the most suspicious first, int64 [n].
        instead: What the label would rather be: the number of a class, or a value, [n].
        scores: Of classes, the probability of the label that they have: the lower, the more suspicious. Of numbers, how
            many robust standard deviations the residual is from the median.
    """

    places: np.ndarray
    instead: np.ndarray
    scores: np.ndarray


def of_classes(labels: np.ndarray, probabilities: np.ndarray) -> Suspects:
    """Suspects rows by confident learning.

    A row counts as one of another class if that class's probability is as high as it is on average where it is the
    label. By these counts, as many rows of each class as probably belong to each other one are suspected: those in
    which the probability of the other class is farthest above that of the label.

    Args:
        labels: The number of the class, int64 [n]; each class has a row.
        probabilities: Out of fold, [n, classes].
    """
    places = np.asarray(
        confident_learning.find_label_issues(
            labels, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1
        ),
        np.int64,
    )
    others = probabilities[places].copy()
    others[np.arange(len(places)), labels[places]] = -1.0
    return Suspects(places, others.argmax(axis=1), probabilities[places, labels[places]])


def of_numbers(labels: np.ndarray, values: np.ndarray) -> Suspects:
    """Suspects rows whose residual is far from the median, by the median absolute deviation.

    Args:
        labels: The values, float64 [n].
        values: Out of fold, float64 [n].
    """
    residuals = labels - values
    centred = residuals - np.median(residuals)
    spread = _NORMAL * float(np.median(np.abs(centred)))
    if spread <= 0:
        return Suspects(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    scores = np.abs(centred) / spread
    places = np.argsort(-scores, kind="stable")[: int((scores > FARTHEST).sum())]
    return Suspects(places, values[places], scores[places])
