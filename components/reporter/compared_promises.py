"""How the promises of two runs fared, side by side; a part of the page that compares them."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import decisions
from components.reporter.blocks import Cell, Column, Section, Table, saved, text
from modules.contracts.verdict import Decision

_LISTED = 100  # rows; the others are saved by the button CSV


def sections(names: tuple[str, str], one: Mapping[str, Any], two: Mapping[str, Any]) -> list[Section]:
    """Returns the section, those promises first that fared differently; none if neither run made any.

    Args:
        names: What to call the runs.
        one: The summary of the first.
        two: That of the second.
    """
    by_run = [{decisions.whose(entry): entry for entry in decisions.of(summary)} for summary in (one, two)]
    pairs = {key: [of_run.get(key) for of_run in by_run] for key in dict.fromkeys([*by_run[0], *by_run[1]])}
    if not pairs:
        return []
    rows = [_row(key, pairs[key]) for key in sorted(pairs, key=lambda key: not _differs(pairs[key]))]
    kept = [sum(entry.state == "kept" for entry in of_run.values()) for of_run in by_run]
    more = rows[_LISTED:]
    table = Table(
        caption="Promises",
        columns=[Column(title=title, numeric=False) for title in ("promise", *names, "change")],
        rows=rows[:_LISTED],
        more=[[saved(cell) for cell in row] for row in more],
        note=f"The other {len(more):,} are saved by the button CSV." if more else "",
    )
    lead = f"{names[0]} kept {kept[0]} of {len(by_run[0])} promises, {names[1]} {kept[1]} of {len(by_run[1])}."
    return [Section(id="promises", title="Which promises did they keep?", lead=lead, order=35, blocks=[table])]


def _differs(pair: Sequence[Decision | None]) -> bool:
    first, second = (entry.state if entry else "" for entry in pair)
    return first != second


def _row(key: str, pair: Sequence[Decision | None]) -> list[Cell]:
    return [text(key), *map(_fared, pair), text("differs" if _differs(pair) else "")]


def _fared(decision: Decision | None) -> Cell:
    if decision is None:
        return text("–", "muted")
    value = decisions.figure(decision, decision.value)
    return text(f"{decision.state}: {value}, {decisions.limit(decision)}", decisions.MARKS[decision.state])
