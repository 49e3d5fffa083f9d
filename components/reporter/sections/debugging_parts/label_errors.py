"""Suspected label errors, with the rows' values, and all that are listed as a file."""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Table, Text, number, saved, text
from components.reporter.sections.questions import Shown

_SEEN = 8


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows the suspects, folded away."""
    by_class = content["has_classes"]
    how = (
        "by confident learning: another class is as probable as it is, on average, for the rows that have that label"
        if by_class
        else "by a robust score: the residual is more than six robust standard deviations from the median"
    )
    # Runs of earlier versions do not tell: they had no other models than boosted trees.
    judges = "those of the teacher's models" if content.get("by_teacher") else "boosted trees"
    what = "What is probable" if by_class else "What to expect"
    said = (
        f"{content['suspected']:,} of {content['rows']:,} training rows are suspected {how}. {what}, {judges} say that "
        "have not seen the row. Where classes hardly overlap, about three of four suspects are wrong; "
        "where they do, fewer are."
    )
    blocks: list[Block] = [Text(text=said)]
    if content["pairs"]:
        blocks.append(_pairs(content))
    if content["listed"]:
        blocks.append(_rows(content, "probability of the label" if by_class else "robust score"))
    return (), blocks


def _pairs(content: Mapping[str, Any]) -> Table:
    return Table(
        caption="What they are labelled, and what they look like",
        columns=[Column(title="label", numeric=False), Column(title="looks like", numeric=False), Column(title="rows")],
        rows=[[text(one["label"]), text(one["instead"]), number(one["rows"], 0)] for one in content["pairs"]],
    )


def _rows(content: Mapping[str, Any], score: str) -> Table:
    rows = [
        [
            number(one["number"], 0),
            text(one["label"]),
            text(one["instead"]),
            Cell(text=f"{one['score']:.4g}", sort=one["score"]),
            text(", ".join(f"{name} = {value}" for name, value in zip(content["columns"], one["values"], strict=True))),
        ]
        for one in content["listed"]
    ]
    shown, more = rows[:_SEEN], rows[_SEEN:]
    columns = [
        Column(title="training row"),
        Column(title="label", numeric=False),
        Column(title="looks like", numeric=False),
        Column(title=score),
        Column(title="the row", numeric=False),
    ]
    further = f" The next {len(more)} are saved by the button CSV." if more else ""
    return Table(
        caption=f"The {len(shown)} most suspicious rows",
        columns=columns,
        rows=shown,
        more=[[saved(cell) for cell in row] for row in more],
        note="The number counts the training rows after the split, which deals rows by content: find a row in your "
        f"table by its values.{further}",
    )
