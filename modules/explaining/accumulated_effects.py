"""Accumulated local effects: how the answer changes with a number, among rows that have such a number.

Partial dependence asks about every row at every value; where columns are correlated, most of these rows do not exist.
Here a row is asked only at the two ends of the bin that its own value lies in.

References:
    Apley and Zhu, Visualizing the effects of predictor variables in black box supervised learning models, 2020
    (doi:10.1111/rssb.12377).
"""

import numpy as np

from modules.explaining import raw_function
from modules.explaining.dependence import Grid
from modules.explaining.raw_function import RawColumn, RawFunction, Rows


def ends_of_bins(grid: Grid, values: np.ndarray, least: int) -> np.ndarray:
    """Chooses values of a grid as the ends of bins that hold enough rows.

    Args:
        grid: Values of a numeric column, its least and its greatest value among them.
        values: The column's values in the rows, [n].
        least: At least so many rows lie in each bin, without its lower end, if there are as many; the first bin holds
            its lower end, too.

    Returns:
        The ends, ascending, as the column holds them, [k].
    """
    known, ends = np.sort(values[~grid.column.is_missing(values)]), grid.values
    below = np.searchsorted(known, ends, side="right")
    chosen = [0]
    start = 0
    for place in range(1, len(ends)):
        if below[place] - start >= least:
            chosen.append(place)
            start = int(below[place])
    # What is left over belongs to the last bin.
    last = len(ends) - 1
    return ends[[*(chosen[:-1] if len(chosen) > 1 else chosen), last] if last else chosen]


def accumulated(function: RawFunction, rows: Rows, column: RawColumn, ends: np.ndarray, output: int = 0) -> np.ndarray:
    """Accumulates the mean differences between the ends of the bins.

    Args:
        function: The model.
        rows: The rows; those without a value are left out.
        column: A numeric column.
        ends: The ends of the bins: in each bin, without its lower end, lies at least one row.
        output: Which number of an answer.

    Returns:
        The effect at each end; between two of them it is a straight line, and its mean over the rows is 0; float64 [k].
    """
    if len(ends) < 2:
        return np.zeros(len(ends))
    inside = raw_function.taken(rows, ~column.is_missing(rows[column.name]))
    values = inside[column.name]
    number = np.clip(np.searchsorted(ends, values, side="left"), 1, len(ends) - 1)
    both = [raw_function.replaced(inside, {column.name: ends[number - side]}) for side in (1, 0)]
    lower, upper = np.split(function(raw_function.joined(both))[:, output], 2)
    counts = np.bincount(number, minlength=len(ends))[1:]
    steps = np.bincount(number, upper - lower, minlength=len(ends))[1:] / counts
    effects = np.concatenate([[0.0], np.cumsum(steps)])
    return effects - np.interp(values - ends[0], ends - ends[0], effects).mean()
