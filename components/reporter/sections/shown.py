"""Which slices a plot or a table shows, and how a table shows a metric."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import readings
from components.reporter.blocks import Cell, Column, Mark, between, number, text
from components.reporter.readings import OVERALL, Reading
from modules.base import numerals

# A longer table nobody reads, and it would make the page slow.
_LISTED = 60


def plotted(summary: Mapping[str, Any], metric: str, most: int) -> tuple[list[tuple[str, Reading]], str]:
    """Chooses the slices of a plot: all, or those of the most rows.

    Args:
        summary: As `readings.read` needs it.
        metric: Its name.
        most: How many have room.

    Returns:
        Slices by name, a list of columns after the other, and the end of a caption that says what is left out.
    """
    others = [one for one in summary["slices"] if one["slice"] != OVERALL]
    read = [(one, readings.read(summary, one, metric)) for one in sorted(others, key=_group)]
    readable = [(one["slice"], reading) for one, reading in read if reading is not None]
    if len(readable) <= most:
        return readable, ""
    kept = {name for name, _ in sorted(readable, key=lambda one: -one[1].rows)[:most]}
    return [one for one in readable if one[0] in kept], f"; the {most} largest of {len(readable)} slices"


def _group(of_slice: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Returns by what slices are sorted: overall, then those of one column. Sorting keeps the order of names within."""
    return len(of_slice["columns"]), of_slice["columns"]


def heading(of_slice: Mapping[str, Any]) -> Cell:
    """Returns the first cell of a slice's row; that it is too small is said in words, and not in grey alone."""
    if of_slice["too_small"]:
        return Cell(text=f"{of_slice['slice']} (too small)", sort=of_slice["slice"], mark="muted")
    return text(of_slice["slice"])


def listed(
    slices: Sequence[Mapping[str, Any]],
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Chooses the slices of a table: all of them, or those with the most rows.

    Returns:
        The slices, overall first, then those of one column; and those that are left out, likewise.
    """
    by_rows = sorted(slices, key=lambda one: -one["metrics"].get("example_count", 0))
    kept, others = (by_rows[:_LISTED], by_rows[_LISTED:]) if len(slices) > _LISTED else (slices, [])
    return sorted(kept, key=_group), sorted(others, key=_group)


def left_out(others: Sequence[Mapping[str, Any]], place: str = "saved by the button CSV") -> str:
    """Returns a sentence that says where the slices that a table leaves out are; nothing if there are none."""
    return f" The {len(others):,} smaller slices are {place}." if others else ""


def columns(titles: Sequence[str]) -> list[Column]:
    """Returns two columns per metric: its value, and its interval."""
    return [Column(title=title) for name in titles for title in (name, "95 % interval")]


def cells(reading: Reading | None, small: bool = False) -> list[Cell]:
    """Returns the cells of a metric: its value, and its interval."""
    if reading is None:
        return [number(None), number(None)]
    mark: Mark = "muted" if small or reading.small else ""
    value = Cell(text=numerals.written(reading.value, ".4f"), sort=round(reading.value, 6), mark=mark)
    return [value, between(reading.low, reading.high, mark=mark)]
