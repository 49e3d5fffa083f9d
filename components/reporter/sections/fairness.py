"""Fairness Indicators by threshold: the gaps, and each rate by slice; a part of the section on slices."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.reporter import readings
from components.reporter.blocks import Block, Cell, Column, Details, Figure, Heading, Table, Text, number, saved, text
from components.reporter.figures import slices as figures
from components.reporter.readings import OVERALL
from components.reporter.sections import shown
from modules import tasks
from modules.base import numerals

_PLOTTED = 24
# Drawn side by side; the table has the false negative rate too, which is one less the true positive rate.
_DRAWN = ("true_positive_rate", "false_positive_rate", "positive_rate")
# Of all tables of rates together: some 100 bytes each, on a page that is to stay below 3 MB.
_CELLS = 6_000
# Of classes with rates, and of gaps in a table, both the widest gaps first.
_CLASSES, _GAPS = 10, 60


def blocks(summary: Mapping[str, Any]) -> Iterator[Block]:
    """Yields the blocks: gaps in the metrics, then gaps and rates at every threshold."""
    yield Heading(id="gaps", title="How far apart are the slices?")
    yield from _gaps([one for one in _all(summary) if "@" not in one["metric"]], "the metrics")
    main = readings.main_threshold(summary)
    if main is None:
        return
    others = [threshold for threshold in readings.thresholds(summary) if threshold != main]
    if tasks.named(summary["task"]).takes_each_class:
        yield from _of_classes(summary, main, others)
        return
    yield Heading(id="rates", title=f"Fairness Indicators at the threshold {main}")
    yield Text(
        text="How often the model is right and wrong about the rows of each slice, and how often it predicts "
        f"{summary['classes'][1]}."
    )
    yield from _at(summary, main, "")
    for threshold in others:
        title = f"The same at the threshold {threshold}"
        yield Details(title=title, blocks=[*_numbers(summary, threshold, "")], on_paper=False)


def _of_classes(summary: Mapping[str, Any], main: str, others: list[str]) -> Iterator[Block]:
    room = max(1, min(_CLASSES, _CELLS // (len(summary["slices"]) * len(readings.RATES) * (1 + len(others)))))
    classes = _widest(summary)[:room]
    left_out = len(summary["classes"]) - len(classes)
    more = f" The {left_out} classes with smaller gaps are in summary.json." if left_out else ""
    yield Heading(id="rates", title="Fairness Indicators of each class against the rest")
    yield Text(text=f"The class with the widest gap comes first.{more}")
    for of_class in classes:
        inner = [*_at(summary, main, of_class), *(_table(summary, threshold, of_class) for threshold in others)]
        yield Details(title=f"{of_class} against the rest", blocks=inner)


def _all(summary: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return summary.get("gaps", [])


def _widest(summary: Mapping[str, Any]) -> list[str]:
    """Returns the classes, the one with the widest gap between two slices first."""
    widest = dict.fromkeys(summary["classes"], 0.0)
    for gap in summary.get("gaps", []):
        of_class = gap["metric"].partition("/")[2]
        if of_class in widest:
            widest[of_class] = max(widest[of_class], gap["gap"])
    return sorted(widest, key=lambda name: -widest[name])


def _at(summary: Mapping[str, Any], threshold: str, of_class: str) -> Iterator[Block]:
    """Yields the plots of the rates at a threshold, their gaps and their table."""
    yield from _plots(summary, threshold, of_class)
    *gaps, table = _numbers(summary, threshold, of_class)
    yield from gaps
    yield Details(title=f"All rates at {threshold} in numbers", blocks=[table])


def _numbers(summary: Mapping[str, Any], threshold: str, of_class: str) -> Iterator[Table]:
    """Yields the gaps of the rates at a threshold, if there are any, and their table."""
    names = {readings.rate_name(rate, threshold, of_class) for rate in readings.RATES}
    of = f" of {of_class}" if of_class else ""
    yield from _gaps([one for one in _all(summary) if one["metric"] in names], f"the rates{of} at {threshold}")
    yield _table(summary, threshold, of_class)


def _plots(summary: Mapping[str, Any], threshold: str, of_class: str) -> Iterator[Figure]:
    overall = next((one for one in summary["slices"] if one["slice"] == OVERALL), None)
    for rate in _DRAWN:
        name = readings.rate_name(rate, threshold, of_class)
        plotted, left_out = shown.plotted(summary, name, _PLOTTED)
        if plotted:
            reading = readings.read(summary, overall, name) if overall else None
            title = rate.replace("_", " ")
            caption = f"{title.capitalize()} at {threshold}{left_out}"
            yield figures.interval_plot(plotted, reading, title, caption, small=True)


def _table(summary: Mapping[str, Any], threshold: str, of_class: str) -> Table:
    slices, others = shown.listed(summary["slices"])
    names = [readings.rate_name(rate, threshold, of_class) for rate in readings.RATES]

    def row(one: Mapping[str, Any]) -> list[Cell]:
        read = [readings.read(summary, one, name) for name in names]
        return [shown.heading(one), *(cell for of in read for cell in shown.cells(of, one["too_small"]))]

    # With a table per class and threshold, all slices would make the page too large.
    place = ["in summary.json"] if of_class else []
    return Table(
        caption=f"Rates at the threshold {threshold}" + (f" of {of_class} against the rest" if of_class else ""),
        columns=[
            Column(title="slice", numeric=False),
            *shown.columns([rate.replace("_", " ") for rate in readings.RATES]),
        ],
        rows=[row(one) for one in slices],
        more=[] if of_class else [[saved(cell) for cell in row(one)] for one in others],
        note=f"Grey: fewer than {summary['min_slice_examples']:,} rows, too few to judge. The true positive rate and "
        f"the false negative rate are shares of a slice's positive rows.{shown.left_out(others, *place)}",
    )


def _gaps(gaps: Sequence[Mapping[str, Any]], of: str) -> Iterator[Table]:
    """Yields a table of gaps, if there are any; one slice alone has none, but may lie far from overall."""
    if not gaps:
        return
    titles = ("metric", "by", "slices", "gap", "intervals", *_ENDS)
    left_out = f" These are the {_GAPS} widest of {len(gaps):,}; all are in summary.json." if len(gaps) > _GAPS else ""
    if left_out:
        gaps = sorted(gaps, key=lambda gap: -gap["gap"])[:_GAPS]
    yield Table(
        caption=f"Gaps in {of}: the largest difference between slices that are large enough to judge",
        columns=[Column(title=title, numeric=title in _NUMERIC) for title in titles],
        rows=[_gap(gap) for gap in gaps],
        note="A gap whose intervals overlap may be chance. A single slice has no gap, only a difference from overall."
        f"{left_out}",
    )


_ENDS = ("highest", "slice", "lowest", "slice", "from overall", "slice")
_NUMERIC = {"slices", "gap", "highest", "lowest", "from overall"}


def _gap(gap: Mapping[str, Any]) -> list[Cell]:
    rate = gap["metric"].partition("@")[0]
    alone = gap["slices"] < 2
    apart = {True: "apart", False: "overlap", None: "–"}[None if alone else gap["apart"]]
    return [
        text(readings.title(rate)),
        text(",\u00a0".join(gap["columns"])),
        number(gap["slices"], 0),
        number(None if alone else gap["gap"]),
        text(apart, "warning" if apart == "apart" else ""),
        *_end(gap["highest"]),
        *_end(gap["lowest"]),
        *_from_overall(gap),
    ]


def _end(entry: Mapping[str, Any]) -> list[Cell]:
    return [number(entry["value"]), text(entry["slice"])]


def _from_overall(gap: Mapping[str, Any]) -> list[Cell]:
    if gap["from_overall"] is None:
        return [number(None), number(None)]
    change = Cell(text=numerals.written(gap["from_overall"], "+.4f"), sort=round(abs(gap["from_overall"]), 6))
    return [change, text(gap["farthest"]["slice"])]
