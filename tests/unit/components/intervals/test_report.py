import json
from typing import Any

import numpy as np
import pytest

from components.intervals import report

pytestmark = pytest.mark.unit

ROWS = {"overall": np.arange(300), "sex=f": np.arange(0, 300, 3), "sex=x": np.arange(2)}


def measured(
    task: str,
    classes: list[str],
    weights: np.ndarray | None = None,
    seed: int = 1,
    threshold: float | None = None,
) -> dict[str, Any]:
    generator = np.random.default_rng(1)
    width = max(len(classes), 1)
    labels = generator.integers(0, max(width, 2), 300).astype("float32")
    predictions = generator.random((300, width)).astype("float32") + 0.3 * (labels[:, None] == np.arange(width))
    predictions /= predictions.sum(axis=1, keepdims=True) if classes else 1
    given = (task, labels, predictions.astype("float32"), weights, classes, ROWS, [0.25, 0.5], seed)
    found = report.intervals(*given, threshold)
    return json.loads(json.dumps(found.to_json(), allow_nan=False))


def test_metrics_and_rates_are_those_at_the_decision_threshold() -> None:
    overall = measured("binary", ["n", "y"], threshold=0.6)["slices"][0]
    assert overall["metrics"]["recall"]["value"] == overall["rates"]["true_positive_rate@0.60"]["value"]
    plain = measured("binary", ["n", "y"])["slices"][0]
    assert overall["metrics"]["recall"]["value"] < plain["metrics"]["recall"]["value"]
    assert {name.partition("@")[2] for name in plain["rates"]} == {"0.25", "0.50"}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_slice_is_there_in_order_whatever_its_size(task: str) -> None:
    found = measured(task, {"binary": ["n", "y"], "multiclass": ["a", "b", "c"]}.get(task, []))
    assert (found["confidence"], found["replicates"]) == (0.95, 1_000)
    assert [(entry["slice"], entry["rows"]) for entry in found["slices"]] == [
        ("overall", 300),
        ("sex=f", 100),
        ("sex=x", 2),
    ]
    for entry in found["slices"][2]["metrics"].values():
        if entry["method"] == "bootstrap":
            assert entry["low"] is None
            assert entry["reason"]
    for entry in found["slices"]:
        for made in (*entry["metrics"].values(), *entry["rates"].values()):
            assert (made["low"] is None) == (made["high"] is None) == bool(made["reason"])


def test_rates_are_of_the_positive_class_or_of_each_against_the_rest_and_a_regression_has_none() -> None:
    assert "true_positive_rate@0.25" in measured("binary", ["n", "y"])["slices"][0]["rates"]
    several = measured("multiclass", ["a", "b", "c"])["slices"][0]["rates"]
    assert {name.partition("/")[2] for name in several} == {"a", "b", "c"}
    assert "false_negative_rate@0.50/c" in several
    assert measured("regression", [])["slices"][0]["rates"] == {}


def test_a_slice_is_measured_by_its_own_rows_and_the_smaller_is_the_less_sure() -> None:
    overall, own, _ = measured("binary", ["n", "y"])["slices"]
    assert overall["metrics"]["auc"]["value"] != own["metrics"]["auc"]["value"]
    widths = [entry["metrics"]["auc"]["high"] - entry["metrics"]["auc"]["low"] for entry in (overall, own)]
    assert widths[1] == pytest.approx(widths[0] * np.sqrt(3), rel=0.25)


def test_the_seed_and_nothing_else_decides_the_intervals() -> None:
    weights = np.random.default_rng(2).random(300)
    first, again, other = (measured("binary", ["n", "y"], weights, seed) for seed in (1, 1, 2))
    assert first == again
    one, another = (made["slices"][0]["metrics"]["auc"] for made in (first, other))
    assert one["value"] == another["value"]
    assert one["low"] != another["low"]
