"""How the answer changes with a column, and which columns act only together."""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Table, Text, text
from components.reporter.figures import column_effects, interaction_maps
from components.reporter.sections.explaining import answer_words
from components.reporter.sections.questions import Shown

# So many pairs are listed.
_PAIRS = 10


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows all of it folded away, the strongest columns first."""
    answer = answer_words.title(content, content["output"])
    blocks: list[Block] = [Text(text=_about(content, answer))]
    for column in content["columns"]:
        draw = column_effects.of_categories if column["kind"] == "categorical" else column_effects.of_numbers
        moved = (
            f"{column['column']} moves the answer by {column['strength']:.3g} (root mean square over rows and values)."
        )
        blocks += [Text(text=moved), *draw(column, answer)]
    if content["interactions"]:
        blocks.append(_pairs(content, answer))
        blocks += [interaction_maps.interaction_map(found, answer) for found in content["maps"]]
    return (), blocks


def _about(content: Mapping[str, Any], answer: str) -> str:
    drawn, strengths = content["columns"], content["strengths"]
    chosen = " the most frequent class," if len(content["outputs"]) > 1 else ""
    others = len(strengths) - len(drawn)
    said = (
        f"{answer[0].upper()}{answer[1:]},{chosen} for {content['rows']:,} test rows whose value in one column is "
        "replaced by others: partial dependence (PDP, the mean of all rows), a line for each of a few rows (ICE), and "
        "accumulated local effects (ALE), which ask only about values near a row's own. Where partial dependence and "
        "ALE part, the column is correlated with others, and partial dependence asks about rows that do not exist; or "
        "few rows have such values, and ALE is coarse there. Lines that do not run alike show that the column acts "
        "together with another one. Of categories, grey lines hold four fifths of the rows; they have no ALE, since "
        "no category lies next to another."
    )
    if others:
        said += f" Shown are the {len(drawn)} columns that move the answer most, of {len(strengths)}."
    return said


def _pairs(content: Mapping[str, Any], answer: str) -> Table:
    return Table(
        caption=f"Which columns act only together, in {answer}",
        columns=[
            Column(title="columns", numeric=False),
            Column(title="moves the answer by"),
            Column(title="Friedman's H"),
        ],
        rows=[
            [
                text(f"{pair['first']} and {pair['second']}"),
                Cell(text=f"{pair['size']:.4g}", sort=pair["size"]),
                Cell(text=f"{pair['h']:.2f}", sort=pair["h"]),
            ]
            for pair in content["interactions"][:_PAIRS]
        ],
        note="How far the joint effect of two columns is from the sum of both: in the mean over rows, and as a share "
        "(H: 0 is none, 1 is all). A large H of a pair that hardly moves the answer means little. Measured on "
        f"{content['interaction_rows']} test rows.",
    )
