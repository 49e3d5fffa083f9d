"""Rows that are nearly rows of another split: all categories equal, and no number far away."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import spatial

from modules.explaining import raw_function
from modules.explaining.raw_function import RawColumn, Rows

# So many standard deviations two numbers may lie apart in each column.
NEAR = 0.1
# A tree of more columns is no faster than to compare all rows: the others are compared with the nearest few.
_TREE_COLUMNS, _NEAREST = 16, 5
# A key is equal in nearly all pairs of near-duplicates, and in few others.
_SHARED, _RARE = 0.95, 0.01
_RANDOM_PAIRS = 20_000
# What stands for a missing number: far from all others, and near to itself.
_MISSING = 1e9


@dataclasses.dataclass(frozen=True)
class Key:
    """Columns that keep near-duplicates together.

    Attributes:
        columns: One column, or several that have to be made one.
        shared: In what share of the near-duplicate pairs they are equal.
        by_chance: In what share of other pairs.
    """

    columns: list[str]
    shared: float
    by_chance: float


def nearest(columns: Sequence[RawColumn], rows: Rows, reference: Rows) -> np.ndarray:
    """Finds for each row a row of another split that is nearly the same.

    Args:
        columns: The columns that are compared.
        rows: The rows.
        reference: Those of the other split; by them, numbers are scaled.

    Returns:
        The number of the row in `reference`, int64 [n]; -1 where there is none.
    """
    groups, of_reference = _groups([column for column in columns if not column.is_number], rows, reference)
    numbers = [column for column in columns if column.is_number]
    if not numbers:
        first = {group: place for place, group in reversed(list(enumerate(of_reference.tolist())))}
        return np.array([first.get(group, -1) for group in groups.tolist()], np.int64)
    scaled, scaled_reference = _scaled(numbers, rows, reference)
    found = np.full(len(groups), -1, np.int64)
    order = np.argsort(of_reference, kind="stable")
    for group in np.unique(groups):
        places = np.flatnonzero(groups == group)
        start, end = (np.searchsorted(of_reference, group, side, sorter=order) for side in ("left", "right"))
        candidates = order[start:end]
        if len(candidates):
            found[places] = _near(scaled[places], scaled_reference[candidates], candidates)
    return found


def key(rows: Rows, reference: Rows, pairs: np.ndarray, seed: int) -> Key | None:
    """Finds the column, or the columns, that near-duplicates share and other rows do not.

    Args:
        rows: Columns of rows, read by the model or not.
        reference: The same columns of the other split.
        pairs: As `nearest` returns them.
        seed: Draws the pairs that are compared with them.
    """
    places = np.flatnonzero(pairs >= 0)
    if not len(places):
        return None
    draws = np.random.default_rng(seed)
    one = draws.integers(0, raw_function.count(rows), _RANDOM_PAIRS)
    other = draws.integers(0, raw_function.count(reference), _RANDOM_PAIRS)
    shared = {name: _equal(rows[name][places], reference[name][pairs[places]]) for name in rows}
    by_chance = {name: _equal(rows[name][one], reference[name][other]) for name in rows}
    usable = [name for name in rows if shared[name].mean() >= _SHARED]
    usable.sort(key=lambda name: (by_chance[name].mean(), name))
    chosen: list[str] = []
    for name in usable:
        chosen.append(name)
        together, others = (np.all([of[each] for each in chosen], axis=0).mean() for of in (shared, by_chance))
        if together < _SHARED:
            return None
        if others <= _RARE:
            return Key(chosen, float(together), float(others))
    return None


def _groups(columns: Sequence[RawColumn], rows: Rows, reference: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Returns a number for each combination of categories, of the rows and of the reference."""
    count = raw_function.count(rows)
    group = np.zeros(count + raw_function.count(reference), np.int64)
    for column in columns:
        values = np.concatenate([rows[column.name], reference[column.name]])
        codes = np.unique(values, return_inverse=True)[1]
        group = np.unique(group * (codes.max() + 1) + codes, return_inverse=True)[1]
    return group[:count], group[count:]


def _scaled(columns: Sequence[RawColumn], rows: Rows, reference: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Returns numbers in standard deviations, those columns first that have the most different values."""
    variety = [-len(np.unique(reference[column.name])) for column in columns]
    parts: list[list[np.ndarray]] = [[], []]
    for column in (columns[place] for place in np.argsort(variety, kind="stable")):
        known = reference[column.name][~column.is_missing(reference[column.name])].astype(np.float64)
        known = known[np.isfinite(known)]
        scale = (float(known.std()) if len(known) else 0.0) or 1.0
        for part, of in zip(parts, (rows, reference), strict=True):
            values = of[column.name]
            part.append(np.where(column.is_missing(values), _MISSING, np.clip(values / scale, -_MISSING, _MISSING)))
    return np.stack(parts[0], axis=1), np.stack(parts[1], axis=1)


def _near(values: np.ndarray, reference: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    tree = spatial.cKDTree(reference[:, :_TREE_COLUMNS])
    wanted = list(range(1, min(_NEAREST, len(reference)) + 1))
    _, places = tree.query(values[:, :_TREE_COLUMNS], wanted, p=np.inf, distance_upper_bound=NEAR + 1e-9)
    found = np.full(len(values), -1, np.int64)
    for of_row, candidates in enumerate(places):
        known = candidates[candidates < len(reference)]  # the tree's word for none is their number
        near = known[np.abs(reference[known] - values[of_row]).max(axis=1) <= NEAR] if len(known) else known
        if len(near):
            found[of_row] = numbers[near[0]]
    return found


def _equal(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Returns which values are equal, bool [n]; NaN equals nothing."""
    return np.asarray(values == others)
