"""Where it is worst: the confirmed slices with their intervals, and the leaves of the error tree."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Table, Text, between, number, text
from components.reporter.figures import slices as figures
from components.reporter.readings import Reading
from components.reporter.sections.questions import Shown
from modules.base import numerals


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows slices and leaves, all folded away."""
    finding, confirming = content["rows"]
    left_out = content["of_columns"] - content["columns"]
    chosen = f" (the {content['columns']} columns that tell most of the error, of {content['of_columns']:,})"
    said = (
        f"{content['tried']:,} slices of one and two columns{chosen if left_out else ''} were searched on {finding:,} "
        f"test rows, drawn by seed. The worst were measured again on the other {confirming:,}, which had no part in "
        "finding them; those are shown that are worse there as well, with at most 5 % false discoveries."
    )
    not_confirmed = content["not_confirmed"]
    if not_confirmed:
        said += f" {not_confirmed} more did not hold there: chance had made them."
    blocks: list[Block] = [Text(text=said)]
    if content["slices"]:
        readings = [
            (one["slice"], Reading(one["error"], one["low"], one["high"], one["rows"], False))
            for one in content["slices"]
        ]
        overall = Reading(content["overall"], None, None, confirming, False)
        caption = "The worst confirmed slices, with 95 % intervals; orange: overall"
        blocks.append(figures.interval_plot(readings, overall, content["error"], caption))
        blocks.append(_slices(content))
    if content["tree"]:
        blocks.append(_leaves(content))
    return (), blocks


def _slices(content: Mapping[str, Any]) -> Table:
    titles = ("rows", f"{content['error']} where found", content["error"], "95 % interval", "training rows")
    return Table(
        caption="The worst slices of one and two columns, as they were found: the worst first",
        columns=_columns("slice", titles),
        rows=[
            [
                text(one["slice"]),
                number(one["rows"], 0),
                _error(one["found"]),
                _error(one["error"]),
                between(one["low"], one["high"]),
                number(one["training_rows"], 0),
            ]
            for one in content["slices"]
        ],
        note="A slice that lies within those above for more than half is left out.",
    )


def _leaves(content: Mapping[str, Any]) -> Table:
    return Table(
        caption="A shallow tree on the errors: its leaves as rules, measured on the rows that it was not grown on",
        columns=_columns("rule", ("rows", content["error"], "95 % interval")),
        rows=[
            [text(one["slice"]), number(one["rows"], 0), _error(one["error"]), between(one["low"], one["high"])]
            for one in content["tree"]
        ],
    )


def _columns(first: str, titles: Sequence[str]) -> list[Column]:
    return [Column(title=first, numeric=False), *(Column(title=title) for title in titles)]


def _error(value: float) -> Cell:
    return Cell(text=numerals.written(value, ",.4g"), sort=round(value, 6))
