"""Summarizing whole numbers exactly, up to the ends of int64, where float64 would round them.

The graph takes every number relative to one nearby: differences between identifiers or times are small where they
themselves are not.
"""

import numpy as np

from modules.features.quantiles import QuantileSummary

# Whole numbers up to here are exact in float32, as they are.
EXACT = 2**24
_FARTHEST = 2**62


def bounds(offset: int) -> tuple[int, int]:
    """Returns the range into which a number is clipped before `offset` is subtracted, so that nothing wraps around.

    Without an offset it is the whole of int64: the file then has neither the clipping nor the subtraction.
    """
    if not offset:
        return -(2**63), 2**63 - 1
    return max(offset - _FARTHEST, -(2**63) + 1), min(offset + _FARTHEST, 2**63 - 1)


class IntegerSummary:
    """Mergeable summary of a column of int64 without its missing values: range and quantiles.

    Args:
        plain: Whether numbers are taken as they are, without an offset.
    """

    def __init__(self, plain: bool) -> None:
        self.plain = plain
        self.low, self.high = 2**63, -(2**63)
        self._numbers = QuantileSummary()

    def add(self, values: np.ndarray) -> None:
        """Adds numbers, int64 [n]."""
        if len(values):
            self.low, self.high = min(self.low, int(values.min())), max(self.high, int(values.max()))
            self._numbers.add(values)

    def merge(self, other: "IntegerSummary") -> None:
        """Adds the numbers of another summary."""
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        self._numbers.merge(other._numbers)

    def quantiles(self, count: int) -> np.ndarray:
        """Returns exactly `count` evenly spaced quantiles, sorted, int64; nothing where there is no number."""
        return self._numbers.quantiles(count)

    def offset(self) -> int:
        """Returns what is subtracted before numbers become float32: 0, or the median where they would be rounded."""
        if self.plain or self.low > self.high or (self.low >= -EXACT and self.high <= EXACT):
            return 0
        return int(self.quantiles(3)[1])
