"""Summarizing whole numbers exactly, up to the ends of int64, where float64 would round them.

Every number is taken relative to one nearby: differences between identifiers or times are small where they themselves
are not.
"""

import numpy as np
import pyarrow as pa
from tfx_bsl.sketches import QuantilesSketch

# Quantiles are read off a sketch whose rank error is at most SKETCH_ERROR.
SKETCH_ERROR = 1e-4
SKETCH_CAPACITY = 2**32
# Whole numbers up to here are exact in float32, as they are.
EXACT = 2**24
_CELL_BITS = 52
_MOST_CELLS = 4
_FARTHEST = 2**62


def new_sketch() -> QuantilesSketch:
    """Returns an empty sketch of one column's quantiles."""
    return QuantilesSketch(SKETCH_ERROR, SKETCH_CAPACITY, 1)


def difference(values: np.ndarray, base: int) -> np.ndarray:
    """Subtracts exactly where float64 can hold it, and without wrapping around in any case.

    Args:
        values: int64.
        base: A number within int64.

    Returns:
        float64 of the same shape.
    """
    rounded = values.astype(np.float64) - float(base)
    return np.where(np.abs(rounded) < _FARTHEST, (values - np.int64(base)).astype(np.float64), rounded)


def bounds(offset: int) -> tuple[int, int]:
    """Returns the range into which a number is clipped before `offset` is subtracted, so that nothing wraps around."""
    return max(offset - _FARTHEST, -(2**63) + 1), min(offset + _FARTHEST, 2**63 - 1)


class IntegerSummary:
    """Mergeable summary of a column of int64 without its missing values: range, quantiles, and a number nearby.

    Args:
        plain: Whether numbers are taken as they are, relative to 0.
    """

    def __init__(self, plain: bool) -> None:
        self.plain = plain
        self.reference: int | None = 0 if plain else None
        self.low, self.high = 2**63, -(2**63)
        self._sketches: dict[int, QuantilesSketch] = {}
        self._counts: dict[int, int] = {}

    def add(self, values: np.ndarray) -> None:
        """Adds numbers, int64 [n]. The first of all decides what the moments are relative to."""
        if not len(values):
            return
        if self.reference is None:
            first = int(values[0])
            self.reference = 0 if abs(first) <= EXACT else first
        self.low, self.high = min(self.low, int(values.min())), max(self.high, int(values.max()))
        # Within a cell of 2^52 numbers, float64 is exact. Far more cells mean numbers so far apart that it need not be.
        cells = np.where(np.abs(values) < 2**_CELL_BITS, 0, values >> _CELL_BITS << _CELL_BITS)
        for base in np.unique(cells).tolist():
            inside = values[cells == base]
            known = base in self._sketches or len(self._sketches) < _MOST_CELLS
            self._add_relative(base if known else 0, inside)

    def _add_relative(self, base: int, values: np.ndarray) -> None:
        sketch = self._sketches.setdefault(base, new_sketch())
        sketch.AddValues(pa.array(difference(values, base)))
        self._counts[base] = self._counts.get(base, 0) + len(values)

    def merge(self, other: "IntegerSummary") -> float:
        """Adds the numbers of another summary; returns by how much its moments have to be shifted."""
        if self.reference is None:
            self.reference = other.reference
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        for base, sketch in other._sketches.items():
            self._counts[base] = self._counts.get(base, 0) + other._counts[base]
            self._sketches.setdefault(base, new_sketch()).Merge(sketch)
        return float((other.reference or 0) - (self.reference or 0)) if other.reference is not None else 0.0

    def quantiles(self, count: int) -> np.ndarray:
        """Returns about `count` evenly spaced quantiles, sorted, int64; nothing where there is no number."""
        total = sum(self._counts.values())
        parts = []
        for base, sketch in self._sketches.items():
            share = max(2, round(count * self._counts[base] / total))
            relative = np.asarray(sketch.GetQuantiles(share).flatten(), np.float64)
            parts.append(_exact_sum(base, relative))
        return np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.int64)

    def offset(self) -> int:
        """Returns what is subtracted before numbers become float32: 0, or the median where they would be rounded."""
        if self.plain or self.low > self.high or (self.low >= -EXACT and self.high <= EXACT):
            return 0
        middle = self.quantiles(1_001)
        return int(middle[len(middle) // 2])


def _exact_sum(base: int, relative: np.ndarray) -> np.ndarray:
    """Returns base + relative as int64, within its range."""
    limits = -(2**63) + 1, 2**63 - 1
    return np.array([min(max(base + int(value), limits[0]), limits[1]) for value in relative], np.int64)
