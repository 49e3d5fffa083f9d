"""Does a change that means nothing move an answer?"""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Cell, Column, Mark, Table, number, text
from components.reporter.sections.questions import Shown

_NAMES = {
    "unused_column": "one more column in the table",
    "row_order": "the rows in another order",
    "batch_of_one": "rows asked one by one, and not together",
    "unseen_category": "another name for a category that no row has",
}


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows a row for each change."""
    titles = ("change", "rows", "answers that move", "by at most")
    table = Table(
        caption="Changes that must not move an answer",
        columns=[Column(title=title, numeric=place > 0) for place, title in enumerate(titles)],
        rows=[_row(one) for one in content["checks"]],
        note="Answers are compared bit by bit.",
    )
    return [], [table]


def _row(one: Mapping[str, Any]) -> list[Cell]:
    mark: Mark = "bad" if one["moved"] else "good"
    largest = Cell(text=f"{one['largest']:.3g}", sort=float(one["largest"]))
    return [text(_NAMES[one["check"]]), number(one["rows"], 0), number(one["moved"], 0, mark), largest]
