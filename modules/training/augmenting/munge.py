"""MUNGE (Bucila, Caruana and Niculescu-Mizil, Model Compression, KDD 2006, sec. 3.3): cells of the nearest row."""

import numpy as np

from modules.training.augmenting.pool import Pool
from modules.training.augmenting.snapping import Snapping

# The paper's p: the probability that a cell is taken from the neighbour.
_PROBABILITY = 0.5
# The paper's s: a number is drawn about the neighbour's with the distance over s as its standard deviation.
_CLOSENESS = 1.0
# Neighbours are looked for among so many training rows, at most, by so many columns, with so many slots a category.
_CANDIDATES, _COLUMNS, _SLOTS = 16_384, 64, 64
_BLOCK = 1_024


class Munge:
    """Takes cells from the nearest other row, each with one probability.

    A number is drawn about the neighbour's and replaced by the nearest one observed; categories, and numbers of which
    either is missing, are the neighbour's own. The distance is Euclidean over z-scores, and two categories are as far
    apart as z-scores 1 apart.

    Args:
        pool: The training rows.
        seed: Chooses the candidates where there are more than 16,384 rows, and the columns to compare by where there
            are more than 64.
    """

    def __init__(self, pool: Pool, seed: int) -> None:
        random = np.random.default_rng(seed)
        self._pool = pool
        told = np.array(pool.told)
        compared = np.sort(random.permutation(told)[:_COLUMNS])
        self._coordinates = np.concatenate([_coordinates(pool, place) for place in compared], axis=1)
        self._candidates = np.sort(random.permutation(pool.count)[:_CANDIDATES])
        self._found = np.full(pool.count, -1, np.int64)
        self._snapping = {
            place: Snapping(pool, place)
            for place in pool.told
            if pool.columns[place].category is None and not pool.absent(place).all()
        }

    def donors(self, starts: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Draws a synthetic row from each start row: the donors of its cells, int64 [m, columns]."""
        drawn = np.repeat(starts[:, np.newaxis], len(self._pool.columns), axis=1)
        near = self._neighbours(starts)
        for place in self._pool.told:
            taken = near
            if place in self._snapping:
                values = self._pool.cells[:, self._pool.places[place][0]]
                spread = np.abs(values[starts] - values[near]) / _CLOSENESS
                moved = self._snapping[place].nearest(random.normal(values[near], spread))
                absent = self._pool.absent(place)
                taken = np.where(absent[starts] | absent[near], near, moved)
            drawn[:, place] = np.where(random.random(len(starts)) < _PROBABILITY, taken, starts)
        return drawn

    def _neighbours(self, rows: np.ndarray) -> np.ndarray:
        """Returns the nearest other candidate of each row; each is looked for once."""
        unknown = np.unique(rows[self._found[rows] < 0])
        candidates = self._coordinates[self._candidates]
        lengths = (candidates**2).sum(axis=1)
        for first in range(0, len(unknown), _BLOCK):
            block = unknown[first : first + _BLOCK]
            distances = lengths - 2 * (self._coordinates[block] @ candidates.T)
            place = np.searchsorted(self._candidates, block).clip(0, len(self._candidates) - 1)
            itself = self._candidates[place] == block
            distances[np.flatnonzero(itself), place[itself]] = np.inf
            self._found[block] = self._candidates[distances.argmin(axis=1)]
        return self._found[rows]


def _coordinates(pool: Pool, column: int) -> np.ndarray:
    """Returns what the distance of two rows is taken over, float32 [n, k]."""
    cells, absent = pool.cells[:, pool.places[column][:1]], pool.absent(column)[:, np.newaxis]
    if pool.columns[column].category is None:
        return np.concatenate([np.where(absent, 0.0, cells), absent], axis=1).astype(np.float32)
    slot = np.where(cells < 0, _SLOTS, cells % _SLOTS).astype(np.int64)[:, 0]
    slots = np.unique(slot)
    return (slot[:, np.newaxis] == slots).astype(np.float32) / np.sqrt(2, dtype=np.float32)
