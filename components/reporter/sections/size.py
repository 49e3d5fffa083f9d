"""How small is it: every model from the teacher to the smallest form, in a table and against its quality."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import charts, readings, teaching
from components.reporter.blocks import Block, Cell, Column, Figure, Section, Table, number, percent, text
from modules import tasks

_HEIGHT = 260  # of the plot, in pixels
_LABEL = 16  # height of a label


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; a run that stopped before the Ladder has none."""
    ladder = summary.get("ladder")
    if not ladder:
        return None
    shipped = tasks.rung_name(summary.get("shipped_form", ""))
    blocks: list[Block] = [_table(ladder, summary["task"], shipped), _device_table(ladder, shipped)]
    if "size" in summary:
        blocks.insert(
            0, _plot(ladder, summary["size"], shipped, readings.interval_of(summary, summary["size"]["metric"]))
        )
    if "selection" in summary:
        blocks.append(_tried(summary["selection"]))
    lead = " ".join(filter(None, (_answer(summary, shipped), teaching.note_on_files(summary))))
    return Section(id="size", title="How small is it?", lead=lead, order=40, blocks=blocks)


def _answer(summary: Mapping[str, Any], shipped: str) -> str:
    rungs = {rung["form"]: rung for rung in summary["ladder"]}
    first, last = summary["ladder"][0], rungs.get(shipped)
    if last is None or last is first:
        return f"{len(rungs)} model{' was' if len(rungs) == 1 else 's were'} measured on the test rows."
    metric = tasks.METRICS[summary.get("size", {}).get("metric") or tasks.LADDER[summary["task"]][0]]
    name = next(name for name, known in tasks.METRICS.items() if known is metric)
    before, after = first[name], last[name]
    change = (
        "the same"
        if f"{after - before:.4f}" in ("0.0000", "-0.0000")
        else (f"{abs(after - before):.4f} {'higher' if after > before else 'lower'}")
    )
    known = readings.interval_of(summary, name)
    told = ", which lies within its 95 % interval" if known and known[0] <= before <= known[1] else ""
    return (
        f"The {shipped} model that ships is {first['gzip_bytes'] / last['gzip_bytes']:.1f} times smaller than the "
        f"{first['form']}: {last['gzip_bytes']:,} bytes after gzip instead of {first['gzip_bytes']:,}. "
        f"Its {metric.title} is {change}: {after:.4f}, and the {first['form']}'s {before:.4f}{told}."
    )


def _table(ladder: Sequence[dict[str, Any]], task: str, shipped: str) -> Table:
    metrics = tasks.LADDER[task]
    titles = [tasks.METRICS[name].title for name in metrics]
    return Table(
        caption="Ladder: every model, measured on the test rows",
        columns=[
            Column(title="form", numeric=False),
            *(Column(title=title) for title in [*titles, "bytes", "after gzip", "sparsity", "p50, µs", "p99, µs"]),
        ],
        rows=[
            [
                _name(rung, shipped),
                *(number(rung.get(name)) for name in metrics),
                number(rung["bytes"], 0),
                number(rung["gzip_bytes"], 0),
                percent(rung["sparsity"], 0),
                number(rung["latency_p50_us"], 0),
                number(rung["latency_p99_us"], 0),
            ]
            for rung in ladder
        ],
        note="Latency of one row, one thread, preprocessing included: the median (p50) and the 99th percentile (p99).",
    )


def _device_table(ladder: Sequence[dict[str, Any]], shipped: str) -> Table:
    titles = ["time of a row, ratio", "memory, bytes", "kernel difference", "decisions changed"]
    return Table(
        caption="On a device: what every model takes, and how far its answers depend on the kernels",
        columns=[Column(title="form", numeric=False), *(Column(title=title) for title in titles)],
        rows=[
            [
                _name(rung, shipped),
                number(rung.get("latency_ratio"), 2),
                number(rung.get("memory_bytes"), 0),
                _rounded(rung.get("kernel_difference")),
                percent(rung.get("kernel_changed_decisions"), 2),
            ]
            for rung in ladder
        ],
        note="Time: over that of a product of two matrices of 32 by 32, timed in turn. Memory: what LiteRT allocates "
        "to open the file and answer one row. Difference and decisions: between the delegate that apps use by default "
        "and the reference kernels, over the test rows.",
    )


def _name(rung: Mapping[str, Any], shipped: str) -> Cell:
    return text(f"{rung['form']} (ships)", "good") if rung["form"] == shipped else text(rung["form"])


def _rounded(difference: float | None) -> Cell:
    """Returns a cell with two significant digits: differences span many orders of magnitude."""
    return number(None) if difference is None else Cell(text=f"{difference:.2g}", sort=difference)


def _tried(selection: Mapping[str, Any]) -> Table:
    """Returns which form was taken, and why each of the others was passed over."""
    title = tasks.METRICS[selection["metric"]].title
    rows = [
        [
            text(one["form"], "good" if one["chosen"] else ""),
            number(one["bytes"], 0),
            number(one["metrics"].get(selection["metric"])),
            text(one["why"]),
        ]
        for one in selection["forms"]
    ]
    threshold = selection["threshold"]
    note = f"Chosen on {selection['rows']:,} validation rows."
    if threshold is not None:
        note += f" Decision threshold {threshold:g}: {selection['threshold_how']}."
    if selection["threshold_notice"]:
        note += f" {selection['threshold_notice'][0].upper()}{selection['threshold_notice'][1:]}."
    columns = [("form", False), ("bytes", True), (f"{title} on validation rows", True), ("why", False)]
    return Table(
        caption="Which form was taken, and why the others were passed over",
        columns=[Column(title=name, numeric=numeric) for name, numeric in columns],
        rows=rows,
        note=note,
    )


def _within(scores: Sequence[float], known: tuple[float, float] | None) -> str:
    """Returns the end of a caption that says what the band is, and what it means for the models."""
    if not known:
        return ""
    inside = sum(known[0] <= score <= known[1] for score in scores)
    which = f"all {len(scores)}" if inside == len(scores) else f"{inside} of {len(scores)}"
    return f"; band: the 95 % interval of the form that ships, within which {which} models lie"


def spread(values: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Moves places apart so that neighbours have a gap, within bounds if there is room; their order stays.

    Args:
        values: Places in any order.
        gap: The least distance between two.
        low: The lowest place.
        high: The highest one.
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    placed = [0.0] * len(values)
    for rank, i in enumerate(order):
        least = low if rank == 0 else placed[order[rank - 1]] + gap
        placed[i] = max(values[i], least)
    above = high
    for i in reversed(order):
        placed[i] = min(placed[i], above)
        above = placed[i] - gap
    return placed


def _plot(
    ladder: Sequence[dict[str, Any]], size: Mapping[str, Any], shipped: str, known: tuple[float, float] | None
) -> Figure:
    """Draws size against quality, on an axis that shows the interval: what lies within it is no ranking."""
    import altair

    metric = tasks.METRICS[size["metric"]]
    scores = [rung[size["metric"]] for rung in ladder]
    ends = [*scores, *(known or ())]
    margin = (max(ends) - min(ends)) * 0.08 or abs(scores[0]) * 0.01 or 0.01
    low, high = min(ends) - margin, max(ends) + margin
    labels = spread(scores, (high - low) * _LABEL / _HEIGHT, low, high)
    rows = [
        {
            "form": rung["form"],
            "size": rung["gzip_bytes"],
            "score": score,
            "label": label,
            "ships": rung["form"] == shipped,
        }
        for rung, score, label in zip(ladder, scores, labels, strict=True)
    ]
    front = [row for form in size["front"] for row in rows if row["form"] == form]
    x = altair.X("size:Q", title="bytes after gzip (log scale)").scale(type="log", nice=False, padding=12)
    x = x.axis(format="~s", tickCount=4, grid=False)
    scale = altair.Scale(domain=[low, high], zero=False, nice=False)
    y = altair.Y("score:Q", title=metric.title, scale=scale)
    colour = altair.condition("datum.ships", altair.value(charts.SECOND), altair.value(charts.FIRST))
    tips = [
        charts.tip("form:N", "form"),
        charts.tip("size:Q", "bytes after gzip", ","),
        charts.tip("score:Q", metric.title, ".4f"),
    ]
    base = altair.Chart(charts.data(rows))
    line = altair.Chart(charts.data(front)).mark_line(interpolate="step-after", strokeDash=[4, 3], strokeWidth=1.5)
    leaders = base.mark_rule(color="currentColor", opacity=0.25).encode(
        x=x, y=y, x2=altair.value("width"), y2=altair.Y2("label:Q")
    )
    points = base.mark_point(filled=True, opacity=1).encode(
        x=x,
        y=y,
        color=colour,
        size=altair.condition("datum.ships", altair.value(150), altair.value(70)),
        shape=altair.condition("datum.ships", altair.value("diamond"), altair.value("circle")),
        tooltip=tips,
    )
    names = base.mark_text(align="left", dx=5, fontSize=11, color="currentColor").encode(
        x=altair.value("width"),
        y=altair.Y("label:Q", scale=scale, title=metric.title),
        text=altair.condition("datum.ships", altair.value(f"{shipped} (ships)"), altair.Text("form:N")),
    )
    layers = [line.encode(x=x, y=y), leaders, points, names]
    if known:
        band = altair.Chart(charts.data([{"low": known[0], "high": known[1]}])).mark_rect(
            color=charts.SECOND, opacity=0.12
        )
        title = f"95 % interval of {metric.title} from"
        band_tips = [charts.tip("low:Q", title, ".4f"), charts.tip("high:Q", "to", ".4f")]
        layers.insert(
            0, band.encode(y=altair.Y("low:Q", scale=scale, title=metric.title), y2="high:Q", tooltip=band_tips)
        )
    chart = altair.layer(*layers).properties(width="container", height=_HEIGHT)
    best = max(rows, key=lambda row: row["score"] if metric.higher_is_better else -row["score"])
    smallest = min(rows, key=lambda row: row["size"])
    on_front = "the dashed line joins the models that no other one beats in both"
    if len(front) == 1:
        on_front = f"no other model is as small as {front[0]['form']} and as good"
    return Figure(
        caption=f"Size against {metric.title}: {on_front}{_within(scores, known)}",
        description=(
            f"The best {metric.title}, {best['score']:.4f}, is the {best['form']}'s with {best['size']:,} bytes after "
            f"gzip; the smallest model is {smallest['form']}: {smallest['size']:,} bytes, {smallest['score']:.4f}. "
            f"On the Pareto front: {', '.join(size['front'])}."
        ),
        spec=charts.spec(chart),
    )
