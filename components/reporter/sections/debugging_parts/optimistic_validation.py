"""Validation beside test, and the near-duplicates of training rows among both."""

from collections.abc import Mapping
from typing import Any

from components.reporter import readings
from components.reporter.blocks import Block, Cell, Column, Mark, Table, Text, between, number, percent, signed, text
from components.reporter.sections.questions import Shown
from modules.base import numerals


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows both tables, folded away."""
    rows = content["rows"]
    said = (
        f"The model that ships, on the {rows['validation']:,} validation rows, by which trainings end and form and "
        f"threshold are chosen, and on the {rows['test']:,} test rows."
    )
    blocks: list[Block] = [Text(text=said), _metrics(content)]
    if content["near_duplicates"] is not None:
        blocks += [_duplicates(content["near_duplicates"]), Text(text=_key(content["near_duplicates"]["key"]))]
    return (), blocks


def _metrics(content: Mapping[str, Any]) -> Table:
    decides = f"What decides: {readings.title(content['deciding'])}."
    titles = ("validation", "95 % interval", "test", "95 % interval", "validation better by", "95 % interval")
    return Table(
        caption="Metrics on validation and test rows, and the difference of both",
        columns=[Column(title="metric", numeric=False), *(Column(title=title) for title in titles)],
        rows=[
            [text(readings.title(one["metric"])), *_value(one["validation"]), *_value(one["test"]), *_better(one)]
            for one in content["metrics"]
        ],
        note=f"{decides} Where the interval of the difference holds 0, chance may have made it.",
    )


def _value(value: Mapping[str, Any]) -> list[Cell]:
    return [number(value["value"]), between(value["low"], value["high"], 4)]


def _better(one: Mapping[str, Any]) -> list[Cell]:
    mark: Mark = "bad" if one["low"] is not None and one["low"] > 0 else ""
    return [
        signed(one["better"], mark=mark),
        between(one["low"], one["high"], 4),
    ]


def _duplicates(found: Mapping[str, Any]) -> Table:
    interval = f"95 %: {numerals.interval(found['low'], found['high'], '.1%')}"
    return Table(
        caption=f"Near-duplicates among {found['training']:,} training rows",
        columns=[Column(title="rows of", numeric=False), *(Column(title=title) for title in ("looked at", "share"))],
        rows=[
            [text(name), number(found[name]["rows"], 0), percent(found[name]["near_duplicates"] / found[name]["rows"])]
            for name in ("validation", "test")
        ],
        note="A near-duplicate has the same categories, and each number at most 0.1 standard deviations away. The "
        f"share of the validation rows is higher by {found['more']:.1%} ({interval}).",
    )


def _key(key: Mapping[str, Any] | None) -> str:
    if key is None:
        return "No column, and no few columns, are shared by near-duplicates and not by other rows."
    names = ", ".join(key["columns"])
    return (
        f"What they share: {names}; equal in {key['shared']:.1%} of the pairs of near-duplicates, and in "
        f"{key['by_chance']:.2%} of other pairs."
    )
