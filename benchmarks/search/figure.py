"""The regret of each strategy against the epochs that it has spent, as a picture."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from benchmarks.search import regret
from benchmarks.search.table import SearchTable
from modules import tasks

_WIDTH, _HEIGHT = 400, 280
_EVERY = 3  # epochs between two points of a curve
# Okabe and Ito's colours, without the two that vanish on white; random search is black, and dashed.
_COLOURS = {
    "random": "#000000",
    "hyperband": "#0072b2",
    "grid": "#8a8f98",
    "bayesian": "#d55e00",
    "evolution": "#009e73",
    "reinforce": "#cc79a7",
}
_CONFIG: dict[str, Any] = {
    "background": "white",
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {"gridOpacity": 0.5, "titleFontWeight": "normal"},
    "legend": {"orient": "top", "title": None, "symbolStrokeWidth": 2},
}


class Curve(NamedTuple):
    """The mean regret of a strategy on a table.

    Attributes:
        epochs: Epochs spent.
        means: The mean over the replays after each.
        lows: The lower ends of its 95 % intervals.
        highs: The upper ends.
    """

    epochs: Sequence[int]
    means: np.ndarray
    lows: np.ndarray
    highs: np.ndarray


def curves(table: SearchTable, replays: Mapping[str, np.ndarray]) -> dict[str, Curve]:
    """Returns the mean regret of each strategy, from where its slowest replay has a first trial's score.

    Args:
        table: The table.
        replays: The choices of each strategy's replays, int64 [replays, budget + 1].
    """
    drawn = {}
    for name, choices in replays.items():
        first = int((choices != regret.NONE).all(axis=0).argmax())
        values = regret.of_choices(table, choices[:, first:])
        lows, highs = zip(*(regret.mean_interval(column) for column in values.T), strict=True)
        epochs = range(first, first + values.shape[1])
        drawn[name] = Curve(epochs, values.mean(axis=0), np.array(lows), np.array(highs))
    return drawn


def svg(curves: Mapping[str, Mapping[str, Curve]], metrics: Mapping[str, str]) -> str:
    """Draws a panel per table.

    Args:
        curves: By table and strategy.
        metrics: The name of each table's metric in `tasks.METRICS`.
    """
    import altair
    import vl_convert

    panels = [_panel(table, of_table, metrics[table]) for table, of_table in curves.items()]
    chart = altair.hconcat(*panels).resolve_scale(y="independent")
    with altair.data_transformers.enable(max_rows=None):
        spec = chart.to_dict() | {"config": _CONFIG}
    return str(vl_convert.vegalite_to_svg(spec)) + "\n"


def _panel(table: str, curves: Mapping[str, Curve], metric: str) -> Any:
    import altair

    rows = [
        {"strategy": name, "epochs": epochs, "mean": float(mean), "low": float(low), "high": float(high)}
        for name, curve in curves.items()
        for epochs, mean, low, high in zip(*curve, strict=True)
        if epochs == curve.epochs[0] or not epochs % _EVERY
    ]
    names = [name for name in _COLOURS if name in curves]
    scale = altair.Scale(domain=names, range=[_COLOURS[name] for name in names])
    # What is 0, or an interval's end near it, lies on the lower edge.
    floor = min(float(mean) for curve in curves.values() for mean in curve.means if mean > 0) / 2
    y_scale = altair.Scale(type="log", domainMin=floor, clamp=True, nice=False)
    title = f"mean regret, {tasks.METRICS[metric].title} (log scale)"
    base = altair.Chart(altair.Data(values=rows)).encode(x=altair.X("epochs:Q", title="epochs of all trials together"))
    band = base.mark_area(opacity=0.12).encode(
        y=altair.Y("low:Q", scale=y_scale, title=title),
        y2="high:Q",
        color=altair.Color("strategy:N", scale=scale, legend=None),
    )
    line = base.mark_line(strokeWidth=1.6).encode(
        y=altair.Y("mean:Q", scale=y_scale, title=title),
        color=altair.Color("strategy:N", scale=scale),
        strokeDash=altair.condition("datum.strategy == 'random'", altair.value([5, 3]), altair.value([1, 0])),
    )
    return (
        altair.layer(band, line)
        .resolve_legend(color="independent")
        .properties(width=_WIDTH, height=_HEIGHT, title=table)
    )
