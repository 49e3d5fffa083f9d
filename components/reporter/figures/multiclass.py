"""Figures of a task of several classes: the confusion matrix as a heat map, and ROC curves."""

from collections.abc import Mapping
from typing import Any

import altair

from components.reporter import charts
from components.reporter.blocks import Figure
from components.reporter.figures import shapes

# So many classes fit beside the other figures; more than the second number leave no room for counts within the cells.
_BESIDE, _WITH_COUNTS = 6, 12
# As many lines as the palette can tell apart.
_CURVES = len(charts.PALETTE)


def confusion(curves: Mapping[str, Any]) -> Figure:
    """Draws how many rows of each class are taken as which; the colour is the share of the row's class."""
    classes, counts = curves["classes"], curves["confusion"]
    rows = [
        {
            "is": classes[of],
            "predicted": classes[as_],
            "count": round(count, 2),
            "share": round(count / (sum(counts[of]) or 1), 4),
        }
        for of in range(len(classes))
        for as_, count in enumerate(counts[of])
    ]
    right, total = sum(counts[of][of] for of in range(len(classes))), sum(map(sum, counts))
    cells = altair.Chart(charts.data(rows)).encode(
        x=altair.X("predicted:N", sort=classes, title="predicted class", axis=_labels(-40)),
        y=altair.Y("is:N", sort=classes, title="true class", axis=_labels(0)),
    )
    # Pale enough for the counts to be read on any cell, on a light and on a dark page.
    darkest = 0.6 if len(classes) <= _WITH_COUNTS else 1
    shade = altair.Opacity("share:Q", legend=None, scale=altair.Scale(domain=[0, 1], range=[0.04, darkest]))
    tooltip = [
        charts.tip("is:N", "true class"),
        charts.tip("predicted:N", "predicted class"),
        charts.tip("count:Q", "rows", ",~r"),
        charts.tip("share:Q", "share of the true class", ".1%"),
    ]
    chart = cells.mark_rect(color=charts.FIRST).encode(opacity=shade, tooltip=tooltip)
    if len(classes) <= _WITH_COUNTS:
        chart += cells.mark_text(fontSize=11).encode(text=altair.Text("count:Q", format=",~r"))
    height = max(shapes.HEIGHT, (32 if len(classes) <= _WITH_COUNTS else 14) * len(classes))
    return Figure(
        small=len(classes) <= _BESIDE,
        caption="Confusion matrix, in rows; the colour is the share of the true class",
        description=f"Confusion matrix of {len(classes)} classes. {right:,.0f} of {total:,.0f} rows are on the "
        "diagonal, that is, right.",
        spec=charts.spec(chart.properties(width="container", height=height)),
    )


def roc(curves: Mapping[str, Any]) -> Figure | None:
    """Draws the ROC curve of each class against the rest; of many classes those with the smallest areas."""
    drawn = {name: curve for name, curve in curves["roc"].items() if curve}
    if not drawn:
        return None
    chosen = sorted(drawn, key=lambda name: drawn[name]["auc"])[:_CURVES]
    rows = [
        {"x": x, "y": y, "class": name, "order": order}
        for name in chosen
        for order, (x, y) in enumerate(
            zip(
                shapes.rounded(drawn[name]["false_positive_rate"]),
                shapes.rounded(drawn[name]["true_positive_rate"]),
                strict=True,
            )
        )
    ]
    lines = (
        altair.Chart(charts.data(rows))
        .mark_line(strokeWidth=2)
        .encode(
            x=shapes.share("x", "false positive rate", altair.X),
            y=shapes.share("y", "true positive rate", altair.Y),
            color=altair.Color("class:N", title=None, sort=chosen, legend=altair.Legend(columns=3, labelLimit=90)),
            order="order:Q",
        )
    )
    tips = [
        charts.tip("class:N", "class"),
        charts.tip("x:Q", "false positive rate", ".3f"),
        charts.tip("y:Q", "true positive rate", ".3f"),
    ]
    points = lines.mark_point(size=60, opacity=0, filled=True).encode(tooltip=tips)
    chart = shapes.diagonal(0, 1, altair.X("x:Q"), altair.Y("y:Q")) + lines + points
    which = f", the {len(chosen)} with the smallest area" if len(chosen) < len(drawn) else ""
    worst, best = min(drawn.values(), key=_area), max(drawn.values(), key=_area)
    return Figure(
        small=True,
        caption=f"ROC of each class against the rest{which}",
        description=f"ROC curves of {len(chosen)} of {len(drawn)} classes. The areas of all lie between "
        f"{worst['auc']:.4f} ({chosen[0]}) and {best['auc']:.4f}.",
        spec=charts.spec(chart.properties(width="container", height=shapes.HEIGHT)),
    )


def _area(curve: Mapping[str, Any]) -> float:
    return curve["auc"]


def _labels(angle: int) -> Any:
    return altair.Axis(labelAngle=angle, labelLimit=110, ticks=False, domain=False, labelOverlap="greedy")
