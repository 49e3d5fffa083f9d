"""Interval plots: a metric by slice, with overall as a line."""

from collections.abc import Sequence
from typing import Any

import altair

from components.reporter import charts
from components.reporter.blocks import Figure
from components.reporter.readings import Reading
from modules.base import numerals

_ROW, _LINE = 20, 12  # pixels of a slice with one line, and of each further line
# A narrow figure shows the columns of a slice one below the other.
_ALWAYS, _ON_A_PHONE = "true", "windowSize()[0] < 600"


def interval_plot(
    readings: Sequence[tuple[str, Reading]], overall: Reading | None, title: str, caption: str, *, small: bool = False
) -> Figure:
    """Draws a metric by slice.

    Args:
        readings: Slices by name with what they measure, in the order from top to bottom; at least one.
        overall: The metric overall.
        title: The metric's name.
        caption: The figure's caption.
        small: Whether several such figures stand side by side; names are broken into lines then.
    """
    rows = [_row(name, reading) for name, reading in readings]
    names = [row["slice"] for row in rows]
    narrow = _ALWAYS if small else _ON_A_PHONE
    axis = altair.Axis(
        labelLimit=altair.ExprRef(f"{narrow} ? 160 : 300"),
        labelExpr=f"{narrow} ? split(datum.label, ', ') : datum.label",
        labelLineHeight=_LINE,
        ticks=False,
        domain=False,
    )
    y = altair.Y("slice:N", sort=names, title=None, axis=axis)
    color = altair.Color(
        "size:N",
        legend=None,
        scale=altair.Scale(domain=["large", "small"], range=[charts.FIRST, charts.MUTED]),
    )
    points = altair.Chart(charts.data(rows)).encode(y=y, color=color)
    scale = altair.Scale(zero=False, nice=True)
    x = altair.X("value:Q", title=title, scale=scale, axis=altair.Axis(tickCount=4 if small else 6))
    tooltip = [
        charts.tip("slice:N", "slice"),
        charts.tip("value:Q", title, ".4f"),
        charts.tip("low:Q", "95 % interval from", ".4f"),
        charts.tip("high:Q", "to", ".4f"),
        charts.tip("rows:Q", "rows", ","),
    ]
    chart = points.mark_rule(strokeWidth=2).encode(x=altair.X("low:Q", scale=scale), x2=altair.X2("high:Q"))
    chart += points.mark_point(filled=True, size=45, opacity=1).encode(x=x, tooltip=tooltip)
    if overall is not None:
        at = altair.Chart(charts.data([{"overall": round(overall.value, 5)}]))
        chart = at.mark_rule(color=charts.SECOND, strokeWidth=1.5).encode(x=altair.X("overall:Q")) + chart
    broken = (_ROW + _LINE // 2 * max(name.count(", ") for name in names)) * len(rows)
    height = broken if small else _ROW * len(rows)
    return Figure(
        small=small,
        caption=caption,
        description=_described(readings, overall, title),
        spec=charts.spec(
            chart.properties(width="container", height=height, usermeta={"heightOnPhone": broken}),
        ),
    )


def _row(name: str, reading: Reading) -> dict[str, Any]:
    # Without an interval the line has no length.
    low = reading.value if reading.low is None else reading.low
    high = reading.value if reading.high is None else reading.high
    return {
        "slice": name,
        "value": round(reading.value, 5),
        "low": round(low, 5),
        "high": round(high, 5),
        "rows": round(reading.rows),
        "size": "small" if reading.small else "large",
    }


def _described(readings: Sequence[tuple[str, Reading]], overall: Reading | None, title: str) -> str:
    (low, lowest), (high, highest) = (choose(readings, key=lambda one: one[1].value) for choose in (min, max))
    small = sum(reading.small for _, reading in readings)
    first, last = (numerals.written(one.value, ".4f") for one in (lowest, highest))
    said = f"{title} of {len(readings)} slices, from {first} ({low}) to {last} ({high})"
    said += f"; overall {numerals.written(overall.value, '.4f')}" if overall is not None else ""
    return said + (f"; {small} of them are too small to judge." if small else ".")
