"""Which trials are trained in full after all were trained for less."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Trial = TypeVar("Trial")


def finalists(ranking: Sequence[Trial], best: int, spread: int) -> list[Trial]:
    """Returns the best few, and others at equal distances over the rest of the ranking, down to its last.

    The best few alone would not tell how far the ranking is to be trusted: they are those whose scores hardly differ.

    Args:
        ranking: All trials, the best one first.
        best: How many of the best.
        spread: How many others; with one, it is the last.
    """
    rest = ranking[best:]
    if not rest:
        return [*ranking]
    chosen = dict.fromkeys(round(float(place)) for place in np.linspace(0, len(rest) - 1, spread + 1)[1:])
    return [*ranking[:best], *(rest[place] for place in chosen)]
