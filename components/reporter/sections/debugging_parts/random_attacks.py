"""What does the model make of cells as no table should hold them?"""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Cell, Column, Table, number, percent, text
from components.reporter.sections.questions import Shown

_NAMES = {
    "uniform": "drawn evenly from what the training rows hold",
    "marginal": "values of other rows, each column by itself",
    "out_of_range": "numbers beyond every training row's",
    "missing": "missing",
    "extreme": "±1e30 or the largest integers, and ±∞ in columns of floats",
    "unseen": "a category that no training row has",
    "very_long": "a text of 100,000 characters",
}


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows a row for each attack and group of columns."""
    titles = (
        "every cell of the columns",
        "columns",
        "rows",
        "invalid answers",
        content["counted"],
        "lowest",
        "highest",
    )
    table = Table(
        caption="Random attacks",
        columns=[Column(title=title, numeric=place > 1) for place, title in enumerate(titles)],
        rows=[_row(one) for one in content["attacks"]],
        note="An answer is invalid if it is no number, or a probability outside [0, 1]. That answers change is to be "
        "expected of drawn values; a model cannot know what a damaged cell held.",
    )
    return [], [table]


def _row(one: Mapping[str, Any]) -> list[Cell]:
    return [
        text(_NAMES[one["attack"]]),
        text(one["group"]),
        number(one["rows"], 0),
        percent(one["invalid"], mark="bad" if one["invalid"] else "good"),
        percent(one["changed"]),
        number(one["lowest"]),
        number(one["highest"]),
    ]
