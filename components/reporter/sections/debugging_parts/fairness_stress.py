"""What does the model make of a sensitive column, and of those that stand in for it?"""

from collections.abc import Iterator, Mapping
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Table, Text, between, number, percent, text
from components.reporter.sections.questions import Shown

_UNREAD = "The model does not read {column}: it cannot be set to another value."
_NO_PROXIES = "Too few test rows tell which other columns stand in for {column}."


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows a table of flips and one of proxies for each sensitive column."""
    blocks = [block for one in content["columns"] for block in _column(one, content["counted"])]
    return [], blocks


def _column(one: Mapping[str, Any], counted: str) -> Iterator[Block]:
    name = one["column"]
    if not one["is_read"]:
        yield Text(text=_UNREAD.format(column=name))
    elif "flips" in one:
        yield _flips(one, counted)
    if "proxies" in one:
        yield _proxies(one)
    else:
        yield Text(text=_NO_PROXIES.format(column=name))


def _flips(one: Mapping[str, Any], counted: str) -> Table:
    titles = (
        "set to",
        "rows with another value",
        counted,
        "95 % interval",
        "mean change of the answer",
        "95 % interval",
    )
    return Table(
        caption=f"Nothing but {one['column']} is set to another value",
        columns=[Column(title=title, numeric=place > 0) for place, title in enumerate(titles)],
        rows=[_flip(flip) for flip in one["flips"]],
        note=f"Some value gives {one['ever']:.1%} of the rows another answer. Such rows may not exist: this tells how "
        "the model uses the column, not what would happen to a person.",
    )


def _flip(flip: Mapping[str, Any]) -> list[Cell]:
    share, change = flip["changed"], flip["change"]
    return [
        text(flip["to"]),
        number(flip["rows"], 0),
        percent(share[0]),
        between(share[1], share[2], 1, share=True),
        number(change[0]),
        between(change[1], change[2], 4),
    ]


def _proxies(one: Mapping[str, Any]) -> Table:
    proxies, gaps = one["proxies"], one["gaps"]
    return Table(
        caption=f"Columns that stand in for {one['column']}: the others tell it with an AUC of {proxies['auc']:.3f}",
        columns=[Column(title="column", numeric=False), Column(title="AUC that is lost without it")],
        rows=[[text(name), number(value, 3)] for name, value in proxies["columns"].items()],
        note=f"Without all of these the AUC is {proxies['auc_without']:.3f}. The widest gap between the groups is "
        f"{gaps['as_it_is']:.3g}; {gaps['without_column']:.3g} if {one['column']} is exchanged between rows, and "
        f"{gaps['without_proxies']:.3g} if these columns are exchanged, too.",
    )
