"""Fairness Indicators by threshold: the gaps, and each rate by slice; a part of the section on slices."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from components.reporter import readings
from components.reporter.blocks import Block, Cell, Column, Details, Figure, Table, Text, number, text
from components.reporter.figures import slices as figures
from components.reporter.readings import OVERALL
from components.reporter.sections import shown
from modules import tasks

_PLOTTED = 24
# What stands side by side; the false negative rate is what the true positive rate leaves of 1.
_FIRST, _FOLDED = ("true_positive_rate", "false_positive_rate", "positive_rate"), ("false_negative_rate",)
# Of all tables of rates together: some 100 bytes each, on a page that is to stay below 3 MB.
_CELLS = 6_000
# Of classes with rates, and of gaps in a table, both the widest gaps first.
_CLASSES, _GAPS = 10, 60


def blocks(summary: Mapping[str, Any]) -> Iterator[Block]:
    """Yields the blocks: gaps in the metrics, then gaps and rates at every threshold."""
    yield from _gaps(summary, [one for one in _all(summary) if "@" not in one["metric"]], "the metrics")
    thresholds = readings.thresholds(summary)
    if not thresholds:
        return
    main = min(thresholds, key=lambda threshold: abs(float(threshold) - 0.5))
    others = [threshold for threshold in thresholds if threshold != main]
    if tasks.named(summary["task"]).takes_each_class:
        yield from _of_classes(summary, main, others)
        return
    yield Text(text=f"Fairness Indicators at the threshold {main}: what the model does to the rows of each slice.")
    yield from _at(summary, main, "")
    for threshold in others:
        yield Details(title=f"The same at the threshold {threshold}", blocks=list(_at(summary, threshold, "")))


def _of_classes(summary: Mapping[str, Any], main: str, others: list[str]) -> Iterator[Block]:
    room = max(1, min(_CLASSES, _CELLS // (len(summary["slices"]) * len(readings.RATES) * (1 + len(others)))))
    classes = _widest(summary)[:room]
    left_out = len(summary["classes"]) - len(classes)
    more = f" The {left_out} classes with smaller gaps are in summary.json." if left_out else ""
    yield Text(text=f"Fairness Indicators of each class against the rest, the class with the widest gap first.{more}")
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
    yield from _plots(summary, _FIRST, threshold, of_class)
    names = {readings.rate_name(rate, threshold, of_class) for rate in readings.RATES}
    of = f" of {of_class}" if of_class else ""
    yield from _gaps(summary, [one for one in _all(summary) if one["metric"] in names], f"the rates{of} at {threshold}")
    folded: list[Block] = [*_plots(summary, _FOLDED, threshold, of_class), _table(summary, threshold, of_class)]
    yield Details(title=f"The false negative rate, and all rates at {threshold} in numbers", blocks=folded)


def _plots(summary: Mapping[str, Any], rates: Iterable[str], threshold: str, of_class: str) -> Iterator[Figure]:
    overall = next((one for one in summary["slices"] if one["slice"] == OVERALL), None)
    for rate in rates:
        name = readings.rate_name(rate, threshold, of_class)
        plotted, left_out = shown.plotted(summary, name, _PLOTTED)
        if plotted:
            reading = readings.read(summary, overall, name) if overall else None
            title = rate.replace("_", " ")
            caption = f"{title.capitalize()} at {threshold}{left_out}"
            yield figures.interval_plot(plotted, reading, title, caption, small=True)


def _table(summary: Mapping[str, Any], threshold: str, of_class: str) -> Table:
    slices, left_out = shown.listed(summary["slices"])
    rows = []
    for one in slices:
        names = [readings.rate_name(rate, threshold, of_class) for rate in readings.RATES]
        cells = [shown.with_interval(readings.read(summary, one, name), one["too_small"]) for name in names]
        rows.append([shown.heading(one), *cells])
    return Table(
        caption=f"Rates at the threshold {threshold}" + (f" of {of_class} against the rest" if of_class else ""),
        columns=[
            Column(title="slice", numeric=False),
            *(Column(title=rate.replace("_", " ")) for rate in readings.RATES),
        ],
        rows=rows,
        note=f"Grey: over fewer than {summary['min_slice_examples']:,} rows, too few to judge by. Rates of true "
        f"positives and of false negatives are over a slice's positive rows only.{left_out}",
    )


def _gaps(summary: Mapping[str, Any], found: Sequence[Mapping[str, Any]], of: str) -> Iterator[Table]:
    """Yields a table of gaps, if there are any; one slice alone has none, but may lie far from overall."""
    if not found:
        return
    titles = ("metric", "by", "slices", "gap", "highest", "lowest", "intervals", "farthest from overall")
    left_out = (
        f" These are the {_GAPS} widest of {len(found):,}; all are in summary.json." if len(found) > _GAPS else ""
    )
    if left_out:
        found = sorted(found, key=lambda gap: -gap["gap"])[:_GAPS]
    yield Table(
        caption=f"Gaps in {of}: the largest difference between slices that are large enough to judge",
        columns=[Column(title=title, numeric=title in ("slices", "gap")) for title in titles],
        rows=[_gap(summary, gap) for gap in found],
        note="A gap whose intervals overlap may be chance. One slice alone has no gap, only a distance from overall."
        f"{left_out}",
    )


def _gap(summary: Mapping[str, Any], gap: Mapping[str, Any]) -> list[Cell]:
    rate = gap["metric"].partition("@")[0]
    alone = gap["slices"] < 2
    apart = {True: "apart", False: "overlap", None: "–"}[None if alone else gap["apart"]]
    return [
        text(readings.title(rate)),
        text(", ".join(gap["columns"])),
        number(gap["slices"], 0),
        number(None if alone else gap["gap"]),
        _end(gap["highest"]),
        _end(gap["lowest"]),
        text(apart, "warning" if apart == "apart" else ""),
        _from_overall(gap),
    ]


def _end(entry: Mapping[str, Any]) -> Cell:
    return Cell(text=f"{entry['slice']}: {entry['value']:.4f}", sort=round(entry["value"], 6))


def _from_overall(gap: Mapping[str, Any]) -> Cell:
    if gap["from_overall"] is None:
        return number(None)
    return Cell(text=f"{gap['farthest']['slice']}: {gap['from_overall']:+.4f}", sort=round(abs(gap["from_overall"]), 6))
