"""How the promises of a config fared, for the terminal: one line for each slice or pair of groups."""

import shutil
from collections.abc import Sequence

from components.reporter import decisions
from components.reporter.readings import OVERALL
from modules.contracts.verdict import Decision
from pipeline import terminal

_SHOWN = 12  # lines; the worst come first in these
_STATES = {"kept": "kept", "broken": "BROKEN", "undecided": "undecided"}
_COLUMNS = ("promise", "value", "95 %", "limit", "state")
_GAPS = 2 * len(_COLUMNS) + 2  # characters between columns and before the first
_WIDE = 120  # characters, where nobody looks


def shown(promised: Sequence[Decision]) -> list[str]:
    """Formats decisions as a table, and says what is undecided.

    Args:
        promised: The decisions, in the order of the config.

    Returns:
        Parts of what the terminal shows; none if nothing is promised. Of many decisions the broken ones and those that
        are nearest to their limit are shown. No line of the table is wider than the terminal.
    """
    if not promised:
        return []
    worst = decisions.ranked(promised)[:_SHOWN]
    kept = [one for one in promised if any(one is other for other in worst)]
    lines = [f"Promises: {decisions.counted(promised)}", *_lines(kept)]
    if len(kept) < len(promised):
        lines.append(f"  and {len(promised) - len(kept):,} more, see summary.json")
    doubtful = [
        f"Undecided: {decisions.whose(one)}: {decisions.doubt(one)}." for one in kept if one.state == "undecided"
    ]
    return ["\n".join(part) for part in (lines, doubtful) if part]


def _lines(kept: Sequence[Decision]) -> list[str]:
    """Returns the lines of the table; above slices stands what is promised, and above figures a slice that is long."""
    width = shutil.get_terminal_size((_WIDE, 24)).columns
    figures = [
        [decisions.figure(one, one.value), decisions.interval(one), decisions.limit(one), _STATES[one.state]]
        for one in kept
    ]
    room = width - sum(max(map(len, cells)) for cells in zip(*figures, _COLUMNS[1:], strict=True)) - _GAPS
    above, rows = [], []
    before: str | None = None
    for one, cells in zip(kept, figures, strict=True):
        alone = decisions.scope(one) in ("", OVERALL)
        promise = None if alone else decisions.named(one)
        heads = [] if alone or promise == before else [f"  {promise}"]
        name = " ".join(
            (decisions.whose(one) if alone else one.slice).splitlines()
        )  # a value of a table may hold any character
        name = name if alone else f"  {name}"
        if len(name) > room:
            heads, name = [*heads, f"  {name}"], ""
        above.append([head if len(head) <= width else f"{head[: width - 1]}…" for head in heads])
        rows.append([name, *cells])
        before = promise
    _, columns, *lines = terminal.table("", _COLUMNS, rows).split("\n")
    return [columns, *(line for heads, row in zip(above, lines, strict=True) for line in (*heads, row))]
