"""Is the model better than plain ones?"""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Cell, Column, Mark, Table, between, number, text
from components.reporter.sections.questions import Shown
from modules import tasks

_MODELS = {
    "constant": "one answer for all rows",
    "linear": "linear model",
    "boosted_trees": "boosted trees",
}


def show(content: Mapping[str, Any], summary: Mapping[str, Any]) -> Shown:
    """Shows each model's metrics, and how much better the one that ships is."""
    names = list(content["shipped"])
    shipped = [text("the model that ships"), *(number(content["shipped"][name]) for name in names), number(None)]
    table = Table(
        caption=f"Trained on the same {content['training_rows']:,} rows, and measured on the test rows",
        columns=[
            Column(title="model", numeric=False),
            *(Column(title=tasks.METRICS[name].title) for name in names),
            Column(title=f"{tasks.METRICS[content['metric']].title} of the model that ships, less this one's"),
            Column(title="95 % interval"),
        ],
        rows=[[*shipped, number(None)], *(_row(model, names) for model in content["models"])],
        note="The interval is of the difference on the same rows. The plain models are as scikit-learn sets them, and "
        f"read {content['columns']:,} columns; accuracy is at each model's own threshold, of a plain one 0.5.",
    )
    return [], [table]


def _row(model: Mapping[str, Any], names: list[str]) -> list[Cell]:
    gain = model["gain"]
    mark: Mark = "" if gain["low"] is None else "good" if gain["low"] > 0 else "bad" if gain["high"] < 0 else "warning"
    return [
        text(_MODELS[model["model"]]),
        *(number(model["metrics"][name]) for name in names),
        number(gain["value"], mark=mark),
        between(gain["low"], gain["high"], 4),
    ]
