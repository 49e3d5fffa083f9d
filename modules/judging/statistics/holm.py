"""Holm's correction: which of several tests reject, if none at all should reject falsely more often than one would.

References:
    Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6, 1979.
"""

from collections.abc import Sequence


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Returns the p-values to hold against the level of one test.

    The smallest of n is multiplied by n, the next by n − 1, and so on; none gets below the one before it, or above 1.

    Args:
        p_values: Of the single tests, in any order.
    """
    corrected = [1.0] * len(p_values)
    highest = 0.0
    for place, number in enumerate(sorted(range(len(p_values)), key=lambda number: p_values[number])):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[number]))
        corrected[number] = highest
    return corrected
