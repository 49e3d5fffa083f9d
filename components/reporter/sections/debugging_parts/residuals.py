"""Residuals against the prediction, columns and time, and calibration by slice."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Figure, Table, Text, between, number, text
from components.reporter.figures import slices as figures
from components.reporter.readings import Reading
from components.reporter.sections.questions import Shown
from modules.base import numerals

_WHAT = "observed less predicted"


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows figures and tables, all folded away."""
    several = len(content["outputs"]) > 1
    overall = {one["level"]: one["mean"] for one in content["overall"]}
    drawn = [("prediction", one) for one in content["prediction"][:1]]
    drawn += [(one["name"], one) for one in content["by_column"] if one.get("levels")]
    blocks: list[Block] = [Text(text=_said(content))]
    blocks += [_figure(name, one, overall, several) for name, one in drawn]
    if content["by_column"]:
        blocks.append(_columns(content, several))
    if content["slices"]:
        blocks.append(_slices(content, several))
    return (), blocks


def _said(content: Mapping[str, Any]) -> str:
    said = (
        f"A residual is what is observed less what is predicted, here of {content['rows']:,} test rows: above 0, too "
        "little was predicted. If the model has learnt what a column tells, the residuals have the same mean whatever "
        "the column holds."
    )
    if content["time"] is None:
        return f"{said} There is no column of times to order them by."
    following = content["autocorrelation"]
    if following is None:
        return f"{said} Too few rows have a time in {content['time']} to test their order."
    correlation = numerals.written(following["value"], ".3f")
    return (
        f"{said} In the order of {content['time']}, a residual and the next are correlated by {correlation} "
        f"(p = {following['p_value']:.2g} over ten lags, by Ljung and Box)."
    )


def _figure(name: str, one: Mapping[str, Any], overall: Mapping[str, float], several: bool) -> Figure:
    readings = [
        (level["level"].removeprefix(f"{name} ").removeprefix("= "), _reading(level)) for level in one["levels"]
    ]
    of_class = f" of {one['output']}" if several else ""
    caption = f"Residuals{of_class} by {name}, with 95 % intervals; orange: overall"
    mean = Reading(overall[one["output"]], None, None, 0, False)
    return figures.interval_plot(readings, mean, _WHAT, caption, small=True)


def _reading(level: Mapping[str, Any]) -> Reading:
    return Reading(level["mean"], level["low"], level["high"], level["rows"], False)


def _columns(content: Mapping[str, Any], several: bool) -> Table:
    tested = content["by_column"]
    left_out = content["columns"] - len(tested)
    more = f"; {left_out:,} weaker ones are left out" if left_out else ""
    return Table(
        caption=f"How much each column tells of the residuals, the strongest first{more}",
        columns=[
            Column(title="column", numeric=False),
            *_of_class(several),
            Column(title="strength"),
            Column(title="p-value"),
        ],
        rows=[
            [text(one["name"]), *_class_cell(one, several), number(one["strength"], 3), _p_value(one["p_value"])]
            for one in tested
        ],
        note="Strength: how far the means of its levels lie apart, less what chance makes of it, in standard "
        "deviations of the residuals. The p-values are corrected for false discoveries.",
    )


def _slices(content: Mapping[str, Any], several: bool) -> Table:
    titles = ("rows", "predicted", "observed", _WHAT, "95 % interval", "p-value")
    return Table(
        caption="Calibration by slice: those of the config and of the strongest columns, the surest first",
        columns=[Column(title="slice", numeric=False), *_of_class(several), *(Column(title=title) for title in titles)],
        rows=[
            [
                text(one["level"]),
                *_class_cell(one, several),
                number(one["rows"], 0),
                _value(one["predicted"]),
                _value(one["observed"]),
                Cell(
                    text=numerals.written(one["mean"], "+,.3g"),
                    sort=one["mean"],
                    mark="bad" if one["p_value"] <= 0.05 else "",
                ),
                between(one["low"], one["high"]),
                _p_value(one["p_value"]),
            ]
            for one in content["slices"]
        ],
        note="Means of the slice. The p-values are corrected for false discoveries; up to 0.05 a difference is marked.",
    )


def _of_class(several: bool) -> list[Column]:
    return [Column(title="class", numeric=False)] if several else []


def _class_cell(one: Mapping[str, Any], several: bool) -> Sequence[Cell]:
    return [text(one["output"])] if several else []


def _value(value: float) -> Cell:
    return Cell(text=numerals.written(value, ",.4g"), sort=value)


def _p_value(value: float) -> Cell:
    return Cell(text=f"{value:.2g}", sort=value)
