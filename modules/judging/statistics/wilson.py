"""Wilson's score interval of a proportion.

It holds for any number of rows, and at 0 and 1 too, where the usual one has no width.

References:
    Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927.
    Brown, Cai and DasGupta, Interval Estimation for a Binomial Proportion, 2001.
"""

import math

from modules.judging.statistics.normal import Z


def interval(successes: float, trials: float, z: float = Z) -> tuple[float, float]:
    """Returns the ends of the interval.

    Args:
        successes: How many rows have it.
        trials: How many rows there are, more than 0.
        z: How many standard errors the ends are away; of 95 % unless given.
    """
    share = successes / trials
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    # At the ends the interval reaches them exactly; rounding would leave it just beside.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == trials else centre + half
    return float(low), float(high)


def score(successes: float, trials: float, share: float) -> float:
    """Returns how far a proportion is above a share, in standard errors if that share is true.

    The interval holds the shares whose score is within ±z.
    """
    excess = successes / trials - share
    error = math.sqrt(max(share * (1 - share), 0.0) / trials)
    return excess / error if error else math.copysign(math.inf, excess) if excess else 0.0
