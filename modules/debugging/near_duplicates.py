"""Rows that are nearly rows of another split: all categories equal, and no number far away."""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from scipy import spatial

from modules.explaining import raw_function
from modules.explaining.raw_function import RawColumn, Rows
from modules.judging.statistics import newcombe

# So many standard deviations two numbers may lie apart in each column.
NEAR = 0.1
# A tree of more columns is no faster than to compare all rows: the others are compared with the nearest few.
_TREE_COLUMNS, _NEAREST = 16, 5
# A key is equal in many pairs of near-duplicates, and in few others; so many columns are tried at most.
_OFTEN, _RARE, _MOST_TRIED = 0.1, 0.01, 8
_RANDOM_PAIRS = 20_000
# What stands for a missing number: far from all others, and near to itself.
_MISSING = 1e9


@dataclasses.dataclass(frozen=True)
class Key:
    """Columns that keep near-duplicates together.

    Attributes:
        columns: One column, or several that have to be made one.
        shared: Of what share of the near-duplicates there is one among the training rows that is equal there.
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


def key(
    columns: Sequence[RawColumn],
    rows: Rows,
    reference: Rows,
    test: Rows,
    pairs: tuple[np.ndarray, np.ndarray],
    seed: int,
) -> Key | None:
    """Finds the column, or the columns, that would keep near-duplicates together.

    What makes rows near-duplicates of training rows is found where a split has more of them than the test rows, beyond
    chance. A key is what its copies have in common: more of its near-duplicates than of the test rows' have one among
    them that is equal there, and without those the split has no more than the test rows. One column is looked for
    first, among them those that the model does not read; categories that the model reads are equal in all pairs, and
    say nothing together with others.

    Args:
        columns: The columns that are compared.
        rows: Columns of rows, read by the model or not.
        reference: The same columns of the training rows.
        test: The same of the test rows.
        pairs: What `nearest` returned for the rows, and for the test rows.
        seed: Draws the pairs of rows that are compared with them.
    """
    near, near_test = (np.flatnonzero(of >= 0) for of in pairs)
    if not len(near) or not len(near_test) + len(pairs[1]):
        return None
    draws = np.random.default_rng(seed)
    one = draws.integers(0, raw_function.count(rows), _RANDOM_PAIRS)
    other = draws.integers(0, raw_function.count(reference), _RANDOM_PAIRS)
    by_chance = {name: _equal(rows[name][one], reference[name][other]) for name in rows}
    shared = {name: _equal(rows[name][near], reference[name][pairs[0][near]]).mean() for name in rows}
    read = {column.name for column in columns}
    wanted = [name for name in rows if shared[name] > max(_OFTEN, 2 * by_chance[name].mean())]
    wanted.sort(key=lambda name: (name in read, by_chance[name].mean(), name))

    def made(names: list[str]) -> Key | None:
        chance = np.all([by_chance[name] for name in names], axis=0).mean()
        if chance > _RARE:
            return None
        share = _explained(columns, names, (rows, test), reference, (near, near_test))
        return None if share is None else Key(names, share, float(chance))

    singles = (made([name]) for name in [name for name in wanted if by_chance[name].mean() <= _RARE][:_MOST_TRIED])
    categories = {column.name for column in columns if not column.is_number}
    telling = [name for name in wanted if name not in categories][:_MOST_TRIED]
    several = (made(telling[:count]) for count in range(2, len(telling) + 1))
    return next((found for found in itertools.chain(singles, several) if found is not None), None)


def _explained(
    columns: Sequence[RawColumn],
    names: Sequence[str],
    splits: tuple[Rows, Rows],
    reference: Rows,
    near: tuple[np.ndarray, np.ndarray],
) -> float | None:
    """Returns what share of near-duplicates have one with the same key, if that is why there are more than of test.

    Args:
        columns: The columns that are compared.
        names: The key.
        splits: The rows, and the test rows.
        reference: The training rows.
        near: The places of the near-duplicates in both.
    """
    equal = [RawColumn(name, "categorical", "string") for name in names]
    found = []
    for rows, places in zip(splits, near, strict=True):
        pairs = nearest([*columns, *equal], raw_function.taken(rows, places), reference) if len(places) else places
        found.append((int((pairs >= 0).sum()), len(places), raw_function.count(rows)))
    (mates, duplicates, count), (of_test, test_duplicates, test_count) = found
    if newcombe.interval((mates, count), (of_test, test_count))[0] <= 0:
        return None
    if mates < count and newcombe.interval((duplicates - mates, count - mates), (test_duplicates, test_count))[0] > 0:
        return None
    return mates / duplicates


def _groups(columns: Sequence[RawColumn], rows: Rows, reference: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Returns a number for each combination of categories, of the rows and of the reference."""
    count = raw_function.count(rows)
    group = np.zeros(count + raw_function.count(reference), np.int64)
    for column in columns:
        codes = _codes(np.concatenate([rows[column.name], reference[column.name]]))
        group = np.unique(group * (codes.max() + 1) + codes, return_inverse=True)[1]
    return group[:count], group[count:]


def _codes(values: np.ndarray) -> np.ndarray:
    """Returns a number for each different value, in no order, int64 [n]."""
    if values.dtype != object:
        return np.unique(values, return_inverse=True)[1]
    codes: np.ndarray = pa.array(values, pa.binary()).dictionary_encode().indices.to_numpy().astype(np.int64)
    return codes


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
