"""LIME: the linear models around single rows with their R², and how far the methods agree about columns."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Table, Text, number, text
from components.reporter.sections.questions import Shown
from modules.base import numerals
from modules.explaining import agreement


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows all of it folded away."""
    fit = content["r_squared"]
    said = (
        f"A linear model was fitted around each of {content['rows']} test rows, on {content['samples']:,} rows half of "
        "whose cells are those of training rows. A weight is what the answer gains as long as the column is like "
        f"the row's. R² of these fits is {numerals.written(fit['median'], '.2f')} in the median and "
        f"{numerals.written(fit['lowest'], '.2f')} at the lowest; "
    )
    said += (
        f"{content['poor']} of them are poor, below {content['limit']:g}: do not read weights from those."
        if content["poor"]
        else f"none is below {content['limit']:g}."
    )
    blocks: list[Block] = [Text(text=said), _fits(content), _agreement(content, summary)]
    return (), blocks


def _fits(content: Mapping[str, Any]) -> Table:
    rows = []
    for one in content["single_rows"]:
        weights = [(f"{part['column']} ({part['alike']})", part["weight"]) for part in one["weights"]]
        r_squared = Cell(
            text=f"{numerals.written(one['r_squared'], '.2f')}{' (poor)' if one['is_poor'] else ''}",
            sort=one["r_squared"],
            mark="warning" if one["is_poor"] else "",
        )
        rows.append(
            [
                text(f"test row {one['row']:,}, {one['why']}"),
                text(one["output"]),
                number(one["answer"], 3),
                number(one["fitted"], 3),
                r_squared,
                text("; ".join(f"{what} {numerals.written(by, '+.3g')}" for what, by in weights) or "–"),
                number(one["rank_correlation"], 2),
            ]
        )
    titles = ("answer", "linear model", "R²")
    return Table(
        caption="Linear models around single rows (LIME)",
        columns=[
            Column(title="row", numeric=False),
            Column(title="output", numeric=False),
            *(Column(title=title) for title in titles),
            Column(title="weights", numeric=False),
            Column(title="rank correlation with Shapley values"),
        ],
        rows=rows,
    )


def _agreement(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Table:
    rows = [[text(names), number(value, 2)] for names, value in _agreements(content, summary)]
    return Table(
        caption="How far the methods agree about the order of the columns",
        columns=[Column(title="methods", numeric=False), Column(title="rank correlation")],
        rows=rows,
        note="Spearman's rank correlation over the columns; 1 is the same order, 0 is none. LIME and Shapley values: "
        "the mean absolute weights and values of the same rows. ALE: from the lowest to the highest point of "
        "the curve of a column with an order.",
    )


def _agreements(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    found = content["agreement"]
    yield "LIME and Shapley values, all rows together", found["all_rows"]
    yield "LIME and Shapley values of one row, the median", found["median_of_rows"]
    contents = {result["method"]: result["content"] or {} for result in summary.get("explanation") or []}
    ranges = _reaches(contents.get("dependence", {}))
    if ranges:
        yield "LIME and ALE", agreement.of_columns(content["mean_absolute"], ranges)
    shapley = contents.get("shapley", {}).get("mean_absolute")
    if ranges and shapley:
        yield "Shapley values and ALE", agreement.of_columns(shapley, ranges)


def _reaches(dependence: Mapping[str, Any]) -> dict[str, float]:
    """Returns how far the curve of ALE reaches, by column with an order."""
    effects = {
        column["column"]: column["accumulated"]["effects"]
        for column in dependence.get("columns", ())
        if column.get("accumulated")
    }
    return {name: max(values) - min(values) for name, values in effects.items() if values}
