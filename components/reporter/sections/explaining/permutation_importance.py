"""What the model relies on: the loss when a column is shuffled."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter.blocks import Block, Cell, Column, Mark, Table, Text, between, number, text
from components.reporter.figures import importances as figure
from components.reporter.sections.questions import Shown
from modules import tasks
from modules.base import numerals

# More columns are in the table alone.
_MOST = 10
# So many harmless columns are named in the lead.
_NAMED = 6
# So many are compared with the first by Shapley values.
_COMPARED = 5
# Whose method finds how far each column moves the answers.
_SHAPLEY = "shapley"


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows the most important columns, with SHAP's values beside them where there are any; the rest folded away."""
    importances, metric = content["importances"], tasks.METRICS[content["metric"]].title
    rows = content["rows"]
    caption = (
        f"What shuffling a column costs in {metric}, on {rows['test']:,} test and {rows['training']:,} training rows"
    )
    caption += f", with 95 % intervals; the first {_MOST} of {len(importances)}" if len(importances) > _MOST else ""
    seen = figure.plot(importances[:_MOST], metric, caption, _moved(summary))
    return [seen], [_table(content, metric), *_agreement(content, _moved(summary)), *_about(content)]


def lead(content: Mapping[str, Any]) -> str:
    """Says which columns carry the answers, and how sure that is, in two or three sentences."""
    units = _units(content)
    sure = [one for one in units if one["test"]["low"] > 0]
    metric = tasks.METRICS[content["metric"]].title
    if not sure:
        return f"No column costs {metric} beyond chance when it is shuffled."
    costs = [f"{figure.name_of(one)} {_interval(one['test'])}" for one in sure[:3]]
    said = f"The answers rest most on {_listed(costs)}: so much {metric} is lost when a column is shuffled."
    first, *others = units
    if others:
        is_ahead = first["test"]["low"] > max(one["test"]["high"] for one in others)
        said += " The first is ahead beyond chance." if is_ahead else " Other test rows could change their order."
    harmless = [figure.name_of(one) for one in units if one["test"]["low"] <= 0]
    if not harmless:
        return said
    named = f" ({_listed(harmless)})" if len(harmless) <= _NAMED else ""
    return f"{said} {len(harmless)} of {len(units)} cost nothing beyond chance{named}."


def _units(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Returns the importances, the most important first, groups instead of their columns."""
    grouped = {name for group in content["groups"] for name in group["columns"]}
    return [one for one in content["importances"] if len(one["columns"]) > 1 or one["columns"][0] not in grouped]


def _interval(importance: Mapping[str, float]) -> str:
    ends = numerals.interval(importance["low"], importance["high"], ".3f")
    return f"{numerals.written(importance['value'], '.3f')} ({ends})"


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _moved(summary: Mapping[str, Any]) -> Mapping[str, float] | None:
    """Returns the mean absolute Shapley value of each column, where the method found some."""
    found = [result["content"] for result in summary["explanation"] if result["method"] == _SHAPLEY]
    return found[0]["mean_absolute"] if found and found[0] else None


def _agreement(content: Mapping[str, Any], moved: Mapping[str, float] | None) -> list[Block]:
    """Says which columns come first when shuffled, and which by Shapley values."""
    alone = [one["columns"][0] for one in content["importances"] if len(one["columns"]) == 1]
    if not moved:
        return []
    by_shapley = sorted((name for name in alone if name in moved), key=lambda name: -moved[name])[:_COMPARED]
    by_loss = alone[:_COMPARED]
    both = len(set(by_loss) & set(by_shapley))
    said = f"First when shuffled alone: {_listed(by_loss)}. First by mean |Shapley value|: {_listed(by_shapley)}. "
    return [
        Text(text=f"{said}{both} of {len(by_loss)} are in both. The one counts what is lost, the other what moves.")
    ]


def _table(content: Mapping[str, Any], metric: str) -> Table:
    rows = content["rows"]
    on_test, on_training = (numerals.written(content["values"][split], ".4f") for split in ("test", "training"))
    return Table(
        caption=f"Loss of {metric} when a column is shuffled, mean of {content['repeats']} times",
        columns=[
            Column(title="shuffled", numeric=False),
            Column(title="test rows"),
            Column(title="95 % interval", numeric=False),
            Column(title="training rows"),
            Column(title="95 % interval", numeric=False),
            Column(title="remark", numeric=False),
        ],
        rows=[
            [text(figure.name_of(one)), *_cells(one["test"]), *_cells(one["training"]), _remark(one)]
            for one in content["importances"]
        ],
        note=f"Nothing shuffled, {metric} is {on_test} on the {rows['test']:,} test rows and {on_training} on the "
        f"{rows['training']:,} training rows that were drawn. The intervals are for other rows of the same kind and "
        "other shuffles.",
    )


def _cells(importance: Mapping[str, float]) -> list[Cell]:
    mark: Mark = "muted" if importance["low"] <= 0 else ""
    return [number(importance["value"], mark=mark), between(importance["low"], importance["high"], 4, mark)]


def _remark(importance: Mapping[str, Any]) -> Cell:
    if importance["training"]["low"] > importance["test"]["high"]:
        return text("relied on more for rows that it was trained on", "warning")
    if importance["test"]["low"] <= 0:
        return text("nothing beyond chance on test rows", "muted")
    return text("")


def _about(content: Mapping[str, Any]) -> list[Block]:
    """Says which columns were shuffled together, and which not at all."""
    said: list[Block] = []
    for group in content["groups"]:
        pairs = _listed(
            [
                f"{pair['measure']} of {pair['first']} and {pair['second']} {numerals.written(pair['value'], '.2f')}"
                for pair in group["pairs"]
            ]
        )
        said.append(
            Text(
                text=f"{_listed(group['columns'])} carry the same information ({pairs}; the limit is "
                f"{content['limit']:g}): while one is shuffled, the other fills in for it. What they "
                "cost together counts."
            )
        )
    alone = sum(len(one["columns"]) == 1 for one in content["importances"])
    if alone < content["columns"]:
        said.append(
            Text(text=f"Of {content['columns']:,} columns, the {alone} that move the answers most were shuffled.")
        )
    return said
