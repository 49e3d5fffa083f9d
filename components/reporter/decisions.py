"""How every promise fared, in words and in figures as the terminal and the page show them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from components.reporter.blocks import Mark
from components.reporter.readings import OVERALL
from modules.base import numerals
from modules.base.promises import CHANGED_DECISIONS
from modules.contracts.verdict import Decision

KEY = "promises"  # of summary.json
_STATES = ("broken", "undecided", "kept")  # the worst first
MARKS: Mapping[str, Mark] = {"broken": "bad", "undecided": "warning", "kept": "good"}
_DIGITS, _MOST_DIGITS, _LARGE = 3, 7, 1_000
# What each gap is between, in words; equalized odds are the wider of two gaps.
_GROUPS = {
    "demographic_parity_difference": "positive rate",
    "demographic_parity_ratio": "positive rate",
    "equal_opportunity": "true positive rate",
    "equalized_odds": "true or false positive rate",
    "calibration_gap": "mean prediction over mean label",
}
_CHANGES = (".max_drop", ".max_rise")


def of(summary: Mapping[str, Any]) -> list[Decision]:
    """Returns the decisions of a run, in the order of the config; a run that was stopped early has none."""
    return [Decision.from_json(entry) for entry in summary.get(KEY, [])]


def ranked(decisions: Iterable[Decision]) -> list[Decision]:
    """Sorts decisions: the broken ones, the undecided ones, the kept ones, of each those nearest to their limit first.

    Among the broken ones that is the farthest beyond it first. Margins of different measures are compared as shares of
    their limits.
    """
    return sorted(decisions, key=lambda one: (_STATES.index(one.state), _closeness(one)))


def _closeness(decision: Decision) -> float:
    if decision.margin is None:
        return math.inf
    return decision.margin / (abs(decision.limit) or 1.0)


def named(decision: Decision) -> str:
    """Returns what is promised: the config's name, and of a comparison what it is with."""
    if decision.kind == "device":
        return decision.promise.rpartition(".")[2]
    if decision.promise.endswith(_CHANGES):
        return f"{decision.measure} against the baseline"
    if decision.kind == "compression" and decision.measure.partition("/")[0] != CHANGED_DECISIONS:
        return f"loss of {decision.measure}"
    if decision.kind == "benchmark":
        metric, _, model = decision.measure.partition("/")
        return f"gain of {metric} over {model}"
    return decision.measure


def scope(decision: Decision) -> str:
    """Returns for whom it is promised, of a figure of the device nothing."""
    return "" if decision.kind == "device" else decision.slice


def whose(decision: Decision) -> str:
    """Returns what is promised, and for whom: `loss of auc (sex=Female)`."""
    told = scope(decision)
    return f"{named(decision)} ({told})" if told else named(decision)


def figure(decision: Decision, value: float | None) -> str:
    """Returns a value as it is shown beside the limit of a decision, with as many digits as tell one from the other."""
    if value is None:
        return "undefined"
    limit = abs(decision.limit)
    if limit >= _LARGE or isinstance(value, int):
        return numerals.written(value, ",.0f")
    digits = _digits(decision)
    while digits < _MOST_DIGITS and value != decision.limit and round(value, digits) == round(decision.limit, digits):
        digits += 1
    return numerals.written(round(value, digits) + 0.0, f",.{digits}f")  # no minus before a zero


def _digits(decision: Decision) -> int:
    """Returns how many digits behind the point a value needs beside a limit, such as 4 beside 0.002."""
    limit = abs(decision.limit)
    return _DIGITS if limit == 0 else max(_DIGITS, 1 - math.floor(math.log10(limit)))


def interval(decision: Decision) -> str:
    """Returns the ends of the 95 % interval; nothing where there is none."""
    if decision.low is None or decision.high is None or decision.kind == "device":
        return ""
    return f"{figure(decision, decision.low)} to {figure(decision, decision.high)}"


def limit(decision: Decision) -> str:
    """Returns the rule and the limit: `at least 0.8`."""
    return f"{decision.rule} {numerals.written(decision.limit, ',.10g')}"


def sentence(decision: Decision) -> str:
    """Says how a promise fared, without a full stop: the value with its interval, the limit, and a gap's two groups."""
    known = interval(decision)
    value = f"{figure(decision, decision.value)}{f' ({known})' if known else ''}"
    said = f"{whose(decision)} is {value}, {limit(decision)} is "
    said += "needed" if decision.rule == "at least" else "allowed"
    if len(decision.groups) > 1:
        rates = " and ".join(_group(decision, group) for group in decision.groups)
        said += f": {_GROUPS.get(decision.measure.partition('/')[0], 'rates')} {rates}"
    if decision.state == "undecided":
        return f"{said}; undecided: {doubt(decision)}"
    return f"{said}; {decision.reason}" if decision.reason else said


def _group(decision: Decision, group: Any) -> str:
    value = figure(decision, group.value)
    if group.low is None or group.high is None:
        return value
    return f"{value} ({figure(decision, group.low)} to {figure(decision, group.high)})"


def distance(decision: Decision) -> str:
    """Returns how far the value is from the limit, on whichever side; nothing where there is no value."""
    if decision.margin is None:
        return ""
    return f"{abs(decision.margin):,.{0 if abs(decision.limit) >= _LARGE else _digits(decision)}f}"


def doubt(decision: Decision) -> str:
    """Says of an undecided promise why it is, and how many rows would decide."""
    why = decision.reason or "the limit lies within the interval"
    of_whom = "test rows" if decision.slice == OVERALL else f"rows of {decision.slice.replace(' / ', ' and ')}"
    return f"{why}; about {decision.rows_to_decide:,} {of_whom} would decide" if decision.rows_to_decide else why


def counted(decisions: Sequence[Decision]) -> str:
    """Counts decisions by their state: `1 broken, 2 undecided, 9 kept`."""
    counts = {state: sum(one.state == state for one in decisions) for state in _STATES}
    return ", ".join(f"{count:,} {state}" for state, count in counts.items() if count)


def of_groups(decisions: Iterable[Decision]) -> list[Decision]:
    """Returns the decisions that are about groups: every gap, and what is promised of slices."""
    return [one for one in decisions if one.kind != "device" and one.slice != OVERALL]
