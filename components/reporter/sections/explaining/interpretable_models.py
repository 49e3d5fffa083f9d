"""What models that a person can read would cost, against the one that ships."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Mark, Table, Text, number, signed, text
from components.reporter.sections.questions import Shown
from modules import tasks
from modules.base import numerals

_TITLES = {
    "linear": ("linear model", "A linear model"),
    "shallow_tree": ("shallow tree", "A shallow tree"),
    "rule_fit": ("rule fit", "A weighted sum of rules"),
    "calibrated_linear": ("calibrated columns, then a sum", "A sum of calibrated columns"),
    "explainable_boosting": ("explainable boosting machine", "An explainable boosting machine"),
    "monotone_trees": ("boosted trees with monotone constraints", ""),
    "neighbours": ("k nearest neighbours", ""),
}


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows what the best readable model lacks in a sentence; the table of all is folded away."""
    costs = [its for its in content["models"] if its["difference"] is not None]
    seen: list[Block] = [Text(text=_best(content, costs))] if any(_sentence_of(its) for its in costs) else []
    return seen, [_table(content)] if content["models"] else []


def _sentence_of(cost: Mapping[str, Any]) -> str:
    return _TITLES[cost["model"]][1]


def _best(content: Mapping[str, Any], costs: Sequence[Mapping[str, Any]]) -> str:
    """Says what the best model has of those that can be read as a whole."""
    metric = tasks.METRICS[content["metric"]]
    sign = 1 if metric.higher_is_better else -1
    best = max((its for its in costs if _sentence_of(its)), key=lambda its: sign * its["value"])
    gap = best["difference"]
    how = f"{abs(gap):.3f} {'less' if gap < 0 else 'more'} than" if round(gap, 3) else "as much as"
    interval = "" if best["low"] is None else f" (95 % interval {numerals.interval(best['low'], best['high'], '+.3f')})"
    of = content["rows"]
    few = f", learnt from {best['rows']:,} of {of['of_training']:,} rows" if best["rows"] < of["of_training"] else ""
    value = numerals.written(best["value"], ".3f")
    return f"{_sentence_of(best)} has {metric.title} {value}, {how} what ships{interval}{few}."


def _table(content: Mapping[str, Any]) -> Table:
    metric, shipped = tasks.METRICS[content["metric"]], content["shipped"]
    ships = [
        text("what ships"),
        number(shipped["value"]),
        text("–", "muted"),
        text("–", "muted"),
        number(shipped["bytes"], 0),
        text(""),
        text(""),
    ]
    return Table(
        caption=f"What it would cost: {metric.title} on the {content['rows']['test']:,} test rows, and bytes",
        columns=[
            Column(title="model", numeric=False),
            Column(title=metric.title),
            Column(title="more than what ships"),
            Column(title="95 % interval", numeric=False),
            Column(title="bytes"),
            Column(title="holds", numeric=False),
            Column(title="training rows"),
        ],
        rows=[ships, *(_row(its, metric.higher_is_better) for its in content["models"])],
        note=" ".join(_notes(content)),
    )


def _notes(content: Mapping[str, Any]) -> Iterator[str]:
    """Yields what has to be known to read the table."""
    yield (
        "The differences are of the same rows; where the interval holds 0, chance may have made them. All but what "
        f"ships learn from a sample of the {content['rows']['of_training']:,} training rows, drawn by seed, without a "
        "search of their settings: more rows and a search could improve them."
    )
    yield (
        "Bytes are four for each number that an answer takes, and the texts of the categories; those of what ships are "
        "its whole file, with the graph of its preprocessing."
    )
    yield "Nearest neighbours and boosted trees can be followed for one row, and not read as a whole."
    directions = [f"{'rise' if sign > 0 else 'fall'} with {name}" for name, sign in content["monotone"].items()]
    if directions:
        told = " and ".join(directions)
        yield f"Boosted trees and calibrated columns may only {told}, as debugger.monotone asks."
    else:
        yield "Boosted trees are left out: debugger.monotone asks for no constraint that this task can keep."
    if content["columns"] < content["of_columns"]:
        yield f"They are given {content['columns']} of {content['of_columns']:,} columns, those that move answers most."


def _row(cost: Mapping[str, Any], higher_is_better: bool) -> list[Cell]:
    mark: Mark = ""
    interval = text(cost["reason"])
    if cost["low"] is not None:
        low, high = (cost["low"], cost["high"]) if higher_is_better else (-cost["high"], -cost["low"])
        mark = "good" if low > 0 else "bad" if high < 0 else ""
        interval = Cell(text=numerals.interval(cost["low"], cost["high"], "+.4f"), sort=cost["low"])
    gap = cost["difference"]
    return [
        text(_TITLES[cost["model"]][0]),
        number(cost["value"]),
        text("–", "muted") if gap is None else signed(gap, mark=mark),
        interval,
        number(cost["bytes"], 0),
        text(cost["holds"]),
        number(cost["rows"], 0),
    ]
