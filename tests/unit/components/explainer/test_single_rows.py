"""Methods about single rows, where there is a value to predict, or next to nothing to read."""

import dataclasses
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from components.explainer.methods import METHODS
from components.reporter.sections import explanation
from modules import tasks
from modules.base import questions
from modules.explaining.clock import Clock
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import RawColumn, RawFunction, Rows
from modules.explaining.row_set import RowSet

pytestmark = pytest.mark.unit

COLUMNS = [
    RawColumn("distance", "numeric", "float32"),
    RawColumn("zone", "categorical", "int64"),
    RawColumn("when", "timestamp", "int64"),
]


@dataclasses.dataclass
class Asked:
    """What a method is given, without a file: a regression."""

    function: RawFunction
    training: RowSet
    test: RowSet
    seed: int = 1
    rows: int = 200

    def __post_init__(self) -> None:
        self.clock = Clock(600)
        self.teacher = None  # it was not trained by folds
        self.test_answers = self.function(self.test.rows)
        self.plain = PlainColumns.learn(self.function.columns, self.training.rows)
        self.strongest = [column.name for column in self.function.columns]
        self.target = tasks.Target("regression")
        self.model = SimpleNamespace(card=SimpleNamespace(label="fare", threshold=None))
        # A network as wide as this is left out.
        self.network = SimpleNamespace(network=SimpleNamespace(input_shape=(None, 100_000)))


def fares(rows: Rows) -> np.ndarray:
    fare = 3.0 + 2.0 * np.nan_to_num(rows["distance"])
    return (fare + 5.0 * (rows["zone"] == 2) if "zone" in rows else fare)[:, None]


def asked(columns: list[RawColumn]) -> Any:
    random = np.random.default_rng(1)

    def drawn(count: int) -> RowSet:
        rows: dict[str, np.ndarray] = {
            "distance": np.where(random.random(count) < 0.1, np.nan, random.uniform(1, 9, count)).astype(np.float32),
            "zone": random.integers(1, 4, count),
            "when": random.integers(1_600_000_000, 1_700_000_000, count),
        }
        rows = {column.name: rows[column.name] for column in columns}
        labels = fares(rows)[:, 0] + random.normal(size=count)
        return RowSet(rows, labels.astype(np.float32), None, np.arange(count))

    return Asked(RawFunction(columns, ["fare"], fares), drawn(300), drawn(100))


def shown(method: str, content: Any, note: str) -> None:
    """Checks that the page takes what a method found."""
    content = json.loads(json.dumps(content, allow_nan=False))
    summary = {"explanation": [{"method": method, "content": content, "note": note}]}
    made = explanation.section(summary)
    assert made is not None and made.blocks


@pytest.mark.parametrize("count", [3, 1], ids=["three columns", "one column"])
def test_a_regression_is_explained_in_the_unit_of_its_label(count: int) -> None:
    given = asked(COLUMNS[:count])
    content, note = METHODS["shapley"](given, questions.Explainer())
    assert content is not None and content["enumerated"]
    assert content["outputs"] == ["fare"]
    assert next(iter(content["mean_absolute"])) == "distance"
    assert content["explainers"][-1]["name"] == "Tree SHAP"
    highest = content["single_rows"][0]
    assert highest["why"] == "the highest answer"
    assert highest["base"] + sum(part["contribution"] for part in highest["parts"]) == pytest.approx(
        float(given.test_answers.max()), rel=1e-4
    )
    shown("shapley", content, note)
    content, note = METHODS["lime"](given, questions.Explainer())
    assert content is not None and content["rows"] >= 20
    shown("lime", content, note)


def test_a_regression_has_no_counterfactuals_and_says_so() -> None:
    content, note = METHODS["counterfactuals"](asked(COLUMNS), questions.Explainer())
    assert content is None and note == "A regression decides nothing that a change could flip."
    shown("counterfactuals", content, note)
