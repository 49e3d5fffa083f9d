"""Whether a difference between two tables is more than chance, for any number of rows. Knows no TFX."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import hypergeom


def fisher(first: int, of_first: int, second: int, of_second: int) -> float:
    """Returns the two-sided p-value of Fisher's exact test.

    If both tables were drawn from one source, the rows of a kind would be dealt out to them at random: their number in
    the first is hypergeometric. The test needs no large numbers, so that a split of a few rows raises no false alarm.

    Args:
        first: Rows of the kind in the first table.
        of_first: All rows of the first table.
        second: Rows of the kind in the second table.
        of_second: All rows of the second table.

    Returns:
        The chance of a share at least this much higher, or at least this much lower, doubled; at most 1.

    References:
        Fisher, The Design of Experiments, 1935; the doubled tail: Yates, 1984, https://doi.org/10.2307/2981577.
    """
    return fishers([first], of_first, [second], of_second)[0]


def fishers(first: Sequence[int], of_first: int, second: Sequence[int], of_second: int) -> list[float]:
    """Returns the p-value of `fisher` for each of several kinds: SciPy's call costs more than its arithmetic."""
    kinds, rows = np.add(first, second), of_first + of_second
    higher = hypergeom.sf(np.subtract(first, 1), rows, kinds, of_first)
    lower = hypergeom.sf(np.subtract(second, 1), rows, kinds, of_second)
    return np.minimum(1.0, 2 * np.minimum(higher, lower)).tolist()


def tail(hits: int, draws: int, kind: int, rows: int) -> float:
    """Returns the upper tail of the hypergeometric distribution: the chance to draw `hits` or more of a kind.

    Args:
        hits: Rows of the kind among those drawn.
        draws: Rows drawn.
        kind: Rows of the kind.
        rows: All rows.
    """
    return float(hypergeom.sf(hits - 1, rows, kind, draws))


def extremes(beyond: int, of_second: int, of_first: int) -> float:
    """Returns the chance that so many rows of one table exceed every row of the other, both drawn from one source.

    It is the chance that the largest `beyond` values of both tables all lie in the second, whatever the distribution;
    values that are equal only lower it.

    Args:
        beyond: Rows of the second table that exceed the first table's largest value.
        of_second: All rows of the second table.
        of_first: All rows of the first table.

    References:
        Wilks, 1941, https://doi.org/10.1214/aoms/1177731788.
    """
    return tail(beyond, beyond, of_second, of_first + of_second)
