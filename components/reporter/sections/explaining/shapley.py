"""Shapley values: a swarm, the dependence on the first columns, single rows, and how far the explainers agree."""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Table, Text, number, text
from components.reporter.figures import contributions as figures
from components.reporter.sections.explaining import answer_words
from components.reporter.sections.questions import Shown

_DEPENDENCE = 4
_LARGE_ERROR = 0.01


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows all of it folded away: its mean values stand in the figure of importance."""
    how = "every coalition of columns was asked" if content["enumerated"] else "so were orders of the columns"
    blocks: list[Block] = [
        Text(
            text=f"What each column moved an answer by, away from the mean answer to {content['background']} "
            f"training rows, of {content['rows']} test rows; both were drawn by seed, and {how}. The contributions of "
            "a row add up to its answer. They say what the model does with its columns, not what would happen if one "
            "changed in the world."
        )
    ]
    shown = content["shown_outputs"]
    for place, output in enumerate(shown):
        blocks.append(figures.swarm(content["columns"], place, answer_words.title(content, output)))
    blocks += [figures.waterfall(row) for row in content["single_rows"]]
    blocks += [
        figures.dependence(column, 0, answer_words.title(content, shown[0]))
        for column in content["columns"][:_DEPENDENCE]
    ]
    blocks.append(_explainers(content))
    return (), blocks


def _explainers(content: Mapping[str, Any]) -> Table:
    return Table(
        caption="What other ways of computing Shapley values say, on fewer rows",
        columns=[
            Column(title="explainer", numeric=False),
            Column(title="of", numeric=False),
            Column(title="rows"),
            Column(title="additivity error"),
            Column(title="rank correlation"),
            Column(title="first columns", numeric=False),
        ],
        rows=[
            [
                text(one["name"]),
                text(one["about"]),
                number(one["rows"], 0),
                _error(one["additivity_error"]),
                number(one["rank_correlation"], 2),
                text(", ".join(one["first"][:3])),
            ]
            for one in content["explainers"]
        ],
        note="Additivity error: by how much base and contributions miss an answer at most. Rank correlation: with the "
        "first explainer, over the columns' mean contributions to the same rows; 1 is the same order.",
    )


def _error(value: float) -> Cell:
    return Cell(text=f"{value:.1e}", sort=value, mark="warning" if value > _LARGE_ERROR else "")
