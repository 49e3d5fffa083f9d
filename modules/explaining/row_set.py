"""Rows of one split with their labels, and a sample of them."""

import dataclasses

import numpy as np

from modules.explaining import raw_function
from modules.explaining.raw_function import Rows


@dataclasses.dataclass(frozen=True, eq=False)
class RowSet:
    """Rows of one split.

    Attributes:
        rows: The raw columns.
        labels: The number of the class, or the value, float32 [n].
        weights: Weight of each row, float64 [n], if there are any.
        numbers: Their numbers in the split, in the order of its examples, from 0, int64 [n].
    """

    rows: Rows
    labels: np.ndarray
    weights: np.ndarray | None
    numbers: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def taken(self, places: np.ndarray) -> "RowSet":
        """Returns some of the rows, by place or by truth value."""
        weights = None if self.weights is None else self.weights[places]
        return RowSet(raw_function.taken(self.rows, places), self.labels[places], weights, self.numbers[places])

    def sample(self, most: int, seed: int) -> "RowSet":
        """Returns as many rows, drawn by seed, in their order; all of them if there are no more."""
        if len(self) <= most:
            return self
        return self.taken(np.sort(np.random.default_rng(seed).choice(len(self), most, replace=False)))
