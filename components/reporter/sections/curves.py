"""Learning curves: how a score and a loss change from epoch to epoch."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Figure
from modules import tasks
from modules.base import numerals

_TITLES = {"teacher": "Teacher", "student": "Student", "pruner": "Pruning", "quantizer": "Quantization-aware training"}
_HEIGHT = 150


def title(step: str) -> str:
    """Returns what people call a training."""
    return _TITLES.get(step, step)


def of_step(step: str, curve: Mapping[str, Any], metric: str, known: tuple[float, float] | None = None) -> list[Figure]:
    """Draws what a training watched and its loss, with the best epoch marked.

    Args:
        step: What was trained.
        curve: Its learning curves: `epochs`, a value an epoch by name, the name `monitor` of what was watched, and
            `best_epoch`.
        metric: The watched metric as people call it.
        known: Its 95 % interval over the test rows: the axis spans at least as much.
    """
    best, monitor = curve["best_epoch"], curve["monitor"]
    if "unit" in curve:  # trained by folds: no validation row was looked at
        told = {"training": curve["loss"], "held out": curve["val_loss"]}
        return [_figure(f"{title(step)}: loss, mean of the folds", told, curve["epochs"], best, unit=curve["unit"])]
    figures = [_figure(f"{title(step)}: validation {metric}", {metric: curve[monitor]}, curve["epochs"], best, known)]
    told = {"training": curve.get("loss"), "validation": curve.get("val_loss")}
    losses: dict[str, Any] = {name: values for name, values in told.items() if values}
    return [*figures, _figure(f"{title(step)}: loss", losses, curve["epochs"], best)] if losses else figures


def _figure(
    caption: str,
    series: Mapping[str, Sequence[float | None]],
    epochs: Sequence[int],
    best: int | None,
    interval: tuple[float, float] | None = None,
    unit: str = "epoch",
) -> Figure:
    import altair

    rows: list[dict[str, Any]] = [
        {"epoch": epoch, "value": value, "of": name}
        for name, values in series.items()
        for epoch, value in zip(epochs, values, strict=True)
        if value is not None
    ]
    x = _epochs(epochs[0], epochs[-1], unit)
    y = altair.Y("value:Q", title=None).scale(zero=False)
    if interval and rows:
        y = y.scale(domain=charts.at_least([row["value"] for row in rows], interval), nice=False)
    legend = altair.Legend(orient="top") if len(series) > 1 else None
    base = altair.Chart(charts.data(rows)).encode(
        x=x, y=y.axis(tickCount=4), color=altair.Color("of:N", sort=list(series)).legend(legend)
    )
    tips = [charts.tip("epoch:Q", unit), charts.tip("of:N", "what"), charts.tip("value:Q", "value", ".5f")]
    layers = [base.mark_line(point=altair.OverlayMarkDef(size=20)).encode(tooltip=tips)]
    told = []
    for name, values in series.items():
        at = dict(zip(epochs, values, strict=True))
        value = at.get(best) if best is not None else None
        if value is not None:
            told.append(f"{name} {numerals.written(value, '.4f')}")
    if told:
        mark = altair.Chart(charts.data([{"epoch": best, "text": f"best: {unit} {best}"}])).encode(x=x)
        layers.append(mark.mark_rule(strokeDash=[3, 3], color="currentColor", opacity=0.6))
        right = best > (epochs[0] + epochs[-1]) / 2  # type: ignore[operator]
        side: dict[str, Any] = {"align": "right", "dx": -4} if right else {"align": "left", "dx": 4}
        layers.append(
            mark.mark_text(**side, baseline="bottom", dy=-3, fontSize=10, color="currentColor").encode(
                text=altair.Text("text:N"), y=altair.YValue(0)
            )
        )
    chart = altair.layer(*layers).properties(width="container", height=_HEIGHT)
    ends = "; ".join(
        f"{name} from {numerals.interval(known[0], known[-1], '.4f')}"
        for name, values in series.items()
        if (known := [value for value in values if value is not None])
    )
    kept = f" The best {unit} is {best}: {', '.join(told)}." if told else ""
    return Figure(
        caption=caption,
        description=f"{caption} over {unit}s {epochs[0]} to {epochs[-1]}: {ends or 'no number'}.{kept}",
        spec=charts.spec(chart),
        small=True,
    )


def _epochs(first: int, last: int, unit: str = "epoch") -> Any:
    """Returns an axis whose ticks are whole epochs, or whatever the unit is."""
    import altair

    ticks = list(range(first, last + 1, max(1, math.ceil((last - first) / 6))))
    axis = altair.Axis(values=ticks, format="d", grid=False)
    return altair.X("epoch:Q", title=unit, axis=axis).scale(domain=[first, max(last, first + 1)], nice=False)


def _with_earlier(trial: str, earlier: Mapping[str, Any]) -> set[str]:
    """Returns a trial and those of earlier rounds that it went on from."""
    found: set[str] = set()
    at: str | None = trial
    while at and at not in found:
        found.add(at)
        at = earlier.get(at)
    return found


def _without_early(values: Sequence[float], higher_is_better: bool) -> list[float]:
    """Returns values without the worst tenth: those of first epochs, which would squeeze all others."""
    ordered = sorted(values, reverse=not higher_is_better)
    return ordered[len(ordered) // 10 :]


def of_trials(
    histories: Sequence[Mapping[str, Any]],
    trials: Sequence[Mapping[str, Any]],
    metric: tasks.Metric,
    known: tuple[float, float] | None = None,
) -> Figure:
    """Draws the watched metric of all trials, the chosen one, and what it went on from, in colour.

    Args:
        histories: The learning curves of the trials.
        trials: The trials, the chosen one first. One that went on from an earlier round's begins where that one ended.
        metric: The watched metric.
        known: As for `of_step`.
    """
    import altair

    curves = {
        curve["step"]: [
            (epoch, value)
            for epoch, value in zip(curve["epochs"], curve[curve["monitor"]], strict=True)
            if value is not None
        ]
        for curve in histories
    }
    earlier = {trial["trial_id"]: trial.get("tuner/trial_id") for trial in trials}
    best = _with_earlier(trials[0]["trial_id"] if trials else next(iter(curves)), earlier)
    rows = [
        {"trial": trial, "epoch": epoch, "value": value, "best": trial in best}
        for trial in sorted(curves, key=lambda trial: trial in best)
        for epoch, value in [*curves.get(earlier.get(trial) or "", [])[-1:], *curves[trial]]
    ]
    last = max((row["epoch"] for row in rows), default=1)
    values = [row["value"] for row in rows]
    tips = [
        charts.tip("trial:N", "trial"),
        charts.tip("epoch:Q", "epoch"),
        charts.tip("value:Q", f"validation {metric.title}", ".5f"),
    ]
    chart = (
        altair.Chart(charts.data(rows))
        .mark_line(point=altair.OverlayMarkDef(size=22, clip=True), clip=True)
        .encode(
            x=_epochs(1, last),
            y=altair.Y("value:Q", title=f"validation {metric.title}").scale(
                domain=charts.at_least(_without_early(values, metric.higher_is_better) or [0.0], known), nice=False
            ),
            detail="trial:N",
            color=altair.condition("datum.best", altair.value(charts.SECOND), altair.value(charts.MUTED)),
            opacity=altair.condition("datum.best", altair.value(1), altair.value(0.5)),
            strokeWidth=altair.condition("datum.best", altair.value(2.5), altair.value(1)),
            tooltip=tips,
        )
        .properties(width="container", height=220)
    )
    span = f"; values from {numerals.interval(min(values), max(values), '.4f')}" if values else ""
    return Figure(
        caption="Learning curves of all trials, the chosen one in colour",
        description=f"Validation {metric.title} of {len(histories)} trials over up to {last} epochs{span}.",
        spec=charts.spec(chart),
    )
