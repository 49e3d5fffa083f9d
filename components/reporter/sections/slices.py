"""For whom: every slice, the metrics with their intervals, and where they differ."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import readings
from components.reporter.blocks import Block, Cell, Column, Details, Mark, Section, Table, number, saved
from components.reporter.figures import slices as figures
from components.reporter.readings import OVERALL
from components.reporter.sections import fairness, shown
from modules import tasks
from modules.base import numerals

# More slices in a plot nobody could read.
_PLOTTED = 40
# Each has a table of labels and predictions.
_CLASSES = 10


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; None where rows were not sliced."""
    slices = summary.get("slices", [])
    if not any(one["slice"] != OVERALL for one in slices):
        return None
    summary = readings.by_slice(summary)
    blocks: list[Block] = [*_plots(summary), _table(summary), *_means(summary), *fairness.blocks(summary)]
    return Section(id="slices", title="For whom?", lead=_answer(summary), order=30, blocks=blocks)


def _answer(summary: Mapping[str, Any]) -> str:
    others = [one for one in summary["slices"] if one["slice"] != OVERALL]
    small = sum(one["too_small"] for one in others)
    limit = summary["min_slice_examples"]
    verb = "has" if small == 1 else "have"
    few = f"{small} of {len(others)} slices {verb} fewer than {limit:,} rows: too small to judge, shown in grey."
    first = tasks.GATES[summary["task"]][0]
    worst = summary.get("worst_slices", {}).get(first)
    if worst is None:
        metric = readings.title(first)
        none = "is large enough to judge" if small == len(others) else f"that is large enough has an {metric}"
        return f"No slice {none}. {few}" if small else f"No slice {none}."
    by_name = {one["slice"]: one for one in summary["slices"]}
    reading = readings.read(summary, by_name[worst["slice"]], first)
    overall = readings.read(summary, by_name[OVERALL], first) if OVERALL in by_name else None
    known = ""
    if reading and reading.low is not None and reading.high is not None:
        known = f", 95 %: {numerals.interval(reading.low, reading.high, '.4f')}"
    against = f", against {numerals.written(overall.value, '.4f')} overall" if overall else ""
    if overall and reading and reading.low is not None and reading.high is not None:
        against += " (within that interval)" if reading.low <= overall.value <= reading.high else " (beyond it)"
    metric = readings.title(first)
    rows = f"{reading.rows:,.0f} rows" if reading else ""
    said = f"Worst for {worst['slice']}: {metric} {numerals.written(worst['value'], '.4f')} ({rows}{known}){against}."
    return f"{said} {few}" if small else said


def _plots(summary: Mapping[str, Any]) -> list[Block]:
    """Returns the interval plot of the task's first metric, and folded away those of the others."""
    by_name = {one["slice"]: one for one in summary["slices"]}
    drawn: list[Block] = []
    for metric in tasks.GATES[summary["task"]]:
        plotted, left_out = shown.plotted(summary, metric, _PLOTTED)
        if plotted:
            title = readings.title(metric)
            overall = readings.read(summary, by_name[OVERALL], metric) if OVERALL in by_name else None
            caption = f"{title[0].upper()}{title[1:]} by slice, with 95 % intervals; orange: overall; grey: too small"
            drawn.append(figures.interval_plot(plotted, overall, title, caption + left_out))
    if len(drawn) < 2:
        return drawn
    return [drawn[0], Details(title="The other metrics by slice", blocks=drawn[1:])]


def _table(summary: Mapping[str, Any]) -> Table:
    metrics = tasks.GATES[summary["task"]]
    slices, others = shown.listed(summary["slices"])

    def row(one: Mapping[str, Any]) -> list[Cell]:
        count = number(one["metrics"].get("example_count"), 0, "muted" if one["too_small"] else "")
        read = [readings.read(summary, one, metric) for metric in metrics]
        return [shown.heading(one), count, *(cell for of in read for cell in shown.cells(of, one["too_small"]))]

    titles = [readings.title(metric) for metric in metrics]
    return Table(
        caption="Metrics by slice",
        columns=[Column(title="slice", numeric=False), Column(title="rows"), *shown.columns(titles)],
        rows=[row(one) for one in slices],
        more=[[saved(cell) for cell in row(one)] for one in others],
        note=f"Grey: fewer than {summary['min_slice_examples']:,} rows, too few to judge.{_over(metrics)} "
        f"A dash means undefined.{shown.left_out(others)}",
    )


def _means(summary: Mapping[str, Any]) -> list[Block]:
    """Returns labels and predictions by slice; of several classes a table for each, folded away."""
    task = tasks.named(summary["task"])
    if not task.takes_each_class:
        return [_means_of(summary, "", "base rate" if task.has_classes else "mean label")]
    classes = summary["classes"][:_CLASSES]
    more = f" (the first {len(classes)} classes)" if len(classes) < len(summary["classes"]) else ""
    title = f"Labels and predictions by slice, of each class{more}"
    return [Details(title=title, blocks=[_means_of(summary, of_class, "base rate") for of_class in classes])]


def _means_of(summary: Mapping[str, Any], of_class: str, label: str) -> Table:
    slices, others = shown.listed(summary["slices"])
    suffix = f"/{of_class}" if of_class else ""

    def row(one: Mapping[str, Any]) -> list[Cell]:
        mark: Mark = "muted" if one["too_small"] else ""
        names = ("example_count", "mean_label", "mean_prediction", "calibration")
        values = [one["metrics"].get(name if name == "example_count" else name + suffix) for name in names]
        return [shown.heading(one), number(values[0], 0, mark), *(number(value, 4, mark) for value in values[1:])]

    return Table(
        caption=f"Labels and predictions by slice{f': {of_class}' if of_class else ''}",
        columns=[Column(title="slice", numeric=False)]
        + [Column(title=title) for title in ("rows", label, "mean prediction", "calibration")],
        rows=[row(one) for one in slices],
        more=[[saved(cell) for cell in row(one)] for one in others],
        note=f"Calibration is the mean prediction over the {label}: 1 is right, more promises too much."
        f"{shown.left_out(others)}",
    )


def _over(metrics: Sequence[str]) -> str:
    """Returns a sentence on metrics that are not over all rows; nothing if there are none."""
    said = [f"{readings.title(name)} {{}} {tasks.METRICS[name].over}" for name in metrics if tasks.METRICS[name].over]
    if not said:
        return ""
    text = ", ".join([said[0].format("is over"), *(one.format("over") for one in said[1:])])
    return f" {text[0].upper()}{text[1:]}."
