"""A value with its interval, and how far any limit is from it."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from modules.judging.estimates.measures import LEAST_OF_CLASS
from modules.judging.statistics import resampling, wilson
from modules.judging.statistics.normal import Z


@dataclasses.dataclass(frozen=True, eq=False)
class Estimate:
    """What was measured.

    Attributes:
        value: The value; None where the rows do not define it.
        low: Lower end of its 95 % interval; None where there is none.
        high: Upper end.
        rows: The rows that it is over.
        method: How the interval was made.
        reason: Why there is no value, or no interval.
        score_of: How far the value is above a limit, in standard errors if the limit were true; None takes them from
            the interval.
        growth: Where rows are too few for an interval, how many times as many would have one.
    """

    value: float | None
    low: float | None
    high: float | None
    rows: int
    method: str
    reason: str = ""
    score_of: Callable[[float], float] | None = None
    growth: float | None = None

    @property
    def has_interval(self) -> bool:
        """Whether there are a value and an interval."""
        return self.value is not None and self.low is not None and self.high is not None

    def score(self, limit: float) -> float:
        """Returns how far the value is above a limit, in standard errors; there has to be an interval."""
        if self.score_of is not None:
            return self.score_of(limit)
        assert self.value is not None and self.low is not None and self.high is not None
        excess = self.value - limit
        half = self.value - self.low if excess > 0 else self.high - self.value
        return excess / (half / Z) if half > 0 else float(np.copysign(np.inf, excess)) if excess else 0.0

    def folded(self) -> "Estimate":
        """Returns the estimate of the absolute value."""
        if not self.has_interval:
            return self if self.value is None else dataclasses.replace(self, value=abs(self.value))
        if self.value < 0:  # type: ignore[operator]
            return self.negated().folded()
        low, high = self.low, self.high
        return dataclasses.replace(self, low=max(low, 0.0), high=max(high, -low))  # type: ignore[type-var,operator]

    def negated(self) -> "Estimate":
        """Returns the estimate of the value with the other sign."""
        value, low, high = (None if of is None else 0.0 - of for of in (self.value, self.high, self.low))
        score_of = self.score_of
        return dataclasses.replace(
            self, value=value, low=low, high=high, score_of=None if score_of is None else lambda at: -score_of(-at)
        )


def undefined(reason: str, rows: int, method: str) -> Estimate:
    """Returns that the rows do not define a value."""
    return Estimate(None, None, None, rows, method, reason)


def of_entry(entry: Mapping[str, Any]) -> Estimate:
    """Returns the estimate that an entry of the intervals holds, as `estimates.entries` makes it."""
    value, rows, method = entry["value"], entry["rows"], entry["method"]
    score_of = None
    if method == "wilson" and value is not None:
        score_of = lambda limit: wilson.score(value * rows, rows, limit)  # noqa: E731
    growth = None
    if value is not None and entry["low"] is None:
        rarest = entry.get("rarest", 0)
        growth = LEAST_OF_CLASS / rarest if rarest else resampling.LEAST_ROWS / rows if rows else None
    return Estimate(value, entry["low"], entry["high"], rows, method, entry["reason"] or "", score_of, growth)


def of_replicates(value: float, rows: int, replicates: np.ndarray) -> Estimate:
    """Returns the estimate that a bootstrap gives.

    Args:
        value: The value; NaN where it is undefined.
        rows: The rows that it is over.
        replicates: The value's replicates, [replicates].
    """
    if np.isnan(value):
        return undefined("undefined on these rows", rows, "bootstrap")
    if rows < resampling.LEAST_ROWS:
        return Estimate(value, None, None, rows, "bootstrap", resampling.TOO_FEW, growth=resampling.LEAST_ROWS / rows)
    ends = resampling.percentile_interval(replicates)
    low, high = ends or (None, None)
    return Estimate(value, low, high, rows, "bootstrap", "" if ends else resampling.ALL_ALIKE)
