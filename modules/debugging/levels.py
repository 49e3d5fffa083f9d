"""Columns cut into levels: categories as they are, numbers by quantile, and missing values as a level of their own."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from modules.explaining.raw_function import RawColumn
from modules.tables import timestamps

# A number gets so many levels, and rarer categories than so many get none.
NUMERIC_LEVELS, _MOST_CATEGORIES = 8, 32
# An integer column that nobody declared to be anything has categories if it has no more different values.
_FEW_VALUES = 20


@dataclasses.dataclass(frozen=True)
class Level:
    """Some values of a column.

    Attributes:
        column: The column.
        values: The category, or the least and the greatest number; empty for missing values.
    """

    column: RawColumn
    values: tuple[float | int | bytes, ...]

    @property
    def text(self) -> str:
        """The level as people read it, such as `age 30 to 40` or `sex = Male`."""
        if not self.values:
            return f"{self.column.name} missing"
        low, high = (_text(self.column, value) for value in (self.values[0], self.values[-1]))
        return f"{self.column.name} = {low}" if low == high else f"{self.column.name} {low} to {high}"

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Returns which values of the column are in it, bool [n]."""
        missing = self.column.is_missing(values)
        if not self.values:
            return missing
        if self.column.is_number:
            return ~missing & (values >= self.values[0]) & (values <= self.values[-1])
        return ~missing & (values == self.values[0])


def of_column(column: RawColumn, values: np.ndarray, most: int = NUMERIC_LEVELS) -> list[Level]:
    """Cuts a column into levels that share no value.

    Args:
        column: The column.
        values: Its values, [n].
        most: How many levels numbers are cut into, by quantile; fewer where values repeat.

    Returns:
        Numbers ascending, or categories by frequency, the first 32; missing values last, if there are any.
    """
    missing = column.is_missing(values)
    known = values[~missing]
    last = [Level(column, ())] if missing.any() else []
    if not len(known):
        return last
    if column.is_number:
        return [Level(column, ends) for ends in _ranges(known, most)] + last
    found, counts = np.unique(known, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_MOST_CATEGORIES]
    return [Level(column, (found[place],)) for place in order] + last


def numbers(levels: Sequence[Level], values: np.ndarray) -> np.ndarray:
    """Returns the place of the level of each value, int64 [n]; -1 where it is in none."""
    places = np.full(len(values), -1)
    for place, level in enumerate(levels):
        places[level.holds(values)] = place
    return places


def undeclared(values: Mapping[str, np.ndarray]) -> list[RawColumn]:
    """Returns columns that the model does not read, by what they hold: few integers or text as categories.

    Args:
        values: By name, [n]: float32, int64, or bytes as objects.
    """
    columns = []
    for name, held in values.items():
        dtype = "string" if held.dtype == object else str(held.dtype)
        few = dtype == "int64" and len(np.unique(held)) <= _FEW_VALUES
        columns.append(RawColumn(name, "categorical" if dtype == "string" or few else "numeric", dtype))
    return columns


def _ranges(known: np.ndarray, most: int) -> list[tuple[float | int, float | int]]:
    """Returns the least and the greatest value of each part of numbers, parts of about equal size."""
    finite = np.sort(known[np.isfinite(known)] if known.dtype.kind == "f" else known)
    if not len(finite):
        return []
    quantiles = finite[np.arange(most) * len(finite) // most]
    first, after = (np.searchsorted(finite, quantiles, side) for side in ("left", "right"))
    # A value as frequent as a whole part, as 0 often is, is a level by itself.
    starts = np.unique(np.concatenate([first, after[(after - first) * most >= len(finite)]]))
    starts = starts[starts < len(finite)]
    ends = np.append(starts[1:], len(finite)) - 1
    return [(finite[start], finite[end]) for start, end in zip(starts, ends, strict=True)]


def number_text(column: RawColumn, value: float | int) -> str:
    """Writes a number of a column for people, a time as a time."""
    return timestamps.to_text(int(value)) if column.kind == "timestamp" else f"{value:.6g}"


def _text(column: RawColumn, value: float | int | bytes) -> str:
    return column.text(value) if isinstance(value, bytes) or not column.is_number else number_text(column, value)
