"""A gate's result: what was measured, what was needed, and whether the test rows are enough to tell."""

import dataclasses
import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, Literal

Rule = Literal["at least", "at most"]

_Z = NormalDist().inv_cdf(0.975)  # of an interval at 95 %


@dataclasses.dataclass(frozen=True)
class Evidence:
    """How many rows a value rests on, and how far it may be off.

    Attributes:
        rows: The test rows.
        low: Lower end of the value's 95 % interval; None where there is none.
        high: Upper end.
        reason: Why there is no interval; empty where there is one.
        deciding: Where there is no interval: of how many rows the value is a share or, of an area, how many are of the
            rarer class; None where the value is of another kind.
    """

    rows: int
    low: float | None = None
    high: float | None = None
    reason: str = ""
    deciding: int | None = None


@dataclasses.dataclass(frozen=True)
class GateResult:
    """A gate's result. It passes by its value alone; `sure` says whether other test rows could turn it.

    Attributes:
        name: What is gated.
        value: What was measured; None where it is undefined, which passes no gate.
        rule: On which side of the limit the value must be.
        limit: The limit, which passes itself.
        evidence: What the value rests on; None where it is no estimate, such as a count, or nothing is known.
        exact: Whether the value is no estimate.
        reference: What a model that reads no column would have.
    """

    name: str
    value: float | None
    rule: Rule
    limit: float
    evidence: Evidence | None = None
    exact: bool = False
    reference: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the value is on the right side of the limit."""
        return self.value is not None and self._passes(self.value)

    @property
    def margin(self) -> float | None:
        """How far the value is on the right side of the limit: negative where it failed."""
        if self.value is None:
            return None
        return self.value - self.limit if self.rule == "at least" else self.limit - self.value

    @property
    def sure(self) -> bool | None:
        """Whether the whole interval is on one side of the limit; None where nothing is known of it.

        Without an interval (a few rows, or rows that all resamples agree on), a value between 0 and 1 is held against
        the limit itself: were the limit true, the value would have at most the variance L(1 − L)/n, which is that of a
        share of n rows, and bounds that of the area under a ROC curve, n being the rows of the rarer class (Birnbaum
        and Klose, Bounds for the Variance of the Mann-Whitney Statistic, 1957). For an average precision this is a
        rule of thumb. Any other value without an interval is unsure.
        """
        if self.exact:
            return True
        if self.evidence is None or self.value is None:
            return None
        if self.evidence.low is not None and self.evidence.high is not None:
            ends = (self.value, self.evidence.low, self.evidence.high)
            return len({self._passes(value) for value in ends}) == 1
        needed = self._deciding_rows_needed()
        return needed is not None and self.evidence.deciding >= needed  # type: ignore[operator]

    @property
    def rows_to_settle(self) -> int | None:
        """About how many test rows would tell, if the value stayed what it is; None where it is sure or nobody knows.

        The half-width of an interval shrinks with 1/√n. With h from the value to the interval's end on the limit's
        side, and d from the value to the limit, n·(h/d)² rows bring the end to the limit. Without an interval, the
        variance at the limit says how many rows are needed, as `sure` does. Rounded up to two digits.
        """
        if self.sure is not False:
            return None
        assert self.evidence is not None and self.value is not None
        distance = abs(self.value - self.limit)
        if not distance:
            return None
        if self.evidence.low is not None and self.evidence.high is not None:
            end = self.evidence.high if self.limit > self.value else self.evidence.low
            factor = (abs(end - self.value) / distance) ** 2
        else:
            needed = self._deciding_rows_needed()
            if needed is None:
                return None
            factor = needed / max(self.evidence.deciding or 0, 1)
        return _round_up(self.evidence.rows * max(factor, 1.0) + 1)

    def _passes(self, value: float) -> bool:
        return value >= self.limit if self.rule == "at least" else value <= self.limit

    def _deciding_rows_needed(self) -> float | None:
        """Returns the n of which the limit is outside of what chance does to a share: z²·L(1 − L)/(value − L)²."""
        assert self.evidence is not None and self.value is not None
        if self.evidence.deciding is None or not 0 < self.limit < 1 or self.value == self.limit:
            return None
        return _Z**2 * self.limit * (1 - self.limit) / (self.value - self.limit) ** 2

    def to_json(self) -> dict[str, Any]:
        """Returns what summary.json has of a gate."""
        known = self.evidence
        return {
            "name": self.name,
            "slice": "overall",
            "value": self.value,
            "rule": self.rule,
            "limit": self.limit,
            "passed": self.passed,
            "margin": self.margin,
            "low": known.low if known else None,
            "high": known.high if known else None,
            "rows": known.rows if known else None,
            "sure": self.sure,
            "rows_to_settle": self.rows_to_settle,
            "reason": known.reason if known else "",
            "reference": self.reference,
        }


def evidence_of(entry: Mapping[str, Any], rows: int, is_share: bool) -> Evidence:
    """Returns what a metric's entry in the intervals says of its value.

    Args:
        entry: `low`, `high`, `rows`, `reason` and, of an area, `rarest`.
        rows: The test rows.
        is_share: Whether the metric is a share of rows or an area, between 0 and 1.
    """
    deciding = entry.get("rarest", entry["rows"]) if is_share else None
    return Evidence(rows, entry["low"], entry["high"], entry["reason"] or "", deciding)


def _round_up(rows: float) -> int:
    """Rounds up to two digits: it is an estimate."""
    unit = 10 ** max(math.floor(math.log10(rows)) - 1, 0)
    return math.ceil(rows / unit) * unit
