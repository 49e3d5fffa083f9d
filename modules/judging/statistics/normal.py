"""The normal distribution, and the confidence that every interval has."""

import math
from statistics import NormalDist

CONFIDENCE = 0.95
# What lies beyond one end of an interval: a test at one end rejects below it.
TAIL = (1 - CONFIDENCE) / 2
# Where the ends of an interval lie, in standard errors.
Z = NormalDist().inv_cdf(1 - TAIL)


def upper_tail(z: float) -> float:
    """Returns how likely a standard normal number above z is, far out as well."""
    return math.erfc(z / math.sqrt(2)) / 2


def from_upper_tail(p_value: float) -> float:
    """Returns the z above which a standard normal number is that likely."""
    return -NormalDist().inv_cdf(min(max(p_value, 1e-300), 1 - 1e-16))
