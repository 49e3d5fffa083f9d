"""Newcombe's interval of the difference of two proportions of separate rows: his method 10, of Wilson's intervals.

References:
    Newcombe, Interval Estimation for the Difference Between Independent Proportions: Comparison of Eleven Methods,
    Statistics in Medicine 17, 1998.
"""

import math

from scipy import optimize

from modules.judging.statistics import wilson
from modules.judging.statistics.normal import Z

Counts = tuple[float, float]  # successes and trials

_FARTHEST = 40.0  # standard errors, beyond which nothing is told apart


def interval(first: Counts, second: Counts, z: float = Z) -> tuple[float, float]:
    """Returns the ends of the interval of the first proportion less the second.

    Args:
        first: Successes and trials, of which there is at least one.
        second: The same of the other rows.
        z: How many standard errors the ends are away; of 95 % unless given.
    """
    shares = [successes / trials for successes, trials in (first, second)]
    (low, high), (other_low, other_high) = (wilson.interval(*counts, z) for counts in (first, second))
    difference = shares[0] - shares[1]
    return (
        difference - math.hypot(shares[0] - low, other_high - shares[1]),
        difference + math.hypot(high - shares[0], shares[1] - other_low),
    )


def score(first: Counts, second: Counts, difference: float) -> float:
    """Returns the z at which an end of the interval reaches a difference: above 0 if the observed one is larger."""
    observed = first[0] / first[1] - second[0] / second[1]
    if observed == difference:
        return 0.0
    end, sign = (0, 1) if observed > difference else (1, -1)

    def beside(z: float) -> float:
        return sign * (interval(first, second, z)[end] - difference)

    return sign * (_FARTHEST if beside(_FARTHEST) >= 0 else float(optimize.brentq(beside, 0.0, _FARTHEST)))
