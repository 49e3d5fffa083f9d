"""How far two distributions are apart. Knows no TFX.

TFDV's comparators measure the same, and for categories this is their L-infinity. For numbers they compare histograms
of ten buckets of equal width: two samples of one log-normal distribution, 30,000 and 3,000 rows, were 0.4 apart, since
the largest value alone decides where the buckets lie. So numbers are binned here at the quantiles of both tables.
"""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from modules.base.kept import Kept

_BINS = 10
# The page tells of each column what the data gate measured: in a table of thousands, each computes for seconds. An
# entry takes some 200 bytes.
_DIVERGENCES: Kept[float] = Kept(4 * 2**20)
_ENTRY_BYTES = 200

Buckets = Sequence[tuple[float, float, float]]


def differences(first: Mapping[str, float], second: Mapping[str, float], of: tuple[float, float]) -> dict[str, float]:
    """Returns, by value, its share in the second table less that in the first; the largest in size is L-infinity.

    Args:
        first: Rows by value.
        second: Rows by value.
        of: The rows of each table that have any value.
    """
    return {v: second.get(v, 0) / of[1] - first.get(v, 0) / of[0] for v in dict.fromkeys([*first, *second])}


def jensen_shannon(first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray) -> float:
    """Returns the Jensen-Shannon divergence of two distributions, in bits: 0 if they are equal, 1 if they are disjoint.

    Args:
        first: Counts or shares by bin, in any unit.
        second: The same bins.

    References:
        Lin, Divergence measures based on the Shannon entropy, 1991, https://doi.org/10.1109/18.61115.
    """
    p, q = (np.asarray(counts, np.float64) / np.sum(counts) for counts in (first, second))
    return float(np.clip((_relative_entropy(p, (p + q) / 2) + _relative_entropy(q, (p + q) / 2)) / 2, 0, 1))


def _relative_entropy(p: np.ndarray, q: np.ndarray) -> float:
    some = p > 0
    return float(np.sum(p[some] * np.log2(p[some] / q[some])))


def of_numbers(first: Buckets, second: Buckets) -> float:
    """Returns the Jensen-Shannon divergence of two columns of numbers in common bins; arguments as those."""
    tables = [np.asarray(buckets, np.float64) for buckets in (first, second)]
    key = tuple(hashlib.sha256(table.tobytes()).digest() for table in tables)
    known = _DIVERGENCES.get(key)
    if known is None:
        known = jensen_shannon(*common_bins(first, second))
        _DIVERGENCES.put(key, known, _ENTRY_BYTES)
    return known


def common_bins(first: Buckets, second: Buckets) -> tuple[np.ndarray, np.ndarray]:
    """Counts the rows of two tables in the same bins, about as many rows in each bin.

    The bins end half-way between neighbouring edges of the quantile buckets, and never on an edge: a value that many
    rows have is one, and a quantile histogram does not tell on which side of it they lie.

    Args:
        first: (low, high, rows) of quantile buckets.
        second: The same of the other table.

    Returns:
        Rows by bin, at most ten bins, of each table: both of shape [bins], float64.
    """
    tables = [np.asarray(buckets, np.float64) for buckets in (first, second)]
    edges = np.unique(np.concatenate([table[:, :2].ravel() for table in tables]))
    with np.errstate(invalid="ignore", over="ignore"):
        middles = edges[:-1] + (edges[1:] - edges[:-1]) / 2
    middles = middles[np.isfinite(middles)]
    if not len(middles):
        return tuple(table[:, 2].sum(keepdims=True) for table in tables)
    below = [rows_below(table, middles) for table in tables]
    shares = sum(rows / table[:, 2].sum() for rows, table in zip(below, tables, strict=True)) / 2
    wanted = np.arange(1, _BINS) / _BINS
    chosen = np.unique(np.abs(shares[:, None] - wanted).argmin(axis=0))
    first_rows, second_rows = (
        np.diff(np.concatenate([[0.0], rows[chosen], [table[:, 2].sum()]]))
        for rows, table in zip(below, tables, strict=True)
    )
    return first_rows, second_rows


def rows_below(table: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Returns how many rows lie below each place, those of a bucket spread evenly over it; shape [places].

    Args:
        table: (low, high, rows) of buckets, ascending, of which none reaches into another; [buckets, 3].
        places: Finite numbers.
    """
    low, high, rows = table.T
    width = np.where((high > low) & np.isfinite(high - low), high - low, 1.0)
    whole = np.searchsorted(high, places, side="right")  # so many buckets end there or before
    last = np.minimum(whole, len(rows) - 1)
    inside = np.where(whole == last, np.clip((places - low[last]) / width[last], 0, 1), 0.0)
    return np.concatenate([[0.0], np.cumsum(rows)])[whole] + inside * rows[last]
