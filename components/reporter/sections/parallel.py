"""Parallel coordinates: one line per trial across the axes of its hyperparameters, coloured by its score."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Figure
from modules import tasks
from modules.base import numerals

_WIDE = 30  # from which ratio of the largest to the smallest value on an axis is a logarithm's
_HEIGHT = 260
_WIDEST = 1_170  # pixels: what fits the page
_AXES = 9  # more are not told apart
_UNUSED = "not used"
_ROOM = 0.14  # of an axis, below its values, for trials that lack the hyperparameter


def parameters(trials: Sequence[Mapping[str, Any]]) -> list[str]:
    """Returns the names of the hyperparameters; what the search notes on a trial is named `tuner/…` or `trial/…`."""
    names = dict.fromkeys(name for trial in trials for name in trial)
    return [name for name in names if name not in ("trial_id", "score") and "/" not in name]


def varied(trials: Sequence[Mapping[str, Any]], by_importance: Sequence[str] = ()) -> list[str]:
    """Returns the hyperparameters that differ between trials, of many of them those that matter most.

    Args:
        trials: The trials.
        by_importance: Hyperparameters, the most important one first; empty where nobody knows.
    """
    names = [name for name in parameters(trials) if len({trial.get(name) for trial in trials}) > 1]
    if len(names) <= _AXES:
        return names
    rank = {name: at for at, name in enumerate(by_importance)}
    chosen = sorted(names, key=lambda name: rank.get(name, len(rank)))[:_AXES]
    return [name for name in names if name in chosen]


def is_numeric(trials: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Tells whether all values of a hyperparameter are numbers."""
    values = [trial[name] for trial in trials if name in trial]
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def axis(values: Sequence[Any]) -> tuple[list[float], list[tuple[float, str]]]:
    """Lays values out on an axis from 0 to 1.

    Few different values stand at equal distances, numbers in their order; many numbers stand where they lie between the
    smallest and the largest, or where their logarithms do if they span a factor of 30 or are rates below one.

    Args:
        values: One value per trial; None, below all others, of one that lacks the hyperparameter.

    Returns:
        The place of each value, and the ticks as places with their text.
    """
    if None in values:
        places, ticks = axis([value for value in values if value is not None])
        place_of = iter(_ROOM + (1 - _ROOM) * place for place in places)
        raised = [(_ROOM + (1 - _ROOM) * place, told) for place, told in ticks]
        return [0.0 if value is None else next(place_of) for value in values], [(0.0, _UNUSED), *raised]
    numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    known = sorted(set(values)) if numeric else sorted(set(values), key=str)
    if len(known) <= 6 or not numeric:
        step = 1 / max(1, len(known) - 1)
        place = {value: number * step if len(known) > 1 else 0.5 for number, value in enumerate(known)}
        return [place[value] for value in values], [(place[value], _short(value)) for value in known]
    low, high = known[0], known[-1]
    log = low > 0 and (high / low >= _WIDE or high < 1)
    scale = math.log if log else float
    span = scale(high) - scale(low)
    middle = math.exp((math.log(low) + math.log(high)) / 2) if log else (low + high) / 2
    ticks = [(0.0, _short(low)), (0.5, _short(middle)), (1.0, _short(high))]
    return [(scale(value) - scale(low)) / span for value in values], ticks


def figure(trials: Sequence[Mapping[str, Any]], names: Sequence[str], metric: tasks.Metric) -> Figure:
    """Draws the parallel coordinates.

    Args:
        trials: The trials, the chosen one first.
        names: The hyperparameters that are drawn, at least one.
        metric: What the score is.
    """
    import altair

    scores = sorted((trial["score"] for trial in trials), reverse=metric.higher_is_better)
    # The worst trials of a search may be far off: those below the lower quartile share its place and its colour.
    floor = scores[math.ceil(3 * (len(scores) - 1) / 4)]
    lines, ticks = _layout(trials, names, floor, metric.higher_is_better)
    axes = [*(name.replace("_", " ") for name in names), f"validation {metric.title}"]
    colour = altair.Color("score:Q", title=f"validation {metric.title}").scale(
        domain=[floor, scores[0]] if floor != scores[0] else [scores[0] - 1, scores[0]],
        range=[charts.MUTED, charts.SECOND],
        clamp=True,
        interpolate="rgb",
    )
    legend = altair.Legend(orient="bottom", gradientLength=180, gradientThickness=8, tickCount=3)
    x = altair.X("axis:N", title=None, sort=axes).scale(type="point", padding=0.35)
    x = x.axis(labelAngle=0, orient="top", domain=False, ticks=False, grid=True, gridOpacity=0.4, labelLimit=140)
    place = altair.Y("place:Q", axis=None).scale(domain=[-0.05, 1.05])
    drawn = altair.Chart(charts.data([row | {"axis": axes[row["at"]]} for row in lines]))
    tips = [charts.tip("trial:N", "trial"), charts.tip("score:Q", f"validation {metric.title}", ".4f")]
    line = drawn.mark_line(interpolate="monotone").encode(
        x=x,
        y=place,
        detail="trial:N",
        color=colour.legend(legend),
        opacity=altair.condition("datum.best", altair.value(1), altair.value(0.55)),
        strokeWidth=altair.condition("datum.best", altair.value(3), altair.value(1.3)),
        tooltip=tips,
    )
    marks = altair.Chart(charts.data([{"axis": axes[at], "place": y, "text": told} for at, y, told in ticks]))
    written: dict[str, Any] = {"align": "left", "dx": 6, "fontSize": 11}
    halo = marks.mark_text(**written, stroke="var(--page)", strokeWidth=4, opacity=0.85)
    words = [
        mark.encode(x=x, y=place, text="text:N") for mark in (halo, marks.mark_text(**written, color="currentColor"))
    ]
    chart = altair.layer(line, *words).properties(width=max(560, min(_WIDEST, 140 * len(axes))), height=_HEIGHT)
    best = trials[0]
    told = ", ".join(f"{name.replace('_', ' ')} {_short(best[name])}" for name in names if name in best)
    left_out = len(parameters(trials)) - len(names)
    which = f", of {len(names)} hyperparameters; the other {left_out} are equal or matter less" if left_out else ""
    return Figure(
        caption=f"Hyperparameters: one line per trial, the chosen one bold{which}",
        description=(
            f"{len(trials)} trials; validation {metric.title} from {_short(scores[-1])} to {_short(scores[0])}. "
            f"The chosen trial has {told}."
        ),
        spec=charts.spec(chart),
        wide=True,
    )


def _layout(
    trials: Sequence[Mapping[str, Any]], names: Sequence[str], floor: float, higher_is_better: bool
) -> tuple[list[dict[str, Any]], list[tuple[int, float, str]]]:
    """Returns one row per trial and axis, and the ticks as (number of the axis, place, text): good scores on top.

    Args:
        trials: The trials, the chosen one first.
        names: The hyperparameters; the last axis is that of the scores.
        floor: A score; those that are worse stand where it stands.
        higher_is_better: Whether a high score is a good one.
    """
    axes = [axis([trial.get(name) for trial in trials]) for name in names]
    axes.append(_scores([trial["score"] for trial in trials], floor, higher_is_better))
    ticks = [(at, place, told) for at, (_, marks) in enumerate(axes) for place, told in marks]
    rows = [
        {
            "trial": str(trial["trial_id"]),
            "score": trial["score"],
            "at": at,
            "place": round(place, 4),
            "best": not number,
        }
        for at, (places, _) in enumerate(axes)
        for number, (trial, place) in enumerate(zip(trials, places, strict=True))
    ]
    return rows[::-1], ticks  # the chosen one is drawn last, on top


def _scores(
    scores: Sequence[float], floor: float, higher_is_better: bool
) -> tuple[list[float], list[tuple[float, str]]]:
    """Returns the places of scores, and ticks; the sign says that worse ones than the floor stand there, too."""
    worst, best = sorted((min(scores), max(scores)), reverse=not higher_is_better)
    if best == floor:
        return [0.5 if score == best else 0.0 for score in scores], [(0.5, _short(best))]
    places = [max(0.0, (score - floor) / (best - floor)) for score in scores]
    beyond = "" if worst == floor else "≤ " if higher_is_better else "≥ "
    middle = (best + floor) / 2
    return places, [(0.0, beyond + _short(floor)), (0.5, _short(middle)), (1.0, _short(best))]


def _short(value: Any) -> str:
    return numerals.written(value, ".4g") if isinstance(value, float) else str(value)
