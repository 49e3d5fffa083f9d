"""Koopman's score interval of the ratio of two proportions of separate rows, such as the four-fifths rule needs.

References:
    Koopman, Confidence Intervals for the Ratio of Two Binomial Proportions, Biometrics 40, 1984.
    Miettinen and Nurminen, Comparative Analysis of Two Rates, Statistics in Medicine 4, 1985.
"""

import math

from scipy import optimize

from modules.judging.statistics.normal import Z

Counts = tuple[float, float]  # successes and trials

_LARGEST = 1e9  # a ratio beyond every one that rows could show


def score(first: Counts, second: Counts, ratio: float) -> float:
    """Returns how far the first proportion is above so many times the second, in standard errors if that were true.

    Args:
        first: Successes and trials, of which there is at least one.
        second: The same of the other rows.
        ratio: The ratio that is tried, at least 0.
    """
    (one, ones), (other, others) = first, second
    excess = one / ones - ratio * other / others
    if not ratio:
        return math.inf if excess > 0 else 0.0
    # The proportions that are most likely where their ratio is this one.
    linear = ratio * (ones + other) + one + others
    root = math.sqrt(max(linear**2 - 4 * ratio * (ones + others) * (one + other), 0.0))
    likely = (linear - root) / (2 * (ones + others))
    likely_other = likely / ratio
    variance = likely * (1 - likely) / ones + ratio**2 * likely_other * (1 - likely_other) / others
    if variance > 0:
        return excess / math.sqrt(variance)
    return math.copysign(math.inf, excess) if excess else 0.0


def interval(first: Counts, second: Counts) -> tuple[float, float]:
    """Returns the ends of the 95 % interval of the first proportion over the second.

    The upper end is infinite where no row of the second succeeds, the lower one 0 where none of the first does.

    Args:
        first: Successes and trials, of which there is at least one.
        second: The same of the other rows.
    """
    low = 0.0 if not first[0] else _root(first, second, Z)
    high = math.inf if not second[0] else _root(first, second, -Z)
    return low, high


def _root(first: Counts, second: Counts, z: float) -> float:
    """Returns the ratio whose score is z: the larger the ratio, the smaller the score."""

    def beside(log_ratio: float) -> float:
        return score(first, second, math.exp(log_ratio)) - z

    return math.exp(optimize.brentq(beside, -math.log(_LARGEST), math.log(_LARGEST), xtol=1e-12))
