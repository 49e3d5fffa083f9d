"""What a row's columns could be changed to: values that training rows have, in the directions that are allowed."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from modules.explaining.raw_function import RawColumn, Rows

_QUANTILES, _CATEGORIES = 16, 40

Value = float | int | bytes


@dataclasses.dataclass(frozen=True)
class Changeable:
    """A column that may change.

    Attributes:
        column: The column.
        values: What it may become, as far as it is tried: quantiles of numbers, or the most frequent categories.
        costs: What it costs to become one of the categories: 1, and up to 1 more the rarer it is. Of numbers of which
            most are the same, the same of that one, and 2 of any other; of other numbers nothing.
        unit: The distance of numbers that costs 1: the median absolute deviation; where that is 0, as most are the
            same, the standard deviation.
        whole: Whether all of its numbers are whole.
        direction: `rises` or `falls`, if it may do only that.
    """

    column: RawColumn
    values: Sequence[Value]
    costs: Mapping[Value, float]
    unit: float
    whole: bool
    direction: str | None

    def cost(self, before: Value, after: Value) -> float:
        """Returns what a change costs; of a missing number as much as of an unusual one."""
        if not self.column.is_number:
            return self.costs[after]
        fixed = self.costs.get(after, 2.0) if self.costs else 0.0
        if self._is_missing(before):
            return fixed + 1.0
        return fixed + abs(float(after) - float(before)) / self.unit

    def allowed(self, before: Value) -> list[Value]:
        """Returns what a value may become."""
        others = [value for value in self.values if value != before]
        if self.direction is None or self._is_missing(before):
            return others
        return [value for value in others if (value > before) == (self.direction == "rises")]  # type: ignore[operator]

    def between(self, before: Value, after: Value, count: int) -> list[Value]:
        """Returns numbers from a value, excluded, to another one, included, as the column can hold them."""
        if not self.column.is_number or self._is_missing(before):
            return [after]
        points = np.linspace(float(before), float(after), count + 1)[1:]
        if self.whole:
            points = np.unique(np.round(points))
            return [int(p) if self.column.dtype == "int64" else float(p) for p in points if p != float(before)]
        return [float(f"{point:.6g}") for point in points[:-1]] + [after]

    def _is_missing(self, value: Value) -> bool:
        return bool(self.column.is_missing(self.column.filled(1, value))[0])


def learn(
    columns: Sequence[RawColumn], rows: Rows, mutable: Collection[str], directions: Mapping[str, str]
) -> list[Changeable]:
    """Learns what columns could be changed to.

    Args:
        columns: All columns.
        rows: The rows whose values are known, such as training rows.
        mutable: The columns that may change; where it is empty, all but timestamps.
        directions: By column `rises` or `falls`.

    Returns:
        The columns that may change and have more than one value.
    """
    found = []
    for column in columns:
        if column.name not in mutable if mutable else column.kind == "timestamp":
            continue
        made = _of(column, rows[column.name], directions.get(column.name))
        if len(made.values) > 1:
            found.append(made)
    return found


def _of(column: RawColumn, values: np.ndarray, direction: str | None) -> Changeable:
    known = values[~column.is_missing(values)]
    if column.is_number:
        known = known[np.isfinite(known)]
    if not len(known):
        return Changeable(column, [], {}, 1.0, False, direction)
    if not column.is_number:
        seen, counts = np.unique(known, return_counts=True)
        order = np.argsort(-counts, kind="stable")[:_CATEGORIES]
        costs = {_plain(seen[place]): 2.0 - counts[place] / len(known) for place in order}
        return Changeable(column, list(costs), costs, 1.0, False, direction)
    numbers = known.astype(np.float64)
    places = np.unique(np.quantile(numbers, np.linspace(0, 1, _QUANTILES + 1), method="nearest"))
    middle = float(np.median(numbers))
    unit = float(np.median(np.abs(numbers - middle)))
    costs = {} if unit else {middle: 2.0 - float((numbers == middle).mean())}
    unit = unit or float(numbers.std()) or 1.0
    whole = bool((numbers == np.round(numbers)).all())
    as_held = [int(place) if column.dtype == "int64" else float(place) for place in places]
    return Changeable(column, as_held, costs, unit, whole, direction)


def _plain(value: bytes | np.integer) -> Value:
    return value if isinstance(value, bytes) else int(value)
