"""What would have had to be different: single rows, and how often a change was found."""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Block, Column, Table, Text, number, text
from components.reporter.sections.questions import Shown

_NAMED = 5


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows all of it folded away."""
    rows, found = content["rows"], content["found"]
    said = (
        "The nearest change that flips the decision: the fewest columns first, then the smallest change. Of "
        f"{rows} test rows, drawn by seed, one was found for {found}"
    )
    sizes = [f"{count} by {size} column{'s' * (size != '1')}" for size, count in content["by_columns"].items()]
    said += f" ({', '.join(sizes)}). " if sizes else ". "
    if found < rows:
        said += f"For {rows - found} none of at most {content['most_columns']} columns was found. "
    said += f"What may change: {', '.join(content['mutable'])}, to values that training rows have."
    for column, direction in content["directions"].items():
        said += f" {column} only {direction}."
    blocks: list[Block] = [Text(text=said), _examples(content)]
    changed = [f"{column} ({times})" for column, times in list(content["changed"].items())[:_NAMED]]
    if changed:
        blocks.append(Text(text=f"What changed most often: {', '.join(changed)}."))
    return (), blocks


def _examples(content: Mapping[str, Any]) -> Table:
    rows = []
    for one in content["examples"]:
        other = one["counterfactual"]
        changes = "none found"
        if other is not None:
            changes = ", ".join(f"{c['column']} {c['from']} → {c['to']}" for c in other["changes"])
        rows.append(
            [
                text(f"test row {one['row']:,}, {one['why']}"),
                text(one["decision"]),
                number(one["probability"], 3),
                text(changes),
                text("–" if other is None else other["decision"]),
                number(None if other is None else other["probability"], 3),
            ]
        )
    return Table(
        caption="What would have had to be different for another decision",
        columns=[
            Column(title="row", numeric=False),
            Column(title="decision", numeric=False),
            Column(title="its probability"),
            Column(title="the nearest change", numeric=False),
            Column(title="decision then", numeric=False),
            Column(title="probability of the first"),
        ],
        rows=rows,
        note="These are changes of what the model is given, and no advice: what else would change in the world with "
        "them, the model does not know.",
    )
