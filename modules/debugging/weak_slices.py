"""Where a model is worst: all slices of one and two columns, found on one half of the rows and confirmed on the other.

All pairs of levels are counted by one product of a matrix of zeros and ones with itself, and their errors by another:
nothing has to be left out for speed, as SliceFinder and SliceLine do, which go from larger to smaller slices. A slice
that was the worst of thousands looks worse than it is, so what is said of it is measured on rows that had no part in
finding it.

References:
    Chung et al., Slice Finder: Automated Data Slicing for Model Validation, ICDE 2019.
    Sagadeeva and Boehm, SliceLine: Fast, Linear-Algebra-based Slice Finding for ML Model Debugging, SIGMOD 2021.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from modules.debugging import levels, row_errors
from modules.debugging.levels import Level
from modules.debugging.row_errors import MeanError, RowErrors
from modules.explaining.raw_function import RawColumn
from modules.judging.statistics import benjamini_hochberg

# Of more columns, those whose levels differ most in their errors; of more rows, as many drawn by seed.
MOST_COLUMNS, _MOST_ROWS = 64, 50_000
# A slice has so many rows of a half, and at least so many.
_LEAST_SHARE, _LEAST_ROWS = 1 / 200, 10
# How sure the finding half must be: of thousands of slices, a few reach twice their standard error by chance.
_SURE, _STILL_SURE = 3.0, 2.0
_MOST_FOUND, _FALSE_DISCOVERIES = 10, 0.05


@dataclasses.dataclass(frozen=True)
class WeakSlice:
    """A slice whose rows are worse than the others.

    Attributes:
        levels: One or two levels that all its rows have.
        found: Its mean error on the finding half.
        confirmed: Its mean error on the other half.
        rows: How many rows of the other half it has.
        p_value: That it is not worse than the other rows of that half, corrected for false discoveries.
    """

    levels: tuple[Level, ...]
    found: float
    confirmed: MeanError
    rows: int
    p_value: float

    @property
    def text(self) -> str:
        """What its rows have in common."""
        return ", ".join(level.text for level in self.levels)


@dataclasses.dataclass(frozen=True)
class WeakSlices:
    """What was found.

    Attributes:
        slices: Those that were confirmed, in the order in which they were found: the worst first.
        not_confirmed: How many were found and not confirmed.
        tried: How many slices have enough rows.
        columns: The columns that were looked at.
        overall: The mean error on the confirming half.
        finding: Which rows are of the finding half, ascending.
        confirming: Which are of the other.
    """

    slices: list[WeakSlice]
    not_confirmed: int
    tried: int
    columns: list[RawColumn]
    overall: MeanError
    finding: np.ndarray
    confirming: np.ndarray


def find(columns: Sequence[RawColumn], rows: Mapping[str, np.ndarray], errors: RowErrors, seed: int) -> WeakSlices:
    """Finds the slices whose mean error is surely above the others'.

    A slice counts by the lower end of its interval (three standard errors) on the finding half. One that lies in slices
    found before for more than half, or is no longer worse without them, says nothing new and is left out.

    Args:
        columns: What slices are made of.
        rows: The columns' values, [n] each.
        errors: The error of each row.
        seed: Halves the rows.
    """
    finding, confirming = halves(len(errors), seed)
    half = errors.taken(finding)
    cut = {column.name: levels.of_column(column, rows[column.name]) for column in columns}
    chosen = _telling(columns, rows, cut, finding, half)
    every = [level for column in chosen for level in cut[column.name]]
    member = np.stack([level.holds(rows[level.column.name]) for level in every], axis=1)
    lows, tried = _lower_ends(member[finding], half, every)
    overall = row_errors.mean(half).value
    found = _thinned(lows, member[finding], half, overall)
    rest = errors.taken(confirming)
    inside = [member[confirming][:, list(places)].all(axis=1) for places in found]
    corrected = benjamini_hochberg.adjusted([row_errors.worse(rest, rows_inside) for rows_inside in inside])
    confirmed = [
        WeakSlice(
            tuple(every[place] for place in places),
            row_errors.mean(half.taken(member[finding][:, list(places)].all(axis=1))).value,
            row_errors.mean(rest.taken(rows_inside)),
            int(rows_inside.sum()),
            float(p_value),
        )
        for places, rows_inside, p_value in zip(found, inside, corrected, strict=True)
        if p_value <= _FALSE_DISCOVERIES
    ]
    not_confirmed = len(found) - len(confirmed)
    return WeakSlices(confirmed, not_confirmed, tried, chosen, row_errors.mean(rest), finding, confirming)


def halves(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns which rows are of each half, ascending; of more than 50,000 rows as many are drawn first."""
    drawn = np.random.default_rng(seed).permutation(count)[:_MOST_ROWS]
    middle = len(drawn) // 2
    return np.sort(drawn[:middle]), np.sort(drawn[middle:])


def least_rows(count: int) -> int:
    """Returns how many rows a slice of so many rows has at least."""
    return max(_LEAST_ROWS, int(np.ceil(count * _LEAST_SHARE)))


def _telling(
    columns: Sequence[RawColumn],
    rows: Mapping[str, np.ndarray],
    cut: Mapping[str, list[Level]],
    finding: np.ndarray,
    errors: RowErrors,
) -> list[RawColumn]:
    """Returns at most 64 columns with two levels at least: those whose levels differ most in their errors."""
    usable = [column for column in columns if len(cut[column.name]) > 1]
    if len(usable) <= MOST_COLUMNS:
        return usable
    weighted = errors.weights * (errors.values - row_errors.mean(errors).value)
    between = []
    for column in usable:
        places = levels.numbers(cut[column.name], rows[column.name][finding]) + 1
        sums, weights = (np.bincount(places, of) for of in (weighted, errors.weights))
        between.append(float((sums**2 / np.maximum(weights, 1e-12)).sum() / max(1, (weights > 0).sum() - 1)))
    order = np.argsort([-value for value in between], kind="stable")[:MOST_COLUMNS]
    return [usable[place] for place in sorted(order)]


def _lower_ends(
    member: np.ndarray, errors: RowErrors, every: Sequence[Level]
) -> tuple[dict[tuple[int, ...], float], int]:
    """Returns the lower end of the mean error of each slice by the places of its levels, and how many there are.

    Only slices that are surely worse than all rows are among them.
    """
    deviation = float(errors.values.std()) or 1.0
    scaled = (errors.values - errors.values.mean()) / deviation  # float32 then holds sums of squares
    ones = member.astype(np.float32)

    def sums(summands: np.ndarray) -> np.ndarray:
        return (ones.T @ (ones * summands[:, None].astype(np.float32))).astype(np.float64)

    counts, weights = sums(np.ones(len(errors))), sums(errors.weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = weights**2 / sums(errors.weights**2)
        means = sums(errors.weights * scaled) / weights
        variances = sums(errors.weights * scaled**2) / weights - means**2
    means, variances = errors.values.mean() + deviation * means, deviation**2 * variances
    lower = row_errors.lower_ends(errors.is_share, means, variances, effective, _SURE)
    of_column = np.unique([level.column.name for level in every], return_inverse=True)[1]
    of_two = np.triu(of_column[:, None] != of_column[None, :])
    enough = (counts >= least_rows(len(errors))) & (of_two | np.eye(len(every), dtype=bool)) & (weights > 0)
    surely = enough & (lower > row_errors.mean(errors).value)
    places = [(int(row),) if row == column else (int(row), int(column)) for row, column in np.argwhere(surely)]
    return {key: float(lower[key[0], key[-1]]) for key in places}, int(enough.sum())


def _thinned(
    lows: Mapping[tuple[int, ...], float], member: np.ndarray, errors: RowErrors, overall: float
) -> list[tuple[int, ...]]:
    """Returns the worst slices that tell something new, the worst first; of equal ones that of fewer columns."""
    kept: list[tuple[int, ...]] = []
    covered = np.zeros(len(errors), bool)
    for places in sorted(lows, key=lambda key: (-round(lows[key], 9), len(key), key)):
        inside = member[:, list(places)].all(axis=1)
        new = inside & ~covered
        if new.sum() * 2 <= inside.sum() or not _is_worse(errors.taken(new), overall):
            continue
        kept.append(places)
        covered |= inside
        if len(kept) == _MOST_FOUND:
            break
    return kept


def _is_worse(errors: RowErrors, overall: float) -> bool:
    value, count, deviation = (np.array(moment) for moment in row_errors.moments(errors))
    return bool(row_errors.lower_ends(errors.is_share, value, deviation**2, count, _STILL_SURE) > overall)
