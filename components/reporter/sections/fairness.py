"""Fairness Indicators by threshold: the gaps, and each rate by slice; a part of the section on slices."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.reporter import readings
from components.reporter.blocks import Block, Cell, Column, Details, Figure, Table, Text, number, text
from components.reporter.figures import slices as figures
from components.reporter.readings import FAIRNESS, OVERALL
from components.reporter.sections import slices as by_slice

_PLOTTED, _GAPS = 24, 60
# Of all tables of rates together: some 100 bytes each, on a page that is to stay below 3 MB.
_CELLS = 6_000


def blocks(summary: Mapping[str, Any]) -> Iterator[Block]:
    """Yields the blocks: gaps in the metrics and in the rates, then the rates at every threshold."""
    thresholds = readings.thresholds(summary)
    yield from _gaps(summary)
    if not thresholds:
        return
    main = min(thresholds, key=lambda threshold: abs(float(threshold) - 0.5))
    if summary["task"] != "multiclass":
        yield Text(text=f"Fairness Indicators at the threshold {main}: what the model does to the rows of each slice.")
        yield from _at(summary, main, "")
        for threshold in thresholds:
            if threshold != main:
                yield Details(title=f"The same at the threshold {threshold}", blocks=list(_at(summary, threshold, "")))
        return
    room = max(1, _CELLS // (len(summary["slices"]) * len(readings.RATES) * len(thresholds)))
    classes = _widest(summary)[:room]
    left_out = len(summary["classes"]) - len(classes)
    more = f" The {left_out} classes with smaller gaps are in summary.json." if left_out else ""
    yield Text(text=f"Fairness Indicators of each class against the rest, the widest gaps first.{more}")
    for of_class in classes:
        inner = [*_at(summary, main, of_class)]
        inner += [_table(summary, threshold, of_class) for threshold in thresholds if threshold != main]
        yield Details(title=f"{of_class} against the rest", blocks=inner)


def _widest(summary: Mapping[str, Any]) -> list[str]:
    """Returns the classes, the one with the widest gap between two slices first."""
    widest = dict.fromkeys(summary["classes"], 0.0)
    for gap in summary.get("gaps", []):
        of_class = gap["metric"].partition("/")[2].partition("/")[2]
        if gap["metric"].startswith(FAIRNESS) and of_class in widest:
            widest[of_class] = max(widest[of_class], gap["gap"])
    return sorted(widest, key=lambda name: -widest[name])


def _at(summary: Mapping[str, Any], threshold: str, of_class: str) -> Iterator[Block]:
    """Yields the plots of all rates at a threshold, and their table."""
    for rate in readings.RATES:
        figure = _plot(summary, readings.rate_name(rate, threshold, of_class), rate, threshold)
        if figure is not None:
            yield figure
    table = _table(summary, threshold, of_class)
    yield Details(title=f"Rates by slice at the threshold {threshold}, in numbers", blocks=[table])


def _plot(summary: Mapping[str, Any], name: str, rate: str, threshold: str) -> Figure | None:
    shown, left_out = by_slice.chosen(summary, name, _PLOTTED)
    if not shown:
        return None
    overall = [readings.read(summary, one, name) for one in summary["slices"] if one["slice"] == OVERALL]
    title = rate.replace("_", " ")
    caption = f"{title.capitalize()} at {threshold}{left_out}"
    return figures.interval_plot(shown, overall[0] if overall else None, title, caption, small=True)


def _table(summary: Mapping[str, Any], threshold: str, of_class: str) -> Table:
    shown, left_out = by_slice.listed(summary["slices"])
    rows = []
    for one in shown:
        names = [readings.rate_name(rate, threshold, of_class) for rate in readings.RATES]
        mark = "muted" if one["too_small"] else ""
        cells = [by_slice.with_interval(readings.read(summary, one, name), one["too_small"]) for name in names]
        rows.append([Cell(text=one["slice"], mark=mark), *cells])
    return Table(
        caption=f"Rates at the threshold {threshold}" + (f" of {of_class} against the rest" if of_class else ""),
        columns=[
            Column(title="slice", numeric=False),
            *(Column(title=rate.replace("_", " ")) for rate in readings.RATES),
        ],
        rows=rows,
        note=f"Grey: over fewer than {summary['min_slice_examples']:,} rows, which is too few to judge by. Rates of true "
        f"positives and false negatives are over a slice's positive rows only.{left_out}",
    )


def _gaps(summary: Mapping[str, Any]) -> Iterator[Table]:
    """Yields the table of gaps; one slice alone has none, but may lie far from overall."""
    found = sorted(summary.get("gaps", []), key=lambda gap: gap["metric"].startswith(FAIRNESS))
    if not found:
        return
    left_out = ""
    if len(found) > _GAPS:
        left_out = f" These are the {_GAPS} widest of {len(found):,}; all are in summary.json."
        found = sorted(found, key=lambda gap: -gap["gap"])[:_GAPS]
    titles = ("metric", "by", "slices", "gap", "highest", "lowest", "from overall", "farthest from overall")
    yield Table(
        caption="Gaps: the largest difference between two slices that are large enough to judge",
        columns=[Column(title=title, numeric=title in ("slices", "gap", "from overall")) for title in titles],
        rows=[_gap(summary, gap) for gap in found],
        note="“slices” says how many are large enough; of one alone there is no gap, only a difference from overall. "
        f"Gaps say nothing of their cause, and small ones may be chance: see the intervals.{left_out}",
    )


def _gap(summary: Mapping[str, Any], gap: Mapping[str, Any]) -> list[Cell]:
    name, _, at = gap["metric"].removeprefix(FAIRNESS).partition("@")
    threshold, _, of_class = at.partition("/")
    title = readings.title(summary["task"], gap["metric"] if not at else name)
    words = title + (f" at {threshold}" if at else "") + (f", {of_class}" if of_class else "")
    return [
        text(words),
        text(", ".join(gap["columns"])),
        number(gap["slices"], 0),
        number(gap["gap"] if gap["slices"] > 1 else None),
        _end(gap["highest"]),
        _end(gap["lowest"]),
        Cell(text=f"{gap['from_overall']:+.4f}", sort=abs(gap["from_overall"]))
        if gap["from_overall"] is not None
        else number(None),
        _end(gap["farthest"]),
    ]


def _end(entry: Mapping[str, Any] | None) -> Cell:
    if entry is None:
        return number(None)
    return Cell(text=f"{entry['slice']}: {entry['value']:.4f}", sort=round(entry["value"], 6))
