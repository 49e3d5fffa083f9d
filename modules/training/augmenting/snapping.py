"""From a number that was drawn to the nearest one that a training row has."""

import numpy as np

from modules.training.augmenting.pool import Pool


class Snapping:
    """The observed values of one column of numbers.

    Args:
        pool: The training rows.
        column: The column.
    """

    def __init__(self, pool: Pool, column: int) -> None:
        values = pool.cells[:, pool.places[column][0]]
        present = np.flatnonzero(~pool.absent(column))
        self._rows = present[np.argsort(values[present], kind="stable")]
        self._values = values[self._rows]

    def nearest(self, drawn: np.ndarray) -> np.ndarray:
        """Returns, for each number, a training row whose value is nearest to it, int64 [m]."""
        above = np.searchsorted(self._values, drawn).clip(0, len(self._values) - 1)
        below = np.maximum(above - 1, 0)
        nearer = drawn - self._values[below] < self._values[above] - drawn
        return self._rows[np.where(nearer, below, above)]
