"""Whether methods put columns into the same order."""

from collections.abc import Mapping, Sequence

import numpy as np


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Returns Spearman's rank correlation; None where all of one are equal, or there are fewer than three."""
    if len(first) < 3 or min(np.ptp(first), np.ptp(second)) == 0:
        return None
    return float(np.corrcoef(_ranks(first), _ranks(second))[0, 1])


def of_columns(first: Mapping[str, float], second: Mapping[str, float]) -> float | None:
    """Returns the rank correlation over the columns that both have."""
    both = [column for column in first if column in second]
    return rank_correlation([first[column] for column in both], [second[column] for column in both])


def _ranks(values: Sequence[float]) -> np.ndarray:
    """Returns ranks; equal values share their mean one."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]
