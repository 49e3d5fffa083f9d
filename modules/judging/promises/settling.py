"""From an estimate and a limit to a decision: kept, broken or undecided.

Every promise about several slices holds two kinds of tests. That all slices keep it needs no correction: it is claimed
where each single test says so (Berger's intersection-union test). That some slice breaks it would be found by chance
more often the more slices there are: Holm's correction holds that to one test's level.

References:
    Berger, Multiparameter Hypothesis Testing and Acceptance Sampling, Technometrics 24, 1982.
    Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6, 1979.
"""

import dataclasses
import math
from collections.abc import Sequence
from statistics import NormalDist

from modules.contracts.verdict import Decision, GroupValue, Kind, Rule, State
from modules.judging.promises.estimate import Estimate
from modules.judging.statistics import holm, normal

_WITHIN = "the limit lies within the interval"
_BY_CHANCE = "beyond the limit by itself, but among {} such values one would be by chance"


@dataclasses.dataclass(frozen=True, eq=False)
class Claim:
    """One promise for one slice or pair of groups, before it is decided; attributes as of `Decision`.

    Attributes:
        promise: Where the config makes it.
        kind: What it is about.
        measure: What is measured.
        slice: For whom.
        rule: On which side of the limit the value must be.
        limit: The limit.
        estimate: What was measured.
        slice_rows: All rows of the slice.
        positives: Those of the positive class.
        groups: The two groups of a gap.
        tests: How many tests stand behind the estimate: two, where it is the larger of two rates' gaps.
    """

    promise: str
    kind: Kind
    measure: str
    slice: str
    rule: Rule
    limit: float
    estimate: Estimate
    slice_rows: int
    positives: int | None
    groups: Sequence[GroupValue] = ()
    tests: int = 1

    @property
    def p_value(self) -> float | None:
        """How likely such a value is, to the wrong side, if the promise is just kept; None without an interval."""
        if not self.estimate.has_interval:
            return None
        beyond = self.estimate.score(self.limit)
        return min(1.0, self.tests * normal.upper_tail(beyond if self.rule == "at most" else -beyond))

    @property
    def ends(self) -> tuple[float, float]:
        """The interval's good and its bad end."""
        low, high = self.estimate.low, self.estimate.high
        assert low is not None and high is not None
        return (low, high) if self.rule == "at most" else (high, low)

    def within(self, value: float) -> bool:
        """Returns whether a value is on the right side of the limit, or is the limit."""
        return value <= self.limit if self.rule == "at most" else value >= self.limit


def settle(family: Sequence[Claim], stop_undecided: bool) -> list[Decision]:
    """Decides one promise for all that it is for.

    Args:
        family: The promise for each slice, or pair of groups.
        stop_undecided: Whether an undecided promise stops the model.
    """
    p_values = [1.0 if one.p_value is None else one.p_value for one in family]
    adjusted = holm.adjusted(p_values)
    return [_decision(one, p_value, len(family), stop_undecided) for one, p_value in zip(family, adjusted, strict=True)]


def _decision(one: Claim, p_value: float, tests: int, stop_undecided: bool) -> Decision:
    estimate, tests = one.estimate, tests * one.tests
    state: State = "undecided"
    reason = estimate.reason
    if estimate.has_interval:
        good, bad = one.ends
        if one.within(bad):
            state = "kept"
        elif one.within(good):
            reason = reason or _WITHIN
        elif p_value <= normal.TAIL:
            state = "broken"
        else:
            reason = reason or _BY_CHANCE.format(tests)
    return Decision(
        promise=one.promise,
        kind=one.kind,
        measure=one.measure,
        slice=one.slice,
        rule=one.rule,
        limit=one.limit,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        rows=estimate.rows,
        positives=one.positives,
        state=state,
        stops=state == "broken" or (state == "undecided" and stop_undecided),
        method=estimate.method,
        p_value=p_value if estimate.has_interval else None,
        rows_to_decide=_rows_to_decide(one, tests) if state == "undecided" else None,
        reason=reason,
        groups=tuple(one.groups),
    )


def _rows_to_decide(one: Claim, tests: int) -> int | None:
    """Returns about how many rows of the slice would decide, if the value stayed what it is.

    A score grows with the root of the rows. Where no row is answered differently, this is Tango's bound solved for n.
    """
    factor = one.estimate.growth or 0.0
    if one.estimate.has_interval or one.estimate.score_of is not None:
        score = abs(one.estimate.score(one.limit))
        needed = normal.Z if one.within(one.estimate.value) else NormalDist().inv_cdf(1 - normal.TAIL / tests)  # type: ignore[arg-type]
        factor = max(factor, (needed / score) ** 2 if score else math.inf)
    if not factor or not math.isfinite(factor):
        return None
    rows = one.slice_rows * max(factor, 1.0) + 1
    unit = 10 ** max(math.floor(math.log10(rows)) - 1, 0)
    return math.ceil(rows / unit) * unit
