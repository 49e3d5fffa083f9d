"""Summaries made by hand, small enough to check every number."""

from collections.abc import Callable
from typing import Any

import pytest


def entry(value: float | None, low: float | None = None, high: float | None = None, rows: int = 0) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "rows": rows, "method": "wilson", "reason": None}


def a_slice(name: str, columns: list[str], rows: float, **metrics: float) -> dict[str, Any]:
    return {
        "slice": name,
        "columns": columns,
        "too_small": name != "overall" and rows < 100,
        "metrics": {"example_count": rows, **metrics},
    }


@pytest.fixture
def binary() -> dict[str, Any]:
    """Two sexes that are large enough, one region of two that is."""
    tpr, fpr = "true_positive_rate@0.50", "false_positive_rate@0.50"
    slices = [
        a_slice("overall", [], 1000, auc=0.9, accuracy=0.85, mean_label=0.4, **{tpr: 0.7, fpr: 0.1}),
        a_slice("region=north", ["region"], 950, auc=0.91, accuracy=0.86, mean_label=0.4, **{tpr: 0.72}),
        a_slice("region=south", ["region"], 50, auc=0.2, accuracy=0.5, mean_label=0.4, **{tpr: 0.1}),
        a_slice("sex=f", ["sex"], 400, auc=0.95, accuracy=0.8, mean_label=0.5, **{tpr: 0.6, fpr: 0.05}),
        a_slice("sex=m", ["sex"], 600, auc=0.88, accuracy=0.88, mean_label=1 / 3, **{tpr: 0.75, fpr: 0.125}),
    ]
    intervals = {
        "overall": {"auc": entry(0.9, 0.88, 0.92, 1000), "accuracy": entry(0.85, 0.827, 0.871, 1000)},
        "sex=f": {"auc": entry(0.95, 0.93, 0.97, 400), "accuracy": entry(0.8, 0.76, 0.84, 400)},
        "sex=m": {"auc": entry(0.88, 0.85, 0.91, 600), "accuracy": entry(0.88, 0.83, 0.9, 600)},
    }
    return {
        "name": "shop",
        "task": "binary",
        "classes": ["no", "yes"],
        "min_slice_examples": 100,
        "slices": slices,
        "intervals": {
            "slices": [
                {"slice": name, "rows": 1, "metrics": metrics, "rates": {}} for name, metrics in intervals.items()
            ]
        },
    }


@pytest.fixture
def texts() -> Callable[[Any], str]:
    """Returns a function that gives all that a block, a section or a list of them says."""

    def collect(part: Any) -> str:
        if isinstance(part, list | tuple):
            return "\n".join(map(collect, part))
        if isinstance(part, str):
            return part
        return collect([value for name, value in part if name != "spec"]) if hasattr(part, "model_dump") else ""

    return collect
