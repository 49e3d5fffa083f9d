"""Benjamini and Hochberg's correction: which of several tests reject, if few of those that do should do so falsely.

References:
    Benjamini and Hochberg, Controlling the False Discovery Rate: A Practical and Powerful Approach to Multiple Testing,
    Journal of the Royal Statistical Society B 57, 1995.
"""

from collections.abc import Sequence

import numpy as np


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Returns the p-values to hold against the share of the rejections that may be false.

    The smallest of n is multiplied by n, the next by n/2, and so on to the largest by 1; none gets above the one after
    it.

    Args:
        p_values: Of the single tests, independent or positively dependent, in any order.
    """
    order = np.argsort(p_values, kind="stable")
    scaled = np.asarray(p_values, np.float64)[order] * len(order) / np.arange(1, len(order) + 1)
    corrected = np.empty(len(order))
    corrected[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return [float(value) for value in corrected]
