"""How good is it: every metric with its interval, and the curves of the task."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import readings
from components.reporter.blocks import Block, Cell, Column, Details, Section, Table, number, percent, text
from components.reporter.figures import binary, multiclass, regression
from modules import tasks

# Of a table of confusions.
_MOST_CONFUSED = 15


def section(summary: Mapping[str, Any]) -> Section | None:
    """Builds the section; None where no model was measured."""
    overall = next((one for one in summary.get("slices", []) if one["slice"] == readings.OVERALL), None)
    if overall is None:
        return None
    summary = readings.by_slice(summary)
    curves = summary.get("curves")
    blocks: list[Block] = [_metrics(summary, overall)]
    if curves:
        blocks += _FIGURES[tasks.named(curves["task"])](summary)
    return Section(id="quality", title="How good is it?", lead=_answer(summary, overall), order=20, blocks=blocks)


def _answer(summary: Mapping[str, Any], overall: Mapping[str, Any]) -> str:
    read = {name: readings.read(summary, overall, name) for name in tasks.GATES[summary["task"]]}
    said = [
        f"{tasks.METRICS[name].title} {reading.value:.4f}{interval(reading)}"
        for name, reading in read.items()
        if reading
    ]
    rows = overall["metrics"].get("example_count")
    on = f" on {rows:,.0f} test rows that no step learnt from" if rows else ""
    return f"{said[0][0].upper()}{said[0][1:]}{on}." if said else "No metric is defined on the test rows."


def interval(reading: readings.Reading) -> str:
    """Returns the interval in words, or nothing where there is none."""
    return f" (95 %: {reading.low:.4f} to {reading.high:.4f})" if reading.low is not None else ""


def _metrics(summary: Mapping[str, Any], overall: Mapping[str, Any]) -> Table:
    rows = []
    for name in tasks.GATES[summary["task"]]:
        reading = readings.read(summary, overall, name)
        title = text(tasks.METRICS[name].title)
        if reading is None:
            rows.append([title, text("undefined", "muted"), number(None), number(None), number(None)])
        else:
            value, low, high = (number(end) for end in (reading.value, reading.low, reading.high))
            rows.append([title, value, low, high, number(reading.rows, 0)])
    return Table(
        caption="Metrics of the shipped form on the test rows",
        columns=_columns("metric", "value", "95 % from", "to", "rows"),
        rows=rows,
        note="Intervals are Wilson's where a metric is a share of rows that count alike, else the bootstrap's. They "
        "tell what other rows of the same kind would change, not what other training would."
        if summary.get("intervals")
        else "",
    )


def _columns(first: str, *others: str) -> list[Column]:
    return [Column(title=first, numeric=False), *(Column(title=title) for title in others)]


def _binary(summary: Mapping[str, Any]) -> list[Block]:
    curves, classes = summary["curves"], summary["classes"]
    positive = classes[1]
    blocks: list[Block] = []
    # A curve is missing where one class has no rows.
    if curves["roc"]:
        blocks.append(binary.roc(curves))
    if curves["precision_recall"]:
        blocks.append(binary.precision_recall(curves))
    if curves["calibration"]:
        blocks.append(
            binary.calibration(curves["calibration"], f"predicted probability of {positive}", f"share of {positive}")
        )
    blocks += [binary.scores(curves["histogram"], classes), binary.threshold(curves["confusion"], classes)]
    return [*blocks, *_calibration_table(curves["calibration"], percent)]


def _multiclass(summary: Mapping[str, Any]) -> list[Block]:
    curves, roc = summary["curves"], multiclass.roc(summary["curves"])
    blocks: list[Block] = [multiclass.confusion(curves)]
    if roc is not None:
        blocks.append(roc)
    if curves["calibration"]:
        blocks.append(
            binary.calibration(curves["calibration"], "probability of the most probable class", "share that is right")
        )
    blocks += [_classes(summary["per_class"]), *_confusions(curves)]
    return [*blocks, *_calibration_table(curves["calibration"], percent)]


def _classes(per_class: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        [
            text(one["class"]),
            *(number(one[key], 0) for key in ("rows", "predicted", "correct")),
            _with_interval(one["precision"]),
            _with_interval(one["recall"]),
            number(one["auc"]),
        ]
        for one in per_class
    ]
    return Table(
        caption="Every class",
        columns=_columns("class", "rows", "predicted", "correct", "precision", "recall", "AUC against the rest"),
        rows=rows,
        note="A row is taken as its most probable class; 95 % intervals in brackets. A dash: nothing to take it over.",
    )


def _with_interval(share: Mapping[str, Any]) -> Cell:
    if share["value"] is None or share["low"] is None:
        return percent(share["value"])
    return Cell(text=f"{share['value']:.1%} ({share['low']:.1%}–{share['high']:.1%})", sort=share["value"])


def _confusions(curves: Mapping[str, Any]) -> list[Block]:
    classes, counts = curves["classes"], curves["confusion"]
    pairs = [(count, of, as_) for of, row in enumerate(counts) for as_, count in enumerate(row) if count and of != as_]
    if not pairs:
        return []
    most = sorted(pairs, key=lambda pair: -pair[0])[:_MOST_CONFUSED]
    rows = [
        [text(classes[of]), text(classes[as_]), number(count, 0), percent(count / sum(counts[of]))]
        for count, of, as_ in most
    ]
    table = Table(
        caption="What is taken for what most often",
        columns=[
            Column(title="true class", numeric=False),
            Column(title="taken for", numeric=False),
            Column(title="rows"),
            Column(title="share of the true class"),
        ],
        rows=rows,
    )
    return [Details(title=f"The most frequent confusions, {len(most)} of {len(pairs)}", blocks=[table])]


def _regression(summary: Mapping[str, Any]) -> list[Block]:
    curves = summary["curves"]
    blocks: list[Block] = [regression.predicted_against_actual(curves), regression.residuals(curves)]
    if curves["calibration"]:
        blocks.append(regression.calibration(curves["calibration"]))
    return [*blocks, *_calibration_table(curves["calibration"], number)]


def _calibration_table(groups: Sequence[Mapping[str, Any]], show: Any) -> list[Block]:
    rows = [
        [
            number(place, 0),
            number(group["rows"], 0),
            *(show(group[key]) for key in ("prediction", "label", "low", "high")),
        ]
        for place, group in enumerate(groups, start=1)
    ]
    table = Table(
        caption="Groups of equally many rows, the smallest predictions first",
        columns=[Column(title=title) for title in ("group", "rows", "mean prediction", "observed", "95 % from", "to")],
        rows=rows,
    )
    return [Details(title="Calibration in numbers", blocks=[table])] if rows else []


_FIGURES = {tasks.BINARY: _binary, tasks.MULTICLASS: _multiclass, tasks.REGRESSION: _regression}
