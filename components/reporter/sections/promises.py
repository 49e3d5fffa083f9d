"""How the promises of the config fared; a part of the section on the verdict."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import decisions, gaps, readings
from components.reporter.blocks import Block, Cell, Column, Details, Notice, Table, number, saved, text
from modules.base import numerals
from modules.contracts.verdict import Decision

_OPEN, _LISTED = 12, 200  # rows of the table in sight, and of the one that is folded away
_NUMERIC = ("both groups", "value", "95 % interval", "limit", "distance", "rows", "positives", "rows to decide")
_COLUMNS = ("promise", "state", "for", "value", "95 % interval", "limit", "distance", "rows", "positives")


def foremost(promised: Sequence[Decision]) -> str:
    """Says of the promise that failed, or came nearest to failing, how it fared and by how much; nothing of none."""
    if not promised:
        return ""
    worst = decisions.ranked(promised)
    gravest = [one for one in worst if one.state == worst[0].state]
    # What is broken for a group is said before what is broken otherwise.
    first = next(iter(decisions.of_groups(gravest)), gravest[0]) if gravest[0].state == "broken" else gravest[0]
    distance = decisions.distance(first)
    by = f", by {distance}" if distance and first.state != "undecided" else ""
    return f"{_FOREMOST[first.state]}{by}: {decisions.sentence(first)}."


_FOREMOST = {"broken": "Broken", "undecided": "Least sure", "kept": "Nearest to its limit"}


def covers_groups(summary: Mapping[str, Any]) -> bool:
    """Tells whether any promise is about groups; True of a run that ended before its model was judged."""
    return bool(summary.get("stopped")) or bool(decisions.of_groups(decisions.of(summary)))


def uncovered(summary: Mapping[str, Any]) -> list[Block]:
    """Returns the largest gap between groups, if there are groups and no promise is about them."""
    if covers_groups(summary) or not summary.get("slices"):
        return []
    known = readings.by_slice(summary)
    gap = gaps.widest(known)
    if gap is None:
        return []
    rate, _, threshold = gap["metric"].partition("/")[0].partition("@")
    of_class = gap["metric"].partition("/")[2]
    what = f"{readings.title(rate)}{f' of {of_class}' if of_class else ''}{f' at {threshold}' if threshold else ''}"
    ends = " and ".join(_end(known, gap["metric"], gap[end]["slice"]) for end in ("lowest", "highest"))
    said = f"The largest gap between groups is {gap['gap']:.3f}, in the {what}: {ends}{_apart(gap)}."
    where = "rates" if threshold else "gaps"
    return [Notice(mark="warning", text=said, to=where, link="See how the groups fare")]


def _apart(gap: Mapping[str, Any]) -> str:
    return {True: "", False: "; their intervals overlap, so that it may be chance", None: ""}[gap["apart"]]


def _end(summary: Mapping[str, Any], metric: str, name: str) -> str:
    one = next(one for one in summary["slices"] if one["slice"] == name)
    reading = readings.read(summary, one, metric)
    assert reading is not None  # a gap is between slices that have the metric
    known = ""
    if reading.low is not None and reading.high is not None:
        known = f" ({numerals.interval(reading.low, reading.high, '.3f')})"
    return f"{numerals.written(reading.value, '.3f')}{known} for {name}"


def tables(summary: Mapping[str, Any]) -> list[Block]:
    """Returns the table of promises, of many the worst, with all of them folded away; nothing if none is made."""
    promised = decisions.of(summary)
    if not promised:
        return []
    counts = decisions.counted(promised)
    if len(promised) <= _OPEN:
        return [_table(promised, f"Promises: {counts}")]
    worst = _table(
        decisions.ranked(promised)[:_OPEN], f"Promises: {counts}; broken ones and the nearest to their limit"
    )
    every = _table(promised[:_LISTED], f"All promises: {counts}", promised[_LISTED:])
    return [worst, Details(title=f"All {len(promised):,} of them", blocks=[every])]


def _table(shown: Sequence[Decision], caption: str, others: Sequence[Decision] = ()) -> Table:
    titles = [*_COLUMNS]
    if any(one.groups for one in [*shown, *others]):
        titles.insert(_COLUMNS.index("value"), "both groups")
    if any(one.rows_to_decide for one in [*shown, *others]):
        titles.append("rows to decide")
    left_out = f" The other {len(others):,} are saved by the button CSV." if others else ""
    return Table(
        caption=caption,
        columns=[Column(title=title, numeric=title in _NUMERIC) for title in titles],
        rows=[_row(one, titles) for one in shown],
        more=[[saved(cell) for cell in _row(one, titles)] for one in others],
        note="A promise is kept if its whole 95 % interval is within the limit, and broken if all of it is beyond and "
        "chance among its slices does not explain it; else the rows do not decide. The distance is negative beyond the "
        f"limit.{left_out}",
    )


def _row(decision: Decision, titles: Sequence[str]) -> list[Cell]:
    cells = {
        "promise": text(decisions.named(decision)),
        "state": text(decision.state, decisions.MARKS[decision.state]),
        "for": text(decisions.scope(decision) or "the file"),
        "both groups": text(" and ".join(decisions.figure(decision, group.value) for group in decision.groups) or "–"),
        "value": _figure(decision, decision.value),
        "95 % interval": Cell(text=decisions.interval(decision) or "–", sort=decision.low),
        "limit": Cell(text=decisions.limit(decision), sort=float(decision.limit)),
        "distance": _distance(decision),
        "rows": number(decision.rows, 0),
        "positives": number(decision.positives, 0),
        "rows to decide": number(decision.rows_to_decide, 0),
    }
    return [cells[title] for title in titles]


def _figure(decision: Decision, value: float | None) -> Cell:
    return Cell(text=decisions.figure(decision, value), sort=None if value is None else float(value))


def _distance(decision: Decision) -> Cell:
    if decision.margin is None:
        return number(None)
    sign = "-" if decision.margin < 0 else "+"
    return Cell(text=f"{sign}{decisions.distance(decision)}", sort=float(decision.margin))
