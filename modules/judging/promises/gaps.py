"""Promises about gaps between groups: differences and ratios of a rate of two groups, whose rows are separate.

References:
    Hardt, Price and Srebro, Equality of Opportunity in Supervised Learning, 2016: equal opportunity, equalized odds.
    Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D, 1978: the four-fifths rule.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from modules.base.promises import CALIBRATION, GapPromise
from modules.contracts.verdict import Decision, GroupValue, Rule
from modules.judging.promises import classes, rates, scopes
from modules.judging.promises.compared import ComparedRows
from modules.judging.promises.estimate import Estimate, of_replicates, undefined
from modules.judging.promises.settling import Claim
from modules.judging.statistics import koopman, newcombe

# The rates whose gap it is.
_RATES: dict[str, Sequence[str]] = {
    "equal_opportunity": ["true_positive_rate"],
    "equalized_odds": ["true_positive_rate", "false_positive_rate"],
    "demographic_parity_difference": ["positive_rate"],
    "demographic_parity_ratio": ["positive_rate"],
    "calibration_gap": [CALIBRATION],
}
# The rate of which the group with more is the worse off; of the others, it is the one with less.
_WORSE_HIGH = "false_positive_rate"
_RATIO = "demographic_parity_ratio"
_SEVERITY = {"broken": 0, "undecided": 1, "kept": 2}


@dataclasses.dataclass(frozen=True, eq=False)
class _Group:
    """One group's rate.

    Attributes:
        name: The group.
        rows: The numbers of its rows.
        estimate: Its rate, as far as its own rows tell.
        sums: The upper and the lower sum of the rate, [2].
        drawn: Replicates of the rate, [replicates], from draws of all rows; None where a closed form is used.
    """

    name: str
    rows: np.ndarray
    estimate: Estimate
    sums: np.ndarray
    drawn: np.ndarray | None

    @property
    def counts(self) -> tuple[float, float]:
        """How many rows have it, of how many."""
        return float(self.sums[0]), float(self.sums[1])


def families(place: str, promise: GapPromise, rows: ComparedRows) -> Iterator[list[Claim]]:
    """Measures a promise for every pair of groups, or for each group beside the reference; a family for each class.

    Args:
        place: Where the config makes it.
        promise: The promise.
        rows: The rows.
    """
    limit, bound, rule = _limit(promise)
    by_group = scopes.of_columns(promise.columns, rows.rows_by_key)
    for number, of_class in classes.meant(place, promise.of_class, rows):
        make = _maker(f"{place}.{limit}", classes.named(promise.gap, of_class), rule, bound)
        if problem := _problem(promise, rows, by_group):
            yield [make(problem[0], undefined(problem[1], 0, "exact"), 0, None, ())]
            continue
        found = [_groups(rate, number, rows, by_group) for rate in _RATES[promise.gap]]
        yield [
            _pair(make, promise.gap, [(of_rate[one], of_rate[other]) for of_rate in found], number, rows)
            for one, other in _pairs(promise, rows, list(by_group))
        ]


def worst(decisions: Sequence[Decision]) -> list[Decision]:
    """Returns the pair that says how a promise without a reference fares: the first of the gravest state and margin."""
    if len(decisions) < 2:
        return list(decisions)
    order = sorted(
        decisions, key=lambda of: (_SEVERITY[of.state], of.margin is None, 0.0 if of.margin is None else of.margin)
    )
    counts = {state: sum(of.state == state for of in decisions) for state in _SEVERITY}
    others = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    told = f"the worst of {len(decisions)} pairs ({others})"
    return [dataclasses.replace(order[0], reason=f"{order[0].reason}; {told}" if order[0].reason else told)]


def _limit(promise: GapPromise) -> tuple[str, float, Rule]:
    if promise.minimum is not None:
        return "minimum", promise.minimum, "at least"
    assert promise.maximum is not None
    return "maximum", promise.maximum, "at most"


_Maker = Callable[[str, Estimate, int, int | None, Sequence[GroupValue]], Claim]


def _maker(place: str, measure: str, rule: Rule, limit: float) -> _Maker:
    def make(
        name: str, estimate: Estimate, slice_rows: int, positives: int | None, groups: Sequence[GroupValue]
    ) -> Claim:
        tests = 2 if measure.startswith("equalized_odds") else 1
        return Claim(place, "gap", measure, name, rule, limit, estimate, slice_rows, positives, groups, tests)

    return make


def _problem(promise: GapPromise, rows: ComparedRows, by_group: Mapping[str, np.ndarray]) -> tuple[str, str] | None:
    """Returns for whom nothing can be compared, and why; None where it can."""
    if promise.reference is not None and scopes.find(promise.reference, rows.rows_by_key) is None:
        return scopes.name_of(promise.reference), scopes.NO_ROW
    if len(by_group) < 2:
        return next(iter(by_group), "overall"), "there is one group alone"
    return None


def _pairs(promise: GapPromise, rows: ComparedRows, names: Sequence[str]) -> list[tuple[str, str]]:
    if promise.reference is None:
        return list(itertools.combinations(names, 2))
    key = scopes.find(promise.reference, rows.rows_by_key)
    assert key is not None
    reference = scopes.name_of(dict(key))
    return [(name, reference) for name in names if name != reference]


def _groups(rate: str, number: int, rows: ComparedRows, by_group: Mapping[str, np.ndarray]) -> dict[str, _Group]:
    found = {}
    for name, of_group in by_group.items():
        own = rates.summands(rate, number, rows, of_group)
        drawn = None
        if rows.weights is not None or rate == CALIBRATION:
            # All rows are drawn, and not the groups one by one: two groups of equally many rows would be drawn alike.
            everywhere = np.zeros((len(rows.labels), 2))
            everywhere[of_group] = own
            drawn = rates.ratio(rows.resampler.sums(everywhere))
        found[name] = _Group(name, of_group, rates.measure(rate, number, rows, of_group), own.sum(axis=0), drawn)
    return found


def _pair(make: _Maker, gap: str, by_rate: Sequence[tuple[_Group, _Group]], number: int, rows: ComparedRows) -> Claim:
    """Compares two groups by each rate; the gap of several rates is the largest one's."""
    estimates = [_ratio(one, other) if gap == _RATIO else _difference(one, other).folded() for one, other in by_rate]
    shown = int(np.argmax([-1.0 if of.value is None else of.value for of in estimates]))
    pair = list(by_rate[shown])
    if None not in [group.estimate.value for group in pair]:
        pair.sort(key=_value, reverse=_RATES[gap][shown] == _WORSE_HIGH)
    groups = [
        GroupValue(
            slice=of.name,
            value=of.estimate.value,
            low=of.estimate.low,
            high=of.estimate.high,
            rows=of.estimate.rows,
            positives=rates.positives(rows, number, of.rows),
        )
        for of in pair
    ]
    together = np.concatenate([of.rows for of in pair])
    name = " / ".join(of.name for of in pair)
    return make(name, _largest(estimates, shown), len(together), rates.positives(rows, number, together), groups)


def _largest(estimates: Sequence[Estimate], shown: int) -> Estimate:
    """Returns the larger of two gaps: within a limit if both are, beyond it if one is."""
    if len(estimates) == 1:
        return estimates[0]
    missing = next((of for of in estimates if not of.has_interval), None)
    if missing is not None:
        return missing
    low, high = (max(getattr(of, end) for of in estimates) for end in ("low", "high"))
    return dataclasses.replace(
        estimates[shown], low=low, high=high, score_of=lambda limit: max(of.score(limit) for of in estimates)
    )


def _difference(one: _Group, other: _Group) -> Estimate:
    rows = one.estimate.rows + other.estimate.rows
    if missing := _undefined(one, other, rows):
        return missing
    if one.drawn is not None and other.drawn is not None:
        found = of_replicates(_value(one) - _value(other), _fewest(one, other), one.drawn - other.drawn)
        return dataclasses.replace(found, rows=rows)
    low, high = newcombe.interval(one.counts, other.counts)
    return Estimate(
        _value(one) - _value(other),
        low,
        high,
        rows,
        "newcombe",
        score_of=lambda limit: newcombe.score(one.counts, other.counts, limit),
    )


def _ratio(one: _Group, other: _Group) -> Estimate:
    """Returns the lower rate over the higher one."""
    rows = one.estimate.rows + other.estimate.rows
    if missing := _undefined(one, other, rows):
        return missing
    if _value(one) > _value(other):
        one, other = other, one
    if not _value(other):
        return undefined("no row of either group is predicted positive", rows, "exact")
    value = _value(one) / _value(other)
    if one.drawn is not None and other.drawn is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            found = of_replicates(value, _fewest(one, other), one.drawn / other.drawn)
        if not found.has_interval:
            return found
        low, high = found.low, found.high
        assert low is not None and high is not None
        return dataclasses.replace(found, rows=rows, low=min(low, 1 / high if high else 0.0), high=min(high, 1.0))
    low, high = koopman.interval(one.counts, other.counts)
    return Estimate(
        value,
        min(low, 1 / high),
        min(high, 1.0),
        rows,
        "koopman",
        score_of=lambda limit: koopman.score(one.counts, other.counts, limit),
    )


def _undefined(one: _Group, other: _Group, rows: int) -> Estimate | None:
    for group in (one, other):
        if group.estimate.value is None:
            return undefined(f"{group.name}: {group.estimate.reason}", rows, group.estimate.method)
    return None


def _value(group: _Group) -> float:
    assert group.estimate.value is not None
    return group.estimate.value


def _fewest(one: _Group, other: _Group) -> int:
    return min(one.estimate.rows, other.estimate.rows)
