"""Figures of a regression: predicted against actual, residuals, calibration by decile."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair

from components.reporter import charts
from components.reporter.blocks import Figure
from components.reporter.figures import shapes
from modules.base import numerals


def predicted_against_actual(curves: Mapping[str, Any]) -> Figure:
    """Draws rows by label and prediction; the darker a cell, the more of them."""
    grid = curves["predicted_against_actual"]
    edges, counts = shapes.rounded(grid["edges"], 5), grid["counts"]
    rows = [
        {"x": edges[of], "x2": edges[of + 1], "y": edges[as_], "y2": edges[as_ + 1], "rows": round(count, 2)}
        for of, by_prediction in enumerate(counts)
        for as_, count in enumerate(by_prediction)
        if count
    ]
    near = sum(counts[of][as_] for of in range(len(counts)) for as_ in range(max(0, of - 1), min(len(counts), of + 2)))
    total = sum(map(sum, counts))
    span = altair.Scale(domain=[edges[0], edges[-1]], nice=False)
    cells = (
        altair.Chart(charts.data(rows))
        .mark_rect(color=charts.FIRST)
        .encode(
            x=altair.X("x:Q", title="actual", scale=span),
            x2="x2:Q",
            y=altair.Y("y:Q", title="predicted", scale=span),
            y2="y2:Q",
            # Counts differ by orders of magnitude: a logarithm shows the few as well as the many.
            opacity=altair.Opacity("rows:Q", legend=None, scale=altair.Scale(type="log", range=[0.15, 1])),
            tooltip=[
                charts.tip("rows:Q", "rows", ",~r"),
                charts.tip("x:Q", "actual from", ",.4~g"),
                charts.tip("x2:Q", "to", ",.4~g"),
                charts.tip("y:Q", "predicted from", ",.4~g"),
                charts.tip("y2:Q", "to ", ",.4~g"),
            ],
        )
    )
    chart = cells + shapes.diagonal(edges[0], edges[-1], altair.X("x:Q"), altair.Y("y:Q"))
    return Figure(
        small=True,
        caption=f"Predicted against actual{_outside(grid)}",
        description=f"Rows by actual and predicted value between "
        f"{numerals.written(edges[0], ',.4g')} and {numerals.written(edges[-1], ',.4g')}. "
        f"{near / total if total else 0:.1%} of them lie at most one of {len(counts)} steps from the diagonal.",
        spec=charts.spec(chart.properties(width="container", height=shapes.HEIGHT)),
    )


def residuals(curves: Mapping[str, Any]) -> Figure:
    """Draws how far predictions are off, to both sides."""
    histogram = curves["residuals"]
    edges, counts = shapes.rounded(histogram["edges"], 5), histogram["counts"]
    rows = [
        {"start": start, "end": end, "rows": round(count, 2)}
        for start, end, count in zip(edges, edges[1:], counts, strict=False)
    ]
    total = sum(counts) or 1
    above = sum(count for start, count in zip(edges, counts, strict=False) if start >= 0)
    most = max(range(len(counts)), key=counts.__getitem__)
    bars = (
        altair.Chart(charts.data(rows))
        .mark_bar(color=charts.FIRST)
        .encode(
            x=shapes.bins("actual less predicted", edges[0], edges[-1]),
            x2="end:Q",
            y=altair.Y("rows:Q", title="rows", axis=altair.Axis(tickCount=5)),
            tooltip=[*shapes.bin_tips("actual less predicted", ",.4~g"), charts.tip("rows:Q", "rows", ",~r")],
        )
    )
    zero = altair.Chart(charts.data([{"x": 0}])).mark_rule(color=charts.SECOND, strokeWidth=1.5).encode(x="x:Q")
    return Figure(
        small=True,
        caption=f"Residuals{_outside(histogram)}",
        description=f"Histogram of actual less predicted value. Most rows, {counts[most] / total:.1%}, lie between "
        f"{numerals.written(edges[most], ',.3g')} and {numerals.written(edges[most + 1], ',.3g')}; "
        f"{above / total:.1%} are in bins above 0, that is, predicted too low.",
        spec=charts.spec((bars + zero).properties(width="container", height=shapes.HEIGHT)),
    )


def calibration(groups: Sequence[Mapping[str, Any]]) -> Figure:
    """Draws the mean label of ten groups of rows against their mean prediction."""
    rows = [
        {
            "prediction": group["prediction"],
            "label": group["label"],
            # A single row has no interval.
            "low": group["label"] if group["low"] is None else group["low"],
            "high": group["label"] if group["high"] is None else group["high"],
            "rows": group["rows"],
        }
        for group in groups
    ]
    ends = [row[key] for row in rows for key in ("prediction", "low", "high")]
    worst = max(groups, key=lambda group: abs(group["label"] - group["prediction"]))
    x = altair.X("prediction:Q", title="mean prediction", scale=altair.Scale(zero=False))
    y = altair.Y("label:Q", title="mean actual value", scale=altair.Scale(zero=False))
    tips = shapes.calibration_tips("mean prediction", "mean actual value", ",.4~g")
    dots = shapes.dots_with_intervals(rows, x, y, tips)
    chart = shapes.diagonal(min(ends), max(ends), altair.X("x:Q"), altair.Y("y:Q")) + dots
    return Figure(
        small=True,
        caption="Calibration by decile of the prediction, with 95 % intervals",
        description=f"Mean actual value of {len(groups)} groups of rows by prediction. The farthest from the diagonal "
        f"is predicted {numerals.written(worst['prediction'], ',.4g')} "
        f"and is {numerals.written(worst['label'], ',.4g')}.",
        spec=charts.spec(chart.properties(width="container", height=shapes.HEIGHT)),
    )


def _outside(counted: Mapping[str, Any]) -> str:
    return f"; {counted['outside']:,.0f} rows lie beyond the axes" if counted["outside"] >= 1 else ""
