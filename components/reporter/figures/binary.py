"""Figures of a binary task: ROC, precision and recall, calibration, scores by class, the movable threshold."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair

from components.reporter import charts
from components.reporter.blocks import Counts, Figure, Table, Threshold
from components.reporter.figures import shapes
from modules.tasks.decisions import DEFAULT_THRESHOLD

# Of a threshold: two, and more of one that was chosen among scores.
_DIGITS = 6
_WRITTEN = "round(datum.threshold * 100) / 100 == datum.threshold ? format(datum.threshold, '.2f') : datum.threshold"


def roc(curves: Mapping[str, Any]) -> Figure:
    """Draws the ROC curve, with the point of the threshold that the model is judged at."""
    curve, at = curves["roc"], _at_start(curves)
    false, true = shapes.ratio(at["fp"], at["fp"] + at["tn"]), shapes.ratio(at["tp"], at["tp"] + at["fn"])
    return Figure(
        small=True,
        caption="ROC",
        description=f"ROC curve; the area below it is {curve['auc']:.4f}. At the threshold {_start(curves):g} the true "
        f"positive rate is {_said(true)} at a false positive rate of {_said(false)}.",
        spec=_curve(
            (curve["false_positive_rate"], "false positive rate"),
            (curve["true_positive_rate"], "true positive rate"),
            _moving(curves["confusion"], ("fp", "tn"), ("tp", "fn")),
            shapes.diagonal(0, 1, altair.X("x:Q"), altair.Y("y:Q")),
            _start(curves),
        ),
    )


def precision_recall(curves: Mapping[str, Any]) -> Figure:
    """Draws precision against recall; the dashed line is the share of positives, which guessing would reach."""
    curve, at = curves["precision_recall"], _at_start(curves)
    share = (at["tp"] + at["fn"]) / sum(at.values())
    precision, recall = shapes.ratio(at["tp"], at["tp"] + at["fp"]), shapes.ratio(at["tp"], at["tp"] + at["fn"])
    ends = charts.data([{"x": 0, "y": share}, {"x": 1, "y": share}])
    guess = altair.Chart(ends).mark_line(color=charts.MUTED, strokeDash=[4, 4], strokeWidth=1).encode(x="x:Q", y="y:Q")
    return Figure(
        small=True,
        caption="Precision and recall",
        description=f"Precision-recall curve; the area below it is {curve['auc_pr']:.4f}, where guessing would reach "
        f"{share:.4f}. At the threshold {_start(curves):g} precision is {_said(precision)} and recall {_said(recall)}.",
        spec=_curve(
            (curve["recall"], "recall"),
            (curve["precision"], "precision"),
            _moving(curves["confusion"], ("tp", "fn"), ("tp", "fp")),
            guess,
            _start(curves),
        ),
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
    dots = shapes.dots_with_intervals(rows, x, y, shapes.calibration_tips(predicted, observed, ".1%"))
    chart = shapes.diagonal(0, 1, altair.X("x:Q"), altair.Y("y:Q")) + dots
    return Figure(
        small=True,
        caption="Calibration, with 95 % intervals",
        description=f"Calibration in {len(groups)} groups of equally many rows by prediction. The farthest from the "
        f"diagonal is predicted {worst['prediction']:.3f} and observed {worst['label']:.3f}.",
        spec=charts.spec(chart.properties(width="container", height=shapes.HEIGHT)),
    )


def scores(curves: Mapping[str, Any], classes: Sequence[str]) -> Figure:
    """Draws how the scores of each class are spread.

    Args:
        curves: As `intervals.curves.binary` makes them.
        classes: Names of the negative and of the positive class.
    """
    histogram, start_at = curves["histogram"], _start(curves)
    edges, rows, parts = shapes.rounded(histogram["edges"]), [], []
    for name, counts in zip(classes, (histogram["negatives"], histogram["positives"]), strict=True):
        total = sum(counts) or 1
        below = sum(count for count, end in zip(counts, edges[1:], strict=True) if end <= start_at)
        parts.append(f"{below / total:.1%} of {name}")
        rows += [
            {"start": start, "end": end, "share": round(count / total, 5), "class": name, "count": round(count, 2)}
            for start, end, count in zip(edges, edges[1:], counts, strict=False)
        ]
    tooltip = [
        charts.tip("class:N", "class"),
        *shapes.bin_tips(f"predicted probability of {classes[1]}", ".2f"),
        charts.tip("count:Q", "rows", ",~r"),
        charts.tip("share:Q", "share of the class", ".1%"),
    ]
    bars = (
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
    at = altair.param(name="threshold", value=start_at)
    mark = altair.Chart(charts.data([{}])).transform_calculate(at="threshold").encode(x="at:Q")
    chart = (bars + mark.mark_rule(color="currentColor", strokeDash=[4, 3], strokeWidth=1.5)).add_params(at)
    return Figure(
        caption="Predictions by true class; dashed: the threshold",
        description=f"Histogram of the predicted probability of {classes[1]}. Below {start_at:g} lie "
        f"{' and '.join(parts)}.",
        spec=charts.spec(chart.properties(width="container", height=180)),
    )


def threshold(curves: Mapping[str, Any], classes: Sequence[str], table: Table | None) -> Threshold:
    """Returns the confusion matrix with the threshold that the reader moves.

    Args:
        curves: As `intervals.curves.binary` makes them, with the counts of `slices` if there are any.
        classes: Names of the negative and of the positive class.
        table: The rates of these slices, as live cells.
    """
    return Threshold(
        caption="Threshold",
        positive=classes[1],
        negative=classes[0],
        start=_start(curves),
        thresholds=[round(threshold, _DIGITS) for threshold in curves["confusion"]["threshold"]],
        slices={one["slice"]: Counts(**_counts(one)) for one in curves.get("slices", [])} if table else {},
        table=table,
        **_counts(curves["confusion"]),
    )


def _counts(of: Mapping[str, Any]) -> dict[str, Any]:
    # A whole number is written without a point, which keeps the page small.
    return {
        name: [int(count) if float(count).is_integer() else round(count, 2) for count in of[name]]
        for name in Counts.model_fields
    }


def _two_colors(classes: Sequence[str]) -> Any:
    return altair.Scale(domain=list(classes), range=[charts.FIRST, charts.SECOND])


def _start(curves: Mapping[str, Any]) -> float:
    """Returns the model's decision threshold; that of a run before there was a choice is the default one."""
    return round(curves.get("threshold", DEFAULT_THRESHOLD), _DIGITS)


def _at_start(curves: Mapping[str, Any]) -> dict[str, float]:
    """Returns the confusion matrix at the decision threshold."""
    known, start = curves["confusion"]["threshold"], _start(curves)
    return _at(curves["confusion"], min(range(len(known)), key=lambda index: abs(known[index] - start)))


def _at(confusion: Mapping[str, Any], at: int) -> dict[str, float]:
    names = {"tp": "true_positives", "fp": "false_positives", "tn": "true_negatives", "fn": "false_negatives"}
    return {short: confusion[name][at] for short, name in names.items()}


def _moving(confusion: Mapping[str, Any], x: Sequence[str], y: Sequence[str]) -> list[dict[str, float]]:
    """Returns a point per threshold where it is defined; an axis is the share of its first count in both."""
    rows = []
    for at, threshold in enumerate(confusion["threshold"]):
        counts = _at(confusion, at)
        across, up = (shapes.ratio(counts[part], counts[part] + counts[other]) for part, other in (x, y))
        if across is not None and up is not None:
            rows.append({"threshold": round(threshold, _DIGITS), "x": round(across, 4), "y": round(up, 4)})
    return rows


def _curve(
    x: tuple[Sequence[float], str],
    y: tuple[Sequence[float], str],
    moving: list[dict[str, float]],
    reference: Any,
    start: float,
) -> dict[str, Any]:
    """Draws a curve between 0 and 1, a reference line behind it, and the point of the threshold."""
    places = zip(shapes.rounded(x[0]), shapes.rounded(y[0]), strict=True)
    rows = [{"x": one, "y": other, "order": order} for order, (one, other) in enumerate(places)]
    axes = {"x": shapes.share("x", x[1], altair.X), "y": shapes.share("y", y[1], altair.Y)}
    tips = [charts.tip("x:Q", x[1], ".3f"), charts.tip("y:Q", y[1], ".3f")]
    line = altair.Chart(charts.data(rows)).mark_line(color=charts.FIRST, strokeWidth=2)
    points = altair.Chart(charts.data(moving)).encode(
        x="x:Q", y="y:Q", tooltip=[charts.tip("threshold:Q", "threshold", "~g"), *tips]
    )
    at = points.transform_filter("abs(datum.threshold - threshold) < 1e-7")
    text = at.mark_text(
        # The room is to the lower right of a ROC curve, and to the lower left of one of precision and recall.
        align=altair.ExprRef("datum.x > 0.5 ? 'right' : 'left'"),
        dx=altair.ExprRef("datum.x > 0.5 ? -9 : 9"),
        dy=altair.ExprRef("datum.y < 0.1 ? -8 : 12"),
        fontSize=11,
    )
    chart = (
        reference
        + line.encode(order="order:Q", **axes)
        + points.mark_point(size=60, opacity=0, filled=True)
        + at.mark_point(color=charts.SECOND, filled=True, size=70, opacity=1)
        + text.transform_calculate(label=f"'threshold ' + ({_WRITTEN})").encode(text="label:N")
    )
    chart = chart.add_params(altair.param(name="threshold", value=start))
    return charts.spec(chart.properties(width="container", height=shapes.HEIGHT))


def _said(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
