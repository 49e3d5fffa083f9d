"""How good is it: every metric with its interval, and the curves of the task."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import readings
from components.reporter.blocks import Block, Cell, Column, Details, Section, Table, between, number, percent, text
from components.reporter.figures import binary, multiclass, regression
from components.reporter.sections import shown
from modules import tasks
from modules.base import numerals

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
        f"{tasks.METRICS[name].title} {numerals.written(reading.value, '.4f')}{interval(reading)}"
        for name, reading in read.items()
        if reading
    ]
    rows = overall["metrics"].get("example_count")
    on = f" on {rows:,.0f} test rows that no step learnt from" if rows else ""
    return f"{said[0][0].upper()}{said[0][1:]}{on}." if said else "No metric is defined on the test rows."


def interval(reading: readings.Reading) -> str:
    """Returns the interval in words, or nothing where there is none."""
    if reading.low is None or reading.high is None:
        return ""
    return f" (95 %: {numerals.interval(reading.low, reading.high, '.4f')})"


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
        note="Intervals are Wilson's where a metric is a share of equally weighted rows, and otherwise come from the "
        "bootstrap. They show how much other rows of the same kind could change, not other training."
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
    blocks += [binary.scores(curves, classes), binary.threshold(curves, classes, _live(summary))]
    return [*blocks, *_calibration_table(curves["calibration"], percent)]


def _live(summary: Mapping[str, Any]) -> Table | None:
    """Returns the rates of slices, which the movable threshold fills in; None where there are no slices."""
    counted = {one["slice"]: one["rows"] for one in summary["curves"].get("slices", [])}
    if len(counted) < 2:
        return None
    left_out = len(summary["slices"]) - len(counted)
    rates = {name: name.replace("_", " ") for name in _LIVE}
    return Table(
        caption="Rates by slice at this threshold",
        columns=[*_columns("slice", "rows"), *(Column(title=title) for title in rates.values())],
        rows=[
            [text(name), number(rows, 0), *(Cell(text="", live=rate) for rate in rates)]
            for name, rows in counted.items()
        ],
        note=f"The positive rate is the share that is predicted {summary['classes'][1]}."
        + (f" These are the {len(counted)} largest slices." if left_out > 0 else ""),
    )


_LIVE = ("true_positive_rate", "false_positive_rate", "positive_rate", "precision", "accuracy")


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
            *_share(one["precision"]),
            *_share(one["recall"]),
            number(one["auc"]),
        ]
        for one in per_class
    ]
    return Table(
        caption="Every class",
        columns=[
            *_columns("class", "rows", "predicted", "correct"),
            *shown.columns(["precision", "recall"]),
            Column(title="AUC against the rest"),
        ],
        rows=rows,
        note="Each row counts as its most probable class. A dash means that there is nothing to measure.",
    )


def _share(share: Mapping[str, Any]) -> list[Cell]:
    return [percent(share["value"]), between(share["low"], share["high"], 1, share=True)]


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
