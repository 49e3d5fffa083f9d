"""How small a change leads to another decision?"""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Block, Column, Table, Text, between, number, percent
from components.reporter.figures import robustness
from components.reporter.sections.questions import Shown

_HOW = (
    "On {rows:,} drawn test rows the numbers {numeric} move, each by at most so many standard deviations, within what "
    "the training rows hold, along the signs of central differences of the file's own answers (FGSM one, PGD five)."
)


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows the robustness curve, and what swaps of categories do."""
    blocks: list[Block] = []
    counted = content["counted"].partition(" that")[0]
    if content["curve"]:
        blocks += [
            Text(text=_HOW.format(rows=content["rows"], numeric=", ".join(content["numeric"]))),
            robustness.curve(content["curve"], counted),
        ]
    if content["swaps"]:
        blocks.append(_swaps(content, counted))
    return [], blocks


def _swaps(content: Mapping[str, Any], counted: str) -> Table:
    return Table(
        caption="Categories exchanged for others of the training rows, each time the one with the worst effect",
        columns=[Column(title="categories of a row"), Column(title=f"{counted} kept"), Column(title="95 % interval")],
        rows=[
            [number(one["swaps"], 0), percent(one["kept"]), between(one["low"], one["high"], 1, share=True)]
            for one in content["swaps"]
        ],
        note=f"Of {', '.join(content['categorical'])}, of each the ten most frequent values.",
    )
