"""Gibbs sampling by trees, after FAST-DAD (Fakoor et al., 2020, arXiv:2006.14284, sec. 3).

Where the paper learns each column's distribution given the others with a neural network, here a decision tree does:
a cell is drawn from the training rows that fall into the same leaf.
"""

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from modules.training.augmenting.pool import Pool

_LEAF_ROWS = 20
_SWEEPS = 1
# Bounds of what the trees of large tables cost: columns that are drawn anew at all, rows that a tree grows from,
# columns that it looks at for each split, and classes that it tells apart, the most frequent ones.
_COLUMNS, _ROWS, _LOOKED_AT, _CLASSES = 64, 30_000, 32, 32
# Of wide tables, trees grow from fewer rows: columns drawn anew, times columns looked at, times rows is at most this.
_EFFORT = 10_000_000


class _Leaves:
    """The tree of one column, and the training rows in each of its leaves."""

    def __init__(self, pool: Pool, column: int, grown_from: np.ndarray, cells: np.ndarray, seed: int) -> None:
        own = pool.places[column]
        looked_at = min(_LOOKED_AT, cells.shape[1])
        options = {"min_samples_leaf": _LEAF_ROWS, "max_features": looked_at, "random_state": seed}
        if pool.columns[column].category is None:
            tree = DecisionTreeRegressor(**options)
            target = pool.ranks[grown_from][:, own]
        else:
            tree = DecisionTreeClassifier(**options)
            numbers, counts = np.unique(pool.cells[grown_from, own[0]], return_counts=True)
            kept = numbers[np.argsort(-counts, kind="stable")[:_CLASSES]]
            target = np.where(np.isin(pool.cells[grown_from, own[0]], kept), pool.cells[grown_from, own[0]], -2.0)
        values = cells[:, own]
        cells[:, own] = 0.0  # a constant is never split by, and the tree takes whole rows
        self._tree = tree.fit(cells, target).tree_
        cells[:, own] = values
        leaves = self._tree.apply(pool.cells)
        self._rows = np.argsort(leaves, kind="stable")
        self._size = np.bincount(leaves, minlength=self._tree.node_count)
        self._first = np.cumsum(self._size) - self._size

    def draw(self, cells: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Returns for each row one of the training rows in its leaf, int64 [m]."""
        leaves = self._tree.apply(cells)
        place = self._first[leaves] + (random.random(len(cells)) * self._size[leaves]).astype(np.int64)
        return self._rows[place]


class Gibbs:
    """Draws one column after the other anew from rows that are alike in all other columns.

    In tables of more than 64 columns, 64 that the seed chooses are drawn anew.

    Args:
        pool: The training rows.
        seed: Of the trees.
    """

    def __init__(self, pool: Pool, seed: int) -> None:
        random = np.random.default_rng(seed)
        self._pool = pool
        chosen = np.sort(random.permutation(np.array(pool.told))[:_COLUMNS])
        rows = _EFFORT // max(len(chosen) * min(_LOOKED_AT, pool.cells.shape[1]), 1)
        grown_from = np.sort(random.permutation(pool.count)[: min(rows, _ROWS)])
        cells = pool.cells[grown_from]
        self._leaves = {int(column): _Leaves(pool, int(column), grown_from, cells, seed) for column in chosen}

    def donors(self, starts: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Draws a synthetic row from each start row: the donors of its cells, int64 [m, columns]."""
        drawn = np.repeat(starts[:, np.newaxis], len(self._pool.columns), axis=1)
        cells = self._pool.cells[starts]
        for _ in range(_SWEEPS):
            for column in random.permutation(list(self._leaves)):
                taken = self._leaves[column].draw(cells, random)
                own = self._pool.places[column]
                cells[:, own] = self._pool.cells[taken][:, own]
                drawn[:, column] = taken
        return drawn
