"""Replicates of an area under a curve, from one sort of the scores."""

from collections.abc import Callable

import numpy as np

from modules.judging.statistics.resampling import Resampler

# Steps of the curves in the replicates; the value itself is taken of all rows.
CELLS = 1_024


def replicates(
    under: Callable[[np.ndarray, np.ndarray], np.ndarray],
    scores: np.ndarray,
    positive: np.ndarray,
    weights: np.ndarray | None,
    resampler: Resampler,
    most_cells: int = CELLS,
) -> np.ndarray:
    """Draws an area again and again.

    Args:
        under: Returns the area from the weights of positives and negatives by score; see `modules.tasks.areas`.
        scores: The score of each row, [n].
        positive: Whether the row is of the class, bool [n].
        weights: Weight of each row, [n], if there are any.
        resampler: Draws the replicates.
        most_cells: Steps of the curves in the replicates: rows of close scores share one.

    Returns:
        float64 [replicates], NaN where one class was not drawn.
    """
    counted = np.ones(len(scores)) if weights is None else weights
    order = np.argsort(-scores, kind="stable")
    new = np.diff(scores[order], prepend=np.inf) != 0
    ranks = np.empty(len(scores), np.int64)
    ranks[order] = np.cumsum(new) - 1
    exact = [np.bincount(ranks, counted * which) for which in (positive, ~positive)]
    # Cells of about equally many rows; equal scores stay together.
    cell_of_rank = np.unique(np.flatnonzero(new) * most_cells // len(scores), return_inverse=True)[1]
    count = int(cell_of_rank[-1]) + 1
    cells = cell_of_rank[ranks]
    coarse = [np.bincount(cells, counted * which, count) for which in (positive, ~positive)]
    drawn = resampler.cell_sums(np.where(positive, cells, cells + count), 2 * count, counted)
    return np.clip(under(drawn[:count], drawn[count:]) + (under(*exact) - under(*coarse)), 0, 1)
