"""How the values of a column are distributed in each split, in few enough numbers to draw. Knows no TFX."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from components.data_gate import distances
from components.data_gate.statistics import ColumnStatistics

# Bins by the rule of Rice University, 2 · n^(1/3) of n rows, of the split with the fewest; within these bounds.
BINS = (8, 24)
VALUES = 8
_DIGITS = 5


def distribution(columns: Mapping[str, ColumnStatistics], whole: bool) -> dict[str, Any]:
    """Returns the shares of a column's values, of bins that all splits have in common.

    Args:
        columns: The column in each split that has values of it, all of one kind; at least one.
        whole: Whether its numbers are whole ones.

    Returns:
        `shares`: lists of equal length by split, each with the sum 1. Of classes `values`, the most frequent first or
        numbers in their order, and `others` where there are more: the last share is that of all others. Of numbers
        `edges`, one more than shares; the outermost bins hold whatever lies beyond them.
    """
    first = next(iter(columns.values()))
    classes = first.kind == "text" or all(column.counts for column in columns.values())
    return _classes(columns, first.kind == "number") if classes else _bins(columns, whole)


def _classes(columns: Mapping[str, ColumnStatistics], numeric: bool) -> dict[str, Any]:
    known = list(dict.fromkeys(value for column in columns.values() for value in column.counts))
    values = sorted(known, key=int) if numeric else known
    first = next(iter(columns.values())).counts
    if len(values) > VALUES + 1:
        values = sorted(values, key=lambda value: -first.get(value, 0))[:VALUES]
        values = sorted(values, key=int) if numeric else values
    shares, others = {}, 0
    for split, column in columns.items():
        counts = [column.counts.get(value, 0) for value in values]
        rest = max(0, column.present - sum(counts))
        others += rest
        shares[split] = [count / column.present for count in [*counts, rest]]
    if not others:
        shares = {split: share[:-1] for split, share in shares.items()}
    return {"values": values, "others": bool(others), "shares": _rounded(shares)}


def _bins(columns: Mapping[str, ColumnStatistics], whole: bool) -> dict[str, Any]:
    edges = _edges(next(iter(columns.values())), columns, whole)
    shares = {}
    for split, column in columns.items():
        table = np.asarray(column.buckets, np.float64)
        total = table[:, 2].sum()
        inner = distances.rows_below(table, edges[1:-1]) if len(edges) > 2 else np.zeros(0)
        shares[split] = (np.diff(np.concatenate([[0.0], inner, [total]])) / total).tolist()
    return {"edges": [float(f"{edge:.12g}") for edge in edges], "shares": _rounded(shares)}


def _edges(first: ColumnStatistics, columns: Mapping[str, ColumnStatistics], whole: bool) -> np.ndarray:
    """Returns equal bins over all values; where few lie far out, over the middle 98 % of the first split's."""
    low = min(column.buckets[0][0] for column in columns.values())
    high = max(column.buckets[-1][1] for column in columns.values())
    inner_low, inner_high = first.buckets[0][1], first.buckets[-1][0]
    if inner_low < inner_high and high - low > 2 * (inner_high - inner_low):
        low, high = inner_low, inner_high
    bins = min(max(BINS[0], round(2 * min(column.present for column in columns.values()) ** (1 / 3))), BINS[1])
    if whole and high - low < 2**50:
        width = max(1, math.ceil((high - low + 1) / bins))
        count = max(1, math.ceil((math.floor(high) - math.floor(low) + 1) / width))
        return math.floor(low) - 0.5 + width * np.arange(count + 1)
    if not low < high or not math.isfinite(high - low):
        return np.array([low - 0.5, low + 0.5]) if low == high else np.array([low, high])
    return np.linspace(low, high, bins + 1)


def _rounded(shares: Mapping[str, list[float]]) -> dict[str, list[float]]:
    return {split: [round(share, _DIGITS) for share in values] for split, values in shares.items()}


def drift(reference: ColumnStatistics, other: ColumnStatistics) -> float:
    """Returns how far two splits of a column are apart, as the data gate measures it.

    Returns:
        L-infinity of classes, the Jensen-Shannon divergence of numbers (see `distances`).
    """
    if reference.kind == "text" or (reference.counts and other.counts):
        of = (reference.present, other.present)
        return max(abs(change) for change in distances.differences(reference.counts, other.counts, of).values())
    return distances.of_numbers(reference.buckets, other.buckets)
