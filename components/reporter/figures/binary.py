"""Figures of a binary task: ROC, precision and recall, calibration, scores by class, the movable threshold."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair

from components.reporter import charts
from components.reporter.blocks import Figure, Threshold
from components.reporter.figures import shapes

_START = 0.5


def roc(curves: Mapping[str, Any]) -> Figure:
    """Draws the ROC curve, with the point of the threshold that the model is judged at."""
    curve, at = curves["roc"], _at_start(curves["confusion"])
    false, true = shapes.ratio(at["fp"], at["fp"] + at["tn"]), shapes.ratio(at["tp"], at["tp"] + at["fn"])
    return Figure(
        small=True,
        caption="ROC",
        description=f"ROC curve; the area below it is {curve['auc']:.4f}. At the threshold {_START} the true positive "
        f"rate is {_said(true)} at a false positive rate of {_said(false)}.",
        spec=_curve(
            (curve["false_positive_rate"], "false positive rate"),
            (curve["true_positive_rate"], "true positive rate"),
            (false, true),
            shapes.diagonal(0, 1, altair.X("x:Q"), altair.Y("y:Q")),
        ),
    )


def precision_recall(curves: Mapping[str, Any]) -> Figure:
    """Draws precision against recall; the dashed line is the share of positives, which guessing would reach."""
    curve, at = curves["precision_recall"], _at_start(curves["confusion"])
    share = (at["tp"] + at["fn"]) / sum(at.values())
    precision, recall = shapes.ratio(at["tp"], at["tp"] + at["fp"]), shapes.ratio(at["tp"], at["tp"] + at["fn"])
    ends = charts.data([{"x": 0, "y": share}, {"x": 1, "y": share}])
    guess = altair.Chart(ends).mark_line(color=charts.MUTED, strokeDash=[4, 4], strokeWidth=1).encode(x="x:Q", y="y:Q")
    return Figure(
        small=True,
        caption="Precision and recall",
        description=f"Precision-recall curve; the area below it is {curve['auc_pr']:.4f}, where guessing would reach "
        f"{share:.4f}. At the threshold {_START} precision is {_said(precision)} and recall {_said(recall)}.",
        spec=_curve((curve["recall"], "recall"), (curve["precision"], "precision"), (recall, precision), guess),
    )


def calibration(groups: Sequence[Mapping[str, Any]], predicted: str, observed: str) -> Figure:
    """Draws how often groups of rows are what they are predicted to be.

    Args:
        groups: `rows`, `prediction`, `label`, `low`, `high` of each.
        predicted: Title of the axis of predictions.
        observed: Title of the other.
    """
    rows = [
        {key: round(float(group[key]), 4) for key in ("prediction", "label", "low", "high")} | {"rows": group["rows"]}
        for group in groups
    ]
    worst = max(groups, key=lambda group: abs(group["label"] - group["prediction"]))
    x, y = shapes.share("prediction", predicted, altair.X), shapes.share("label", observed, altair.Y)
    tooltip = ["rows:Q", "prediction:Q", "label:Q", "low:Q", "high:Q"]
    chart = shapes.diagonal(0, 1, altair.X("x:Q"), altair.Y("y:Q")) + shapes.dots_with_intervals(rows, x, y, tooltip)
    return Figure(
        small=True,
        caption="Calibration, with 95 % intervals",
        description=f"Calibration in {len(groups)} groups of equally many rows by prediction. The farthest from the "
        f"diagonal is predicted {worst['prediction']:.3f} and observed {worst['label']:.3f}.",
        spec=charts.spec(chart.properties(width="container", height=shapes.HEIGHT)),
    )


def scores(histogram: Mapping[str, Any], classes: Sequence[str]) -> Figure:
    """Draws how the scores of each class are spread.

    Args:
        histogram: `edges`, and the counts `negatives` and `positives`.
        classes: Names of the negative and of the positive class.
    """
    edges, rows, halves = shapes.rounded(histogram["edges"]), [], []
    for name, counts in zip(classes, (histogram["negatives"], histogram["positives"]), strict=True):
        total = sum(counts) or 1
        below = sum(count for count, end in zip(counts, edges[1:], strict=True) if end <= _START)
        halves.append(f"{below / total:.1%} of {name}")
        rows += [
            {"start": start, "end": end, "share": round(count / total, 5), "class": name, "count": round(count, 2)}
            for start, end, count in zip(edges, edges[1:], counts, strict=False)
        ]
    tooltip = ["class:N", "start:Q", "end:Q", "count:Q", altair.Tooltip("share:Q", format=".1%")]
    chart = (
        altair.Chart(charts.data(rows))
        .mark_bar(opacity=0.7)
        .encode(
            x=shapes.bins(f"predicted probability of {classes[1]}", 0, 1),
            x2="end:Q",
            y=altair.Y("share:Q", title="share of the class", stack=None, axis=altair.Axis(format="%", tickCount=5)),
            color=altair.Color("class:N", title=None, sort=list(classes), scale=_two_colors(classes)),
            tooltip=tooltip,
        )
    )
    return Figure(
        caption="Predictions by true class",
        description=f"Histogram of the predicted probability of {classes[1]}. Below {_START} lie "
        f"{' and '.join(halves)}.",
        spec=charts.spec(chart.properties(width="container", height=180)),
    )


def threshold(confusion: Mapping[str, Any], classes: Sequence[str]) -> Threshold:
    """Returns the confusion matrix with the threshold that the reader moves."""
    return Threshold(
        caption="Threshold",
        positive=classes[1],
        negative=classes[0],
        start=_START,
        thresholds=shapes.rounded(confusion["threshold"]),
        true_positives=shapes.rounded(confusion["true_positives"], 2),
        false_positives=shapes.rounded(confusion["false_positives"], 2),
        true_negatives=shapes.rounded(confusion["true_negatives"], 2),
        false_negatives=shapes.rounded(confusion["false_negatives"], 2),
    )


def _two_colors(classes: Sequence[str]) -> Any:
    return altair.Scale(domain=list(classes), range=[charts.FIRST, charts.SECOND])


def _at_start(confusion: Mapping[str, Any]) -> dict[str, float]:
    """Returns the confusion matrix at the threshold nearest to the one that the Evaluator's accuracy has."""
    at = min(range(len(confusion["threshold"])), key=lambda index: abs(confusion["threshold"][index] - _START))
    names = {"tp": "true_positives", "fp": "false_positives", "tn": "true_negatives", "fn": "false_negatives"}
    return {short: confusion[name][at] for short, name in names.items()}


def _curve(
    x: tuple[Sequence[float], str],
    y: tuple[Sequence[float], str],
    point: tuple[float | None, float | None],
    reference: Any,
) -> dict[str, Any]:
    """Draws a curve between 0 and 1, a reference line behind it, and a point on it where there is one."""
    places = zip(shapes.rounded(x[0]), shapes.rounded(y[0]), strict=True)
    rows = [{"x": one, "y": other, "order": order} for order, (one, other) in enumerate(places)]
    axes = {"x": shapes.share("x", x[1], altair.X), "y": shapes.share("y", y[1], altair.Y)}
    line = altair.Chart(charts.data(rows)).mark_line(color=charts.FIRST, strokeWidth=2)
    chart = reference + line.encode(order="order:Q", **axes)
    if None not in point:
        mark = altair.Chart(charts.data([{"x": point[0], "y": point[1], "label": f"threshold {_START}"}]))
        # On the ROC the room is to the lower right of the curve, on precision and recall to the lower left.
        left = (point[0] or 0) > 0.5
        text = mark.mark_text(align="right" if left else "left", dx=-9 if left else 9, dy=12, fontSize=11)
        chart += mark.mark_point(color=charts.SECOND, filled=True, size=70, opacity=1).encode(x="x:Q", y="y:Q")
        chart += text.encode(x="x:Q", y="y:Q", text="label:N")
    return charts.spec(chart.properties(width="container", height=shapes.HEIGHT))


def _said(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
