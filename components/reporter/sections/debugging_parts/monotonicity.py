"""Does the answer move only the way that the config asks for?"""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Cell, Column, Mark, Table, number, percent, text
from components.reporter.sections.questions import Shown
from modules.base import numerals


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows a row for each column."""
    titles = (
        "column",
        "while it rises, the answer",
        "rows",
        "rows with a wrong step",
        "wrong steps",
        "largest wrong step",
    )
    table = Table(
        caption="Columns with which the answer should move one way",
        columns=[Column(title=title, numeric=place > 1) for place, title in enumerate(titles)],
        rows=[_row(one) for one in content["columns"]],
        note="Each row is asked with every value of the column, at quantiles of the training rows, all else as it is. "
        "Steps below a millionth are rounding.",
    )
    return [], [table]


def _row(one: Mapping[str, Any]) -> list[Cell]:
    largest = text("–", "muted")
    if one["row"] is not None:
        step = numerals.interval(one["start"], one["end"], ".6g")
        told = f"{numerals.interval(one['before'], one['after'], '.4g')} (row {one['row']:,}, {step})"
        largest = Cell(text=told, sort=abs(one["after"] - one["before"]))
    mark: Mark = "warning" if one["wrong_steps"] else "good"
    cells = [percent(one["wrong_rows"], mark=mark), percent(one["wrong_steps"])]
    return [text(one["column"]), text(f"should only {one['direction'][:-1]}"), number(one["rows"], 0), *cells, largest]
