"""Exact areas under the ROC and the precision-recall curve, from the weights that lie at each score."""

import numpy as np


def weights_by_score(
    scores: np.ndarray, positive: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Adds up the weights of the rows that have the same score.

    Args:
        scores: The score of each row, [n].
        positive: Whether the row is of the class, bool [n].
        weights: Weight of each row, [n]; None weighs all rows equally.

    Returns:
        Weight of the positives and weight of the negatives by distinct score, the highest score first, float64
        [scores] each.
    """
    counted = np.ones(len(scores)) if weights is None else weights
    distinct, places = np.unique(scores, return_inverse=True)
    sums = [np.bincount(places, counted * rows, len(distinct))[::-1] for rows in (positive, ~positive)]
    return sums[0], sums[1]


def roc_area(positives: np.ndarray, negatives: np.ndarray) -> np.ndarray:
    """Returns the area under the ROC curve: how often a positive lies above a negative, ties being half.

    Args:
        positives: Weight of the positives by score, the highest score first, [scores, …].
        negatives: The same of the negatives.

    Returns:
        The area, [ … ]; NaN where there are no positives or no negatives.
    """
    below = negatives.sum(axis=0) - np.cumsum(negatives, axis=0) + negatives / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return (positives * below).sum(axis=0) / (positives.sum(axis=0) * negatives.sum(axis=0))


def average_precision(positives: np.ndarray, negatives: np.ndarray) -> np.ndarray:
    """Returns the average precision: the precision at each score, averaged over the positives.

    It is the area under the steps of the precision-recall curve. Joining the curve's points by straight lines would be
    too hopeful (Davis and Goadrich, The Relationship Between Precision-Recall and ROC Curves, 2006).

    Args:
        positives: Weight of the positives by score, the highest score first, [scores, …].
        negatives: The same of the negatives.

    Returns:
        The area, [ … ]; NaN where there are no positives.
    """
    predicted_positive = np.cumsum(positives + negatives, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(predicted_positive > 0, np.cumsum(positives, axis=0) / predicted_positive, 0.0)
        return (positives * precision).sum(axis=0) / positives.sum(axis=0)
