"""Areas under the ROC and the precision-recall curve, and their replicates, from one sort of the scores."""

import dataclasses

import numpy as np

from components.intervals.resampling import Resampler

# Steps of the curves in the replicates; the value itself is taken of all rows.
_CELLS = 1_024


@dataclasses.dataclass(frozen=True)
class Area:
    """An area: its exact value, and its replicates, float64 [replicates], NaN where one class was not drawn."""

    value: float
    replicates: np.ndarray


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


def precision_recall_area(positives: np.ndarray, negatives: np.ndarray) -> np.ndarray:
    """Returns the area under the precision-recall curve, interpolated between scores as TFMA does.

    Between two scores true positives rise in proportion to the rows that are called positive; precision does not, and
    joining its points by straight lines would be too hopeful (Davis and Goadrich, The Relationship Between
    Precision-Recall and ROC Curves, 2006).

    Args:
        positives: Weight of the positives by score, the highest score first, [scores, …].
        negatives: The same of the negatives.

    Returns:
        The area, [ … ]; NaN where there are no positives.
    """
    called = np.cumsum(positives + negatives, axis=0)
    true = np.cumsum(positives, axis=0)
    called_before, true_before = called - positives - negatives, true - positives
    # What rounding leaves of a difference of equal sums is no row.
    called_before[0] = true_before[0] = 0
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.nan_to_num(positives / (positives + negatives))
        ratio = np.where(called_before > 0, called / np.where(called_before > 0, called_before, 1), 1)
        steps = slope * (positives + (true_before - slope * called_before) * np.log(ratio))
        return steps.sum(axis=0) / positives.sum(axis=0)


def areas(
    scores: np.ndarray, positive: np.ndarray, weights: np.ndarray | None, resampler: Resampler
) -> tuple[Area, Area]:
    """Measures both areas.

    Args:
        scores: The score of each row, [n].
        positive: Whether the row is of the class, bool [n].
        weights: Weight of each row, [n], if there are any.
        resampler: Draws the replicates.

    Returns:
        The area under the ROC curve, and that under the precision-recall curve.
    """
    counted = np.ones(len(scores)) if weights is None else weights
    order = np.argsort(-scores, kind="stable")
    new = np.diff(scores[order], prepend=np.inf) != 0
    ranks = np.empty(len(scores), np.int64)
    ranks[order] = np.cumsum(new) - 1
    exact = [np.bincount(ranks, counted * which) for which in (positive, ~positive)]
    # Cells of about equally many rows; equal scores stay together.
    cell_of_rank = np.unique(np.flatnonzero(new) * _CELLS // len(scores), return_inverse=True)[1]
    count = int(cell_of_rank[-1]) + 1
    cells = cell_of_rank[ranks]
    coarse = [np.bincount(cells, counted * which, count) for which in (positive, ~positive)]
    drawn = resampler.cell_sums(np.where(positive, cells, cells + count), 2 * count, counted)
    found = []
    for area in (roc_area, precision_recall_area):
        value = float(area(*exact))
        replicates = area(drawn[:count], drawn[count:]) + (value - area(*coarse))
        found.append(Area(value, np.clip(replicates, 0, 1)))
    return found[0], found[1]
