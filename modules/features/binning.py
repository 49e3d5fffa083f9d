"""Bin edges for numeric columns: quantiles, with a bin of its own for every value that is heavy enough."""

import numpy as np


def bin_edges(grid: np.ndarray, bins: int) -> np.ndarray:
    """Chooses at most `bins` bins from a fine grid of quantiles.

    Plain quantiles waste their edges where one value fills many of them (a capital gain of 0 in 92 % of the rows) and
    leave the rest of the column unresolved. Here each value that holds more than 1/bins of the rows gets one bin of
    its own, and the remaining edges are the quantiles of what is left.

    Args:
        grid: Evenly spaced quantiles of the column, sorted, shape [m], m well above `bins`; without NaN.
        bins: The largest number of bins wanted, at least 2.

    Returns:
        Strictly increasing edges, float64, shape [k + 1] with 1 <= k <= bins. Bin j is [edges[j], edges[j + 1]); the
        last one ends at the largest value, or above it when that value has a bin of its own.
    """
    values, multiplicity = np.unique(grid, return_counts=True)
    lower = values
    if len(values) > bins:
        places = np.flatnonzero(multiplicity > len(grid) / bins)
        heavy = values[places]
        # A bin of its own ends where the next value begins.
        alone = np.union1d(heavy, values[np.minimum(places + 1, len(values) - 1)])
        if len(alone) > bins or (len(alone) == bins and values[0] not in alone):
            alone = np.union1d(heavy, values[:1])  # no room for that, but the smallest value has to lie in a bin
        light = grid[~np.isin(grid, heavy)]
        budget = bins - len(alone)
        ranks = np.linspace(0, len(light) - 1, budget + 1)[:-1].round().astype(int)
        lower = np.union1d(alone, light[ranks])
    if lower[-1] < values[-1]:
        return np.append(lower, values[-1])
    step = values[-1] - values[-2] if len(values) > 1 else 1.0
    # Of a large number, float32 may hold no such step.
    above = np.nextafter(np.float32(values[-1]), np.float32(np.inf))
    return np.append(lower, max(values[-1] + step, float(above)))
