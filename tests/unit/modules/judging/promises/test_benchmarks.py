"""Promises to be better than a plain model, by the interval that the Debugger measured."""

from typing import Any

import numpy as np
import pytest

from modules.base.promises import Promises
from modules.contracts.method_results import MethodResult
from modules.contracts.verdict import Decision
from modules.judging.promises import ComparedRows, benchmarks, decide
from modules.judging.slices import OVERALL

pytestmark = pytest.mark.unit

ROWS = np.arange(100)


def decided(low: float, high: float, *beats: dict[str, Any], undecided: str = "warn") -> list[Decision]:
    rows = ComparedRows(
        task="binary",
        classes=["no", "yes"],
        labels=(ROWS % 4 == 0).astype(np.float32),
        weights=None,
        shipped=np.full((100, 2), 0.5),
        uncompressed=np.full((100, 2), 0.5),
        baseline=None,
        rows_by_key={OVERALL: ROWS},
        seed=1,
    )
    gain = {"value": (low + high) / 2, "low": low, "high": high, "rows": 100, "method": "delong", "reason": ""}
    content = {"metric": "auc", "models": [{"model": "boosted_trees", "gain": gain}]}
    gains = benchmarks.gains_of([MethodResult(benchmarks.METHOD, content, "Stopped.")])
    return decide(Promises.model_validate({"beats": [*beats], "undecided": undecided}), rows, {}, gains)


@pytest.mark.parametrize(
    ("low", "high", "margin", "state"),
    [
        (0.001, 0.003, 0.0, "kept"),
        (-0.001, 0.003, 0.0, "undecided"),
        (-0.003, -0.001, 0.0, "broken"),
        (-0.003, -0.001, -0.004, "kept"),
        (-0.003, -0.001, -0.002, "undecided"),
        (0.001, 0.003, 0.004, "broken"),
    ],
)
def test_the_interval_of_the_gain_decides_about_the_margin(low: float, high: float, margin: float, state: str) -> None:
    (found,) = decided(low, high, {"benchmark": "boosted_trees", "margin": margin})
    assert (found.state, found.stops) == (state, state == "broken")
    assert (found.promise, found.kind, found.measure) == ("promises.beats[0].margin", "benchmark", "auc/boosted_trees")
    assert (found.rule, found.limit, found.slice, found.rows, found.positives) == (
        "at least",
        margin,
        "overall",
        100,
        25,
    )


def test_a_model_that_was_not_trained_leaves_the_promise_undecided_and_says_why() -> None:
    (found,) = decided(0.1, 0.2, {"benchmark": "linear"}, undecided="stop")
    assert (found.state, found.stops, found.value, found.reason) == ("undecided", True, None, "Stopped.")


def test_before_any_model_is_trained_the_promise_is_left_out() -> None:
    rows = ComparedRows("binary", ["a", "b"], ROWS, None, ROWS, ROWS, None, {OVERALL: ROWS}, 1)
    assert decide(Promises.model_validate({"beats": [{"benchmark": "linear"}]}), rows, {}) == []
