"""Quantiles that depend on nothing but the numbers: neither on their order nor on how they were batched and merged."""

import numpy as np

# Different numbers up to which quantiles are exact.
CAPACITY = 2**17


class QuantileSummary:
    """Mergeable counts of numbers, exact up to `capacity` different ones.

    Beyond, numbers that agree in all but their last bits are counted together as the smallest of them, with just as
    many bits ignored as it takes: that follows from the set of the numbers alone, whatever came first. In `float_keys`
    ignoring bits means fewer significant digits; a million normally distributed ones keep about 12 bits, more than
    4,000 steps within each power of two.

    Args:
        capacity: How many different numbers are told apart.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._ignored = 0
        self._keys = self._counts = np.zeros(0, np.int64)
        self._pending: list[np.ndarray] = []
        self._waiting = 0
        self._largest = -(2**63)

    def add(self, keys: np.ndarray) -> None:
        """Adds whole numbers, int64 [n]."""
        if len(keys):
            self._pending.append(keys)
            self._waiting += len(keys)
            if self._waiting >= self._capacity:
                self._settle()

    def merge(self, other: "QuantileSummary") -> None:
        """Adds the numbers of another summary of the same capacity."""
        self._settle()
        other._settle()
        self._largest = max(self._largest, other._largest)
        self._ignored = max(self._ignored, other._ignored)
        self._take(other._keys, other._counts)

    def quantiles(self, count: int) -> np.ndarray:
        """Returns exactly `count` evenly spaced quantiles, from the smallest number to the largest, sorted, int64.

        Each is one of the numbers, that of the nearest rank; there are none where there is no number.

        Args:
            count: At least 2.
        """
        self._settle()
        if not len(self._keys):
            return np.zeros(0, np.int64)
        upto = np.cumsum(self._counts)
        ranks = np.linspace(0, upto[-1] - 1, count).round().astype(np.int64)
        keys = self._keys[np.searchsorted(upto, ranks, side="right")]
        keys[-1] = self._largest
        return keys

    def _settle(self) -> None:
        if self._pending:
            keys, counts = np.unique(np.concatenate(self._pending), return_counts=True)
            self._pending, self._waiting = [], 0
            self._largest = max(self._largest, int(keys[-1]))
            self._take(keys, counts)

    def _take(self, keys: np.ndarray, counts: np.ndarray) -> None:
        keys, counts = np.concatenate([self._keys, keys]), np.concatenate([self._counts, counts])
        order = np.argsort(keys, kind="stable")
        keys, counts = keys[order], counts[order]
        while True:
            cells = keys >> self._ignored
            starts = np.flatnonzero(np.append(True, cells[1:] != cells[:-1])) if len(keys) else np.zeros(0, np.int64)
            if len(starts) <= self._capacity:
                break
            self._ignored += 1
        self._keys = keys[starts]
        self._counts = np.add.reduceat(counts, starts) if len(starts) else counts


def float_keys(values: np.ndarray) -> np.ndarray:
    """Maps finite float32 to int64 in the same order; both zeros are 0."""
    bits = np.ascontiguousarray(values, np.float32).view(np.int32).astype(np.int64)
    return np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)


def from_float_keys(keys: np.ndarray) -> np.ndarray:
    """Maps keys of `float_keys` back, float32."""
    magnitudes = np.abs(keys).astype(np.int32).view(np.float32)
    return np.where(keys < 0, -magnitudes, magnitudes)
