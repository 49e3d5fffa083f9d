"""For whom: every slice, the metrics with their intervals, and where they differ."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import readings
from components.reporter.blocks import Block, Cell, Column, Details, Section, Table, number, text
from components.reporter.figures import slices as figures
from components.reporter.readings import OVERALL, Reading
from components.reporter.sections import fairness

# Of slices: in a table, beyond which the page would grow too large, and in a plot, beyond which nobody could read it.
_LISTED, _PLOTTED = 1_000, 40


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; None where rows were not sliced."""
    slices = summary.get("slices", [])
    if not any(one["slice"] != OVERALL for one in slices):
        return None
    blocks: list[Block] = [*_plots(summary), _table(summary), *fairness.blocks(summary)]
    return Section(id="slices", title="For whom?", lead=_answer(summary), order=30, blocks=blocks)


def _answer(summary: Mapping[str, Any]) -> str:
    others = [one for one in summary["slices"] if one["slice"] != OVERALL]
    small = sum(one["too_small"] for one in others)
    limit = summary["min_slice_examples"]
    few = f"{small} of {len(others)} slices have fewer than {limit:,} rows: too small to judge, shown in grey."
    first = next(iter(readings.metric_names(summary["task"]).values()))
    worst = summary.get("worst_slices", {}).get(first)
    if worst is None:
        return f"No slice is large enough to judge. {few}" if small else "No slice has a metric to judge by."
    by_name = {one["slice"]: one for one in summary["slices"]}
    reading = readings.read(summary, by_name[worst["slice"]], first)
    known = f", 95 %: {reading.low:.4f} to {reading.high:.4f}" if reading and reading.low is not None else ""
    overall = readings.read(summary, by_name[OVERALL], first) if OVERALL in by_name else None
    against = f", against {overall.value:.4f} overall" if overall else ""
    metric = readings.title(summary["task"], first)
    rows = f"{reading.rows:,.0f} rows" if reading else ""
    said = f"Worst for {worst['slice']}: {metric} {worst['value']:.4f} ({rows}{known}){against}."
    return f"{said} {few}" if small else said


def _plots(summary: Mapping[str, Any]) -> list[Block]:
    """Returns the interval plot of the task's first metric, and folded away those of the others."""
    by_name = {one["slice"]: one for one in summary["slices"]}
    drawn: list[Block] = []
    for metric in readings.metric_names(summary["task"]).values():
        shown, left_out = chosen(summary, metric, _PLOTTED)
        if shown:
            title = readings.title(summary["task"], metric)
            overall = readings.read(summary, by_name[OVERALL], metric) if OVERALL in by_name else None
            caption = (
                f"{title} by slice, with 95 % intervals; the line is overall, grey is too small to judge{left_out}"
            )
            drawn.append(figures.interval_plot(shown, overall, title, caption))
    if len(drawn) < 2:
        return drawn
    return [drawn[0], Details(title="The other metrics by slice", blocks=drawn[1:])]


def chosen(summary: Mapping[str, Any], metric: str, most: int) -> tuple[list[tuple[str, Reading]], str]:
    """Chooses the slices of a plot: all, or those of the most rows.

    Args:
        summary: As `readings.read` needs it.
        metric: TFMA's name.
        most: How many have room.

    Returns:
        Slices by name, a list of columns after the other, and the end of a caption that says what is left out.
    """
    others = [one for one in summary["slices"] if one["slice"] != OVERALL]
    read = [(one, readings.read(summary, one, metric)) for one in sorted(others, key=_group)]
    found = [(one["slice"], reading) for one, reading in read if reading is not None]
    if len(found) <= most:
        return found, ""
    kept = {name for name, _ in sorted(found, key=lambda one: -one[1].rows)[:most]}
    return [one for one in found if one[0] in kept], f"; the {most} largest of {len(found)} slices"


def _group(of_slice: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Returns by what slices are sorted: those of one column first. Sorting keeps the order of names within."""
    return len(of_slice["columns"]), of_slice["columns"]


def listed(slices: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], str]:
    """Chooses the slices of a table: all, but for a number that nobody reads and no page holds.

    Returns:
        The slices, and a sentence that says what is left out.
    """
    if len(slices) <= _LISTED:
        return list(slices), ""
    kept = sorted(slices, key=lambda one: -one["metrics"].get("example_count", 0))[:_LISTED]
    return kept, f" {len(slices) - _LISTED:,} smaller slices are in summary.json."


def _table(summary: Mapping[str, Any]) -> Table:
    metrics = list(readings.metric_names(summary["task"]).values())
    shown, left_out = listed(summary["slices"])
    rows = []
    for one in shown:
        mark = "muted" if one["too_small"] else ""
        count = one["metrics"].get("example_count")
        judged = text("too small", "muted") if one["too_small"] else text("yes")
        cells = [with_interval(readings.read(summary, one, metric), one["too_small"]) for metric in metrics]
        rows.append([Cell(text=one["slice"], mark=mark), number(count, 0, mark), judged, *cells])
    titles = [readings.title(summary["task"], metric) for metric in metrics]
    return Table(
        caption="Every slice, with 95 % intervals in brackets",
        columns=[
            Column(title="slice", numeric=False),
            Column(title="rows"),
            Column(title="judged", numeric=False),
            *(Column(title=title) for title in titles),
        ],
        rows=rows,
        note=f"Slices with fewer than {summary['min_slice_examples']:,} rows are too small to judge. A dash: undefined "
        f"on these rows.{left_out}",
    )


def with_interval(reading: Reading | None, small: bool = False) -> Cell:
    """Returns a cell with a metric and, in brackets, its interval."""
    if reading is None:
        return number(None)
    known = f" ({reading.low:.3f} to {reading.high:.3f})" if reading.low is not None else ""
    mark = "muted" if small or reading.small else ""
    return Cell(text=f"{reading.value:.4f}{known}", sort=round(reading.value, 6), mark=mark)
