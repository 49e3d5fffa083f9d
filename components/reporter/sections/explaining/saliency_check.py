"""Whether gradients by column say anything of what the network learnt."""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Column, Notice, Table, number, text
from components.reporter.sections.questions import Shown
from modules.base import numerals


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows how the rank correlation falls as layers become random; all of it is folded away."""
    last = content["stages"][-1]
    said = (
        f"With random weights in all {last['layers']} layers, gradients rank the columns of a row with a correlation "
        f"of {numerals.written(last['correlation'], '.2f')} to those of the trained network"
    )
    verdict = (
        Notice(mark="good", text=f"{said}. They follow what it learnt; that much of the order is the encoding's.")
        if content["passes"]
        else Notice(
            mark="warning",
            text=f"{said}, above {content['limit']:g}: they tell more of how columns are encoded than of what it "
            "learnt. Do not rely on gradients here; ask the methods that ask the file.",
        )
    )
    table = Table(
        caption=f"Rank correlation of gradients by column with those of the trained network, on {content['rows']:,} "
        "test rows",
        columns=[Column(title="layers with random weights, from the logits down", numeric=False), Column(title="mean")],
        rows=[[text(str(its["layers"])), number(its["correlation"], 3)] for its in content["stages"]],
        note=f"Means of {content['repeats']} draws; {content['columns']} columns. 1 is the same order, 0 is chance.",
    )
    return [], [verdict, table]
