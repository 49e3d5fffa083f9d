"""Tango's score interval of the difference of two proportions of the same rows.

The rows that both models answer alike say nothing of the difference, and still count: with no other row the interval is
0 ± z²/(n + z²), which says how many rows a limit needs.

References:
    Tango, Equivalence Test and Confidence Interval for the Difference in Proportions for the Paired-Sample Design,
    Statistics in Medicine 17, 1998.
"""

import math

from scipy import optimize

from modules.judging.statistics.normal import Z


def score(first_alone: float, second_alone: float, rows: float, difference: float) -> float:
    """Returns how far the observed difference is above another, in standard errors if that other one were true.

    At 0 it is McNemar's: (b − c) / √(b + c).

    Args:
        first_alone: Rows that succeed under the first model alone, b.
        second_alone: Rows that succeed under the second model alone, c.
        rows: All rows, n, of which there is at least one.
        difference: The difference of the shares that is tried, within ±1.
    """
    excess = first_alone - second_alone - rows * difference
    # The share of rows of the second model alone that is most likely where the difference is this one.
    linear = -first_alone - second_alone + (2 * rows - first_alone + second_alone) * difference
    constant = -second_alone * difference * (1 - difference)
    likely = (math.sqrt(max(linear**2 - 8 * rows * constant, 0.0)) - linear) / (4 * rows)
    variance = rows * (2 * likely + difference * (1 - difference))
    if variance > 0:
        return excess / math.sqrt(variance)
    return math.copysign(math.inf, excess) if excess else 0.0


def interval(first_alone: float, second_alone: float, rows: float) -> tuple[float, float]:
    """Returns the ends of the 95 % interval of the first model's share less the second's; arguments as of `score`."""
    return (
        -1.0 if second_alone == rows else _root(first_alone, second_alone, rows, Z),
        1.0 if first_alone == rows else _root(first_alone, second_alone, rows, -Z),
    )


def bound(rows: float) -> float:
    """Returns how far the interval reaches if no row is answered differently: z²/(n + z²)."""
    return Z**2 / (rows + Z**2)


def rows_for(bound: float) -> float | None:
    """Returns how many rows without a different answer show that a difference is within a bound; None if none do."""
    return Z**2 * (1 - bound) / bound if 0 < bound < 1 else None


def _root(first_alone: float, second_alone: float, rows: float, z: float) -> float:
    """Returns the difference whose score is z: the larger the difference, the smaller the score."""

    def beside(difference: float) -> float:
        return score(first_alone, second_alone, rows, difference) - z

    return float(optimize.brentq(beside, -1 + 1e-12, 1 - 1e-12, xtol=1e-13))
