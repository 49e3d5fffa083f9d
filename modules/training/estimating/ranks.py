"""How far two scores of the same trials rank them alike."""

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

from modules.judging.statistics.normal import Z

# Fisher's transformation needs so many pairs; below there is no interval.
_LEAST_PAIRS = 5


@dataclasses.dataclass(frozen=True)
class RankCorrelation:
    """A correlation of ranks, from -1 to 1.

    Attributes:
        value: Its value.
        low: The lower end of its 95 % interval; None where there are too few pairs.
        high: The upper end.
    """

    value: float
    low: float | None
    high: float | None


def spearman(left: Sequence[float], right: Sequence[float]) -> RankCorrelation | None:
    """Returns Spearman's rho, of equal values by their mean ranks; None where one side's values are all equal.

    The interval is by Fisher's transformation, with the variance of Bonett and Wright (2000,
    https://doi.org/10.1007/BF02294183).
    """
    count = len(left)
    if not _differ(left, right):
        return None
    first, second = (stats.rankdata(values) - (count + 1) / 2 for values in (left, right))
    value = float((first * second).sum() / math.sqrt((first**2).sum() * (second**2).sum()))
    # The rho of orders that differ in one pair of neighbours: as near to 1 as one may come without being it.
    nearest = 1 - 12 / (count * (count**2 - 1))
    return _with_interval(value, nearest, count, lambda rho: math.sqrt((1 + rho**2 / 2) / (count - 3)))


def kendall(left: Sequence[float], right: Sequence[float]) -> RankCorrelation | None:
    """Returns Kendall's tau-b; None where one side's values are all equal.

    The interval is by Fisher's transformation, with the variance of Fieller, Hartley and Pearson (1957,
    https://doi.org/10.1093/biomet/44.3-4.470).
    """
    count = len(left)
    if not _differ(left, right):
        return None
    signs = [np.sign(np.subtract.outer(values, values)) for values in (np.asarray(left), np.asarray(right))]
    value = float((signs[0] * signs[1]).sum() / math.sqrt((signs[0] ** 2).sum() * (signs[1] ** 2).sum()))
    nearest = 1 - 4 / (count * (count - 1))
    return _with_interval(value, nearest, count, lambda _: math.sqrt(0.437 / (count - 4)))


def _differ(left: Sequence[float], right: Sequence[float]) -> bool:
    return len(left) > 1 and np.ptp(left) > 0 and np.ptp(right) > 0


def _with_interval(value: float, nearest: float, count: int, error: Callable[[float], float]) -> RankCorrelation:
    """Puts an interval about a correlation.

    Args:
        value: The correlation. One of 1 or -1 would have no width; its interval begins at that of the nearest other.
        nearest: How near to 1 another one may come.
        count: The number of pairs.
        error: The standard error of the transformed correlation, as a function of the correlation.
    """
    value = min(max(value, -1.0), 1.0)
    if count < _LEAST_PAIRS:
        return RankCorrelation(value, None, None)
    inner = min(max(value, -nearest), nearest)
    reach = Z * error(inner)
    low, high = (math.tanh(math.atanh(inner) + side * reach) for side in (-1, 1))
    return RankCorrelation(value, min(low, value), max(high, value))
