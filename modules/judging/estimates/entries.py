"""One metric on one slice, as intervals.json has it."""

import math
from typing import Any

import numpy as np

from modules.judging.statistics import resampling


def entry(
    value: float | None, rows: int, method: str, interval: tuple[float, float] | None, reason: str | None = None
) -> dict[str, Any]:
    """Makes an entry.

    Args:
        value: The metric; None where it is undefined.
        rows: How many rows it is over.
        method: `wilson` or `bootstrap`.
        interval: Its ends, if it has any.
        reason: Why it has none.

    Returns:
        `value`, `low`, `high`, `rows`, `method`, `reason`.
    """
    low, high = interval or (None, None)
    return {"value": value, "low": low, "high": high, "rows": rows, "method": method, "reason": reason}


def undefined(reason: str, rows: int, method: str = "bootstrap") -> dict[str, Any]:
    """Makes an entry of a metric that these rows do not define."""
    return entry(None, rows, method, None, reason)


def undecided(value: float, rows: int, method: str, reason: str) -> dict[str, Any]:
    """Makes an entry of a metric that has a value, and no interval that could be believed."""
    return entry(float(value), rows, method, None, reason)


def bootstrapped(value: float, rows: int, replicates: np.ndarray) -> dict[str, Any]:
    """Makes an entry from the replicates of a metric, [replicates]."""
    if math.isnan(value):
        return undefined("undefined on these rows", rows)
    interval = resampling.percentile_interval(replicates)
    return entry(float(value), rows, "bootstrap", interval, None if interval else resampling.ALL_ALIKE)
