"""Every model of the ladder by size and quality, and the line of those that no other one beats in both."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Figure
from modules import tasks
from modules.base import numerals

_HEIGHT = 260  # of the plot, in pixels
_LABEL = 16  # height of a label
# What each size is called, and under which name `size` of the summary holds its front.
_SIZES = {"bytes": ("bytes", "front"), "gzip_bytes": ("bytes after gzip", "gzip_front")}
_UNCOMPRESSED = ("teacher", "student")


def figures(ladder: Sequence[dict[str, Any]], size: Mapping[str, Any], shipped: str) -> Iterator[Figure]:
    """Yields a figure for the size of the file, and one for its size after gzip.

    Args:
        ladder: The models; where `low` and `high` are there, they are drawn as the metric's interval.
        size: `metric`, and the names of the models on each front.
        shipped: The name of the one that ships, or would.
    """
    for key, (title, front) in _SIZES.items():
        if front in size:
            yield _figure(ladder, key, title, size["metric"], size[front], shipped)


def _figure(
    ladder: Sequence[dict[str, Any]], key: str, title: str, metric_name: str, front: Sequence[str], shipped: str
) -> Figure:
    """Draws size against quality, on an axis that shows the intervals: what lies within them is no ranking."""
    import altair

    metric = tasks.METRICS[metric_name]
    rows = _rows(ladder, key, metric_name, front, shipped)
    scale = altair.Scale(domain=_domain(rows), zero=False, nice=False)
    x = altair.X("size:Q", title=f"{title} (log scale)").scale(type="log", nice=False, padding=12)
    x = x.axis(format="~s", tickCount=4, grid=False)
    y = altair.Y("score:Q", title=metric.title, scale=scale)
    colour = altair.condition("datum.ships", altair.value(charts.SECOND), altair.value(charts.FIRST))
    solid = altair.condition("datum.label != null", altair.value(1.0), altair.value(0.45))
    tips = [
        charts.tip("form:N", "form"),
        charts.tip("bytes:Q", "bytes", ","),
        charts.tip("gzip:Q", "bytes after gzip", ","),
        charts.tip("score:Q", metric.title, ".4f"),
        charts.tip("interval:N", "95 % interval"),
    ]
    base = altair.Chart(charts.data(rows))
    joined = [row for form in front for row in rows if row["form"] == form]
    line = altair.Chart(charts.data(joined)).mark_line(interpolate="step-after", strokeDash=[4, 3], strokeWidth=1.5)
    named = base.transform_filter("datum.label != null")
    layers = [
        base.transform_filter("datum.low != null")
        .mark_rule(opacity=0.35, strokeWidth=1.5)
        .encode(x=x, y=altair.Y("low:Q", scale=scale, title=metric.title), y2="high:Q", color=colour),
        line.encode(x=x, y=y),
        named.mark_rule(color="currentColor", opacity=0.25).encode(
            x=x, y=y, x2=altair.value("width"), y2=altair.Y2("label:Q")
        ),
        base.mark_point(filled=True).encode(
            x=x,
            y=y,
            color=colour,
            opacity=solid,
            size=altair.condition("datum.ships", altair.value(150), altair.value(70)),
            shape=altair.condition("datum.ships", altair.value("diamond"), altair.value("circle")),
            tooltip=tips,
        ),
        named.mark_text(align="left", dx=5, fontSize=11, color="currentColor").encode(
            x=altair.value("width"),
            y=altair.Y("label:Q", scale=scale, title=metric.title),
            text=altair.condition("datum.ships", altair.value(f"{shipped} (ships)"), altair.Text("form:N")),
        ),
    ]
    best = max(rows, key=lambda row: row["score"] if metric.higher_is_better else -row["score"])
    smallest = min(rows, key=lambda row: row["size"])
    on_front = "the dashed line joins the models that no other one beats in both"
    if len(front) == 1:
        on_front = f"no other model is as small as {front[0]} and as good"
    bars = "; bars: 95 % intervals over the test rows" if any(row["low"] is not None for row in rows) else ""
    return Figure(
        caption=f"{metric.title} against {title}: {on_front}{bars}{_within(rows)}",
        description=(
            f"The best {metric.title}, {numerals.written(best['score'], '.4f')}, is the {best['form']}'s "
            f"with {best['size']:,} {title}; the smallest model is {smallest['form']}: "
            f"{smallest['size']:,} {title}, {numerals.written(smallest['score'], '.4f')}. "
            f"On the Pareto front: {', '.join(front)}."
        ),
        spec=charts.spec(altair.layer(*layers).properties(width="container", height=_HEIGHT)),
    )


def _rows(
    ladder: Sequence[dict[str, Any]], key: str, metric: str, front: Sequence[str], shipped: str
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "form": rung["form"],
            "size": rung[key],
            "bytes": rung["bytes"],
            "gzip": rung["gzip_bytes"],
            "score": rung[metric],
            "low": (low := rung.get("low")),
            "high": rung.get("high"),
            "interval": "–" if low is None else numerals.interval(low, rung["high"], ".4f"),
            "label": None,
            "ships": rung["form"] == shipped,
        }
        for rung in ladder
    ]
    named = [row for row in rows if row["form"] in {*front, *_UNCOMPRESSED, shipped}]
    low, high = _domain(rows)
    places = spread([row["score"] for row in named], (high - low) * _LABEL / _HEIGHT, low, high)
    for row, place in zip(named, places, strict=True):
        row["label"] = place
    return rows


def _domain(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    ends = [row[name] for row in rows for name in ("score", "low", "high") if row[name] is not None]
    margin = (max(ends) - min(ends)) * 0.08 or abs(ends[0]) * 0.01 or 0.01
    return min(ends) - margin, max(ends) + margin


def _within(rows: Sequence[Mapping[str, Any]]) -> str:
    """Returns the end of a caption that says how many models the interval of the one that ships does not tell apart."""
    ships = next((row for row in rows if row["ships"] and row["low"] is not None), None)
    if ships is None:
        return ""
    inside = sum(ships["low"] <= row["score"] <= ships["high"] for row in rows)
    which = f"all {len(rows)}" if inside == len(rows) else f"{inside} of {len(rows)}"
    return f", and in that of the one that ships lie {which} models"


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
