"""How the page shows plain models, and how a promise to beat one is told."""

from typing import Any

import pytest

from components.reporter import decisions
from components.reporter.blocks import Table
from components.reporter.sections import advice_on_promises
from components.reporter.sections.debugging_parts import benchmark_models
from tests.unit.components.reporter.made_up import kept

pytestmark = pytest.mark.unit


def model(name: str, low: float | None, high: float | None) -> dict[str, Any]:
    value = None if low is None or high is None else (low + high) / 2
    gain = {"value": value, "low": low, "high": high, "rows": 9, "method": "delong", "reason": ""}
    return {"model": name, "metrics": {"auc": 0.8, "accuracy": None}, "gain": gain}


def test_a_gain_is_marked_by_its_interval() -> None:
    content = {
        "metric": "auc",
        "shipped": {"auc": 0.9, "accuracy": 0.8},
        "models": [model("constant", 0.1, 0.2), model("linear", -0.1, 0.1), model("boosted_trees", -0.2, -0.1)],
        "training_rows": 1_000,
        "columns": 3,
    }
    seen, (table,) = benchmark_models.show(content, {})
    assert not seen
    assert isinstance(table, Table)
    assert "1,000 rows" in table.caption
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["the model that ships", "0.9000", "0.8000", "–", "–"],
        ["one answer for all rows", "0.8000", "–", "0.1500", "0.1000 to 0.2000"],
        ["linear model", "0.8000", "–", "0.0000", "−0.1000 to 0.1000"],
        ["boosted trees", "0.8000", "–", "−0.1500", "−0.2000 to −0.1000"],
    ]
    assert [row[3].mark for row in table.rows[1:]] == ["good", "warning", "bad"]


def test_a_promise_to_beat_a_model_is_told_and_advised_on() -> None:
    broken = kept(
        promise="promises.beats[0].margin",
        kind="benchmark",
        measure="auc/boosted_trees",
        slice="overall",
        rule="at least",
        limit=0.0,
        value=-0.003,
        low=-0.004,
        high=-0.002,
        state="broken",
    )
    assert decisions.sentence(broken) == (
        "gain of auc over boosted_trees (overall) is −0.003 (−0.004 to −0.002), at least 0 is needed"
    )
    assert "trainer.teacher" in advice_on_promises.of_decision(broken, {})
    undecided = kept(kind="benchmark", measure="auc/linear", slice="overall", state="undecided", rows_to_decide=900)
    assert "do not decide about gain of auc over linear: about 900" in advice_on_promises.of_decision(undecided, {})
