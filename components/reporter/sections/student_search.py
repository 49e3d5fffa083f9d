"""The shapes of the student that were tried, beside the search for the teacher's."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter.blocks import Column, Table, number, text

_WITHOUT = {"": "all", "one_hot": "without one-hot bins", "piecewise_linear": "without piecewise linear bins"}


def table(shapes: Sequence[Mapping[str, Any]], metric: str) -> Table:
    """Returns the table of the shapes, the best first.

    Args:
        shapes: As `student_search` of the summary has them.
        metric: What was watched, as people call it.
    """
    return Table(
        caption=f"The student's shape: {len(shapes)} tried, the best first; the first one was trained to its end",
        columns=[
            Column(title="hidden layers", numeric=False),
            Column(title="activation", numeric=False),
            Column(title="dropout"),
            Column(title="codes", numeric=False),
            Column(title="bytes, computed before training"),
            Column(title="epochs"),
            Column(title=f"validation {metric}"),
        ],
        rows=[
            [
                text("-".join(str(units) for units in shape["units"])),
                text(shape["activation"]),
                number(shape["dropout"], 1),
                text(_WITHOUT[shape["without"]]),
                number(shape["bytes"], 0),
                number(shape["epochs"], 0),
                number(shape["score"]),
            ]
            for shape in shapes
        ],
    )
