"""What shuffling costs, by column, and beside it how far each column moves the answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair

from components.reporter import charts
from components.reporter.blocks import Figure
from modules.base import numerals

_ROW = 24  # pixels of a column
_TICKS = 5
_TEST, _TRAINING, _MOVED = "test", "training", "mean |Shapley|"
_COLORS = {_TEST: charts.FIRST, _TRAINING: charts.MUTED, _MOVED: charts.SECOND}


def plot(
    importances: Sequence[Mapping[str, Any]], metric: str, caption: str, moved: Mapping[str, float] | None = None
) -> Figure:
    """Draws importances with their intervals, test rows above training rows.

    Args:
        importances: As the content of the method has them, in the order from top to bottom; at least one.
        metric: The title of the metric.
        caption: The figure's caption.
        moved: Mean absolute Shapley value of each column, if there is one: drawn as bars, on an axis of their own.
    """
    names = [name_of(one) for one in importances]
    shown = [_TEST, _TRAINING, *([_MOVED] if moved else [])]
    scale = altair.Scale(domain=shown, range=[_COLORS[name] for name in shown])
    color = altair.Color("split:N", scale=scale, legend=altair.Legend(title=None, symbolOpacity=1))
    axis = altair.Axis(labelLimit=altair.ExprRef("windowSize()[0] < 600 ? 130 : 300"), ticks=False, domain=False)
    y = altair.Y("columns:N", sort=names, title=None, axis=axis)
    ends = [one[split][end] for one in importances for split in ("test", "training") for end in ("low", "high")]
    low, high = min(0.0, *ends), max(0.0, *ends) or 1e-6
    x = altair.X(
        "value:Q",
        title=f"loss of {metric}",
        scale=altair.Scale(domain=[low, high], nice=False),
        axis=altair.Axis(tickCount=_TICKS),
    )
    zero = altair.Chart(charts.data([{"zero": 0}])).mark_rule(color=charts.MUTED, strokeDash=[2, 3]).encode(x="zero:Q")
    chart = zero + _intervals(_rows(importances, "training", _TRAINING), x, y, color, 5, 1.5)
    chart += _intervals(_rows(importances, "test", _TEST), x, y, color, -3, 2)
    if moved:
        chart = altair.layer(_bars(importances, moved, y, color, low / high), chart).resolve_scale(x="independent")
    return Figure(
        caption=caption,
        description=_described(importances, metric, moved),
        spec=charts.spec(chart.properties(width="container", height=_ROW * len(names))),
    )


def name_of(importance: Mapping[str, Any]) -> str:
    """Returns the columns that were shuffled together, for people."""
    return " + ".join(importance["columns"])


def _rows(importances: Sequence[Mapping[str, Any]], split: str, title: str) -> list[dict[str, Any]]:
    return [
        {"columns": name_of(one), "split": title, **{end: round(value, 5) for end, value in one[split].items()}}
        for one in importances
    ]


def _intervals(rows: list[dict[str, Any]], x: Any, y: Any, color: Any, offset: int, width: float) -> Any:
    base = altair.Chart(charts.data(rows)).encode(y=y, color=color)
    tooltip = [
        charts.tip("columns:N", "shuffled"),
        charts.tip("split:N", "rows"),
        charts.tip("value:Q", "loss", ".4f"),
        charts.tip("low:Q", "95 % interval from", ".4f"),
        charts.tip("high:Q", "to", ".4f"),
    ]
    line = base.mark_rule(strokeWidth=width, yOffset=offset, y2Offset=offset).encode(x=altair.X("low:Q"), x2="high:Q")
    return line + base.mark_point(filled=True, size=20 * width, opacity=1, yOffset=offset).encode(x=x, tooltip=tooltip)


def _bars(
    importances: Sequence[Mapping[str, Any]], moved: Mapping[str, float], y: Any, color: Any, below: float
) -> Any:
    """Returns bars whose axis has its zero where the other axis has it: `below` of its length lies under zero."""
    of_shown = {name: moved[name] for one in importances if (name := name_of(one)) in moved}
    rows = [{"columns": name, "split": _MOVED, "moved": round(value, 5)} for name, value in of_shown.items()]
    most = max(of_shown.values(), default=0.0) or 1.0
    x = altair.X(
        "moved:Q",
        title="mean |Shapley value|",
        scale=altair.Scale(domain=[below * most, most], nice=False),
        axis=altair.Axis(orient="top", grid=False, tickCount=_TICKS),
    )
    tooltip = [charts.tip("columns:N", "column"), charts.tip("moved:Q", "mean |Shapley value|", ".4f")]
    return altair.Chart(charts.data(rows)).mark_bar(opacity=0.3).encode(x=x, y=y, color=color, tooltip=tooltip)


def _described(importances: Sequence[Mapping[str, Any]], metric: str, moved: Mapping[str, float] | None) -> str:
    first = "; ".join(
        f"{name_of(one)} {numerals.written(one['test']['value'], '.4f')} "
        f"({numerals.interval(one['test']['low'], one['test']['high'], '.4f')}), "
        f"training {numerals.written(one['training']['value'], '.4f')}"
        for one in importances[:3]
    )
    said = f"Loss of {metric} when a column is shuffled, on test and training rows. The most costly: {first}."
    if not moved:
        return said
    most = sorted(moved, key=lambda name: -moved[name])[:3]
    return f"{said} The largest mean |Shapley value|: {', '.join(f'{name} {moved[name]:.4f}' for name in most)}."
