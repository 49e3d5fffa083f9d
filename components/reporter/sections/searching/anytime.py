"""Was the search worth its time: its best score so far against epochs and seconds, random search beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Figure, Text
from modules import tasks
from modules.base import numerals

_HEIGHT = 200
_SEARCH, _RANDOM = "search", "random"
# Before this share of all epochs, the best score is that of hardly trained networks, and would squeeze all later ones.
_EARLY = 0.25


def figures(summary: Mapping[str, Any], name: str, metric: tasks.Metric) -> list[Figure]:
    """Draws both curves; none of a search that never found a better trial than its first.

    Args:
        summary: The content of summary.json, with `tuner_progress`.
        name: What people call the strategy.
        metric: What the score is.
    """
    told = summary["tuner_progress"]
    if len(told[_SEARCH]["epochs"]) < 2:
        return []
    named = {_SEARCH: name, **({_RANDOM: "Random search"} if _RANDOM in told else {})}
    return [_figure(told, named, metric, axis) for axis in ("epochs", "seconds")]


def verdict(summary: Mapping[str, Any], name: str, metric: tasks.Metric) -> Text:
    """Says what the strategy bought over random search, or how to see it; the arguments are those of `figures`."""
    told = summary["tuner_progress"]
    return Text(text=_against_random(told, name, metric) if _RANDOM in told else _how_to_see(summary))


def _how_to_see(summary: Mapping[str, Any]) -> str:
    strategy = summary.get("tuner_search", {}).get("strategy")
    if strategy == _RANDOM:
        return (
            "This was random search itself. To see what another strategy buys, give tuner.strategy another, such as "
            "hyperband, and set tuner.compare: true."
        )
    return (
        "tuner.compare: true runs random search as well, with the same budget of epochs, and draws it beside this one."
    )


def _against_random(told: Mapping[str, Any], name: str, metric: tasks.Metric) -> str:
    search, random = (round(told[of]["best"][-1], 4) for of in (_SEARCH, _RANDOM))
    band = told[_RANDOM]["band"]
    low, high = band["low"][-1], band["high"][-1]
    gain = round(search - random, 4) * (1 if metric.higher_is_better else -1)
    how = f"{abs(gain):.4f} {'better' if gain > 0 else 'worse'} than" if gain else "as good as"
    took = f"{told[_RANDOM]['epochs'][-1]:,.0f} epochs against {told[_SEARCH]['epochs'][-1]:,.0f}"
    scores = [numerals.written(score, ".4f") for score in (search, random, low, high)]
    return (
        f"{name} ended {how} random search: validation {metric.title} {scores[0]} against {scores[1]}. "
        f"{_beside_the_spread(gain, high - low)}: nine in ten (shaded) end between {scores[2]} and {scores[3]}. "
        f"This is one run of each, and random search took {took}; its trials chose nothing."
    )


def _beside_the_spread(gain: float, spread: float) -> str:
    """Holds a difference against the spread of draws: the better of two random searches is beyond all the other's."""
    if not gain:
        return f"Draws of random search differ by {spread:.4f}"
    if abs(gain) > spread:
        return f"That is more than the {spread:.4f} by which draws of random search differ"
    return f"Draws of random search differ by {spread:.4f} themselves, so that chance may have made it"


def _figure(told: Mapping[str, Any], named: Mapping[str, str], metric: tasks.Metric, unit: str) -> Figure:
    import altair

    rows = [
        {"x": x, "best": best, "of": title}
        for of, title in named.items()
        for x, best in zip(told[of][unit], told[of]["best"], strict=True)
    ]
    domain = _domain(told, named, metric)
    scale = altair.Scale(domain=domain, nice=False, zero=False)
    x = altair.X("x:Q", title=f"{unit} of all trials").axis(grid=False, tickCount=5)
    y = altair.Y("best:Q", title=None, scale=scale).axis(tickCount=4)
    colours = [charts.SECOND, charts.FIRST][: len(named)]
    legend = altair.Legend(orient="top") if len(named) > 1 else None
    colour = altair.Color("of:N").scale(domain=[*named.values()], range=colours).legend(legend)
    tips = [
        charts.tip("of:N", "search"),
        charts.tip("x:Q", unit, ",.0f"),
        charts.tip("best:Q", f"best validation {metric.title}", ".4f"),
    ]
    line = altair.Chart(charts.data(rows)).encode(x=x, y=y, color=colour)
    layers = [
        line.mark_line(interpolate="step-after", strokeWidth=2, clip=True),
        line.mark_point(filled=True, size=28, opacity=1, clip=True).encode(tooltip=tips),
    ]
    if unit == "epochs" and _RANDOM in named:
        layers.insert(0, _band(told[_RANDOM]["band"], x, scale))
    ends = "; ".join(_reached(told[of], unit, title) for of, title in named.items())
    return Figure(
        caption=f"Best validation {metric.title} so far, against {unit}",
        description=f"Best validation {metric.title} so far, against the {unit} of all trials. {ends}.",
        spec=charts.spec(altair.layer(*layers).properties(width="container", height=_HEIGHT)),
        small=True,
    )


def _band(band: Mapping[str, Sequence[float]], x: Any, scale: Any) -> Any:
    import altair

    rows = [
        {"x": at, "low": low, "high": high}
        for at, low, high in zip(band["epochs"], band["low"], band["high"], strict=True)
    ]
    area = altair.Chart(charts.data(rows)).mark_area(color=charts.FIRST, opacity=0.15, clip=True)
    return area.encode(x=x, y=altair.Y("low:Q", scale=scale, title=None), y2="high:Q")


def _domain(told: Mapping[str, Any], named: Mapping[str, str], metric: tasks.Metric) -> list[float]:
    """Returns the ends of the axis of scores: from what was reached early on to the best."""
    shown = []
    for of in named:
        epochs, best = told[of]["epochs"], told[of]["best"]
        early = [score for at, score in zip(epochs, best, strict=True) if at <= _EARLY * epochs[-1]] or best[:1]
        shown += [early[-1], best[-1]]
    return charts.at_least(shown, None)


def _reached(told: Mapping[str, Sequence[float]], unit: str, title: str) -> str:
    """Returns in words when a search was as good as it got."""
    at = told["best"].index(told["best"][-1])
    best = numerals.written(told["best"][at], ".4f")
    return f"{title}: {best} after {told[unit][at]:,.0f} {unit} of {told[unit][-1]:,.0f}"
