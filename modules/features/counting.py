"""Counting how often each value of a column occurs, in bounded memory."""

import collections
from collections.abc import Iterable

# Distinct values up to which counts are exact.
CAPACITY = 2**18


class BoundedCounter:
    """Mergeable counts of values, exact up to `capacity` different ones.

    Beyond, as in a column of identifiers, it keeps the frequent ones: once there are twice as many, all counts are
    lowered by that of the value after the last kept, and what is not above zero goes (Misra and Gries, 1982; the
    summaries merge: Agarwal et al., 2012, https://doi.org/10.1145/2213556.2213562). No count is ever too high, and
    none is too low by more than `error`, which is at most total / capacity.

    Args:
        capacity: Number of values that are kept.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self.counts: collections.Counter[bytes] = collections.Counter()
        self.total = self.missing = self.error = 0

    def add(self, values: list[bytes]) -> None:
        """Counts values; the empty one is a missing one."""
        self.counts.update(values)
        self.total += len(values)
        self.missing += self.counts.pop(b"", 0)
        self._shrink()

    def merge(self, other: "BoundedCounter") -> None:
        """Adds what another counter has counted."""
        self.counts.update(other.counts)
        self.total += other.total
        self.missing += other.missing
        self.error += other.error
        self._shrink()

    def ranked(self) -> list[tuple[bytes, int]]:
        """Returns the values and their counts, most frequent first, ties by value."""
        return sorted(self.counts.items(), key=lambda pair: (-pair[1], pair[0]))

    def _shrink(self) -> None:
        if len(self.counts) <= 2 * self._capacity:
            return
        cut = sorted(self.counts.values(), reverse=True)[self._capacity]
        self.counts = collections.Counter(_above(self.counts.items(), cut))
        self.error += cut


def _above(pairs: Iterable[tuple[bytes, int]], cut: int) -> dict[bytes, int]:
    return {value: count - cut for value, count in pairs if count > cut}
