"""The page's sections, built once, and its charts, built without Altair's checks."""

import contextlib
import json
from typing import Any

import altair
import numpy as np
import pytest

from components.intervals import curves
from components.reporter import build, charts, page
from components.reporter.blocks import Section
from components.reporter.sections import size, slices
from modules.contracts.training_curves import LearningCurve

pytestmark = pytest.mark.unit

LEARNT = LearningCurve("teacher", "val_auc", "max", [1, 2], {"loss": [0.5, 0.25], "val_auc": [0.75, 0.875]}, 2)
TRIALS = [{"trial_id": name, "score": score, "units": 8, "rate": 0.1} for name, score in (("0", 0.9), ("1", 0.8))]
RUNG: dict[str, Any] = {"auc": 0.9, "auc_pr": 0.6, "accuracy": 0.8, "bytes": 1000, "gzip_bytes": 900, "sparsity": 0.5}
KNOWN = {
    "finished": "2026-11-25T14:40:31+00:00",
    "command": "python local_runner.py run",
    "steps": [
        {"name": "Tuner", "seconds": 1.5, "cached": False},
        {"name": "Teacher", "seconds": 0.1, "cached": True},
    ],
    "lineage": {
        "nodes": [
            {"step": "Tuner", "execution": 1, "cached": False},
            {"step": "Teacher", "execution": 2, "cached": True},
        ],
        "edges": [{"from": "Tuner", "to": "Teacher", "artifact": "HyperParameters", "id": 3, "uri": "a/3"}],
    },
}


@pytest.fixture
def summary(binary: dict[str, Any]) -> dict[str, Any]:
    """A summary, before the run has ended, of which there are charts in most sections."""
    labels, scores = np.array([0, 0, 0, 1, 1, 1, 1, 0]), np.array([0.1, 0.2, 0.7, 0.49, 0.6, 0.8, 0.9, 0.3])
    return binary | {
        "blessed": True,
        "gates": [],
        "data_gate": [],
        "shipped_form": "int8_qat",
        "curves": curves.binary(labels, scores, None),
        "ladder": [
            RUNG | {"form": form, "latency_p50_us": 1.0, "latency_p99_us": 2.0} for form in ("student", "int8_qat")
        ],
        "learning_curves": {"teacher": LEARNT.to_json()},
        "tuner": TRIALS,
        "tuner_curves": [LEARNT.to_json() | {"name": "0"}, LEARNT.to_json() | {"name": "1"}],
    }


def charts_of(html: str) -> int:
    return html.count('<script type="application/json">{"')


def test_a_page_of_sections_that_were_built_before_is_the_page_to_the_byte(
    summary: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = json.dumps([section.model_dump(mode="json") for section in build.sections_of_steps(summary)])
    anew = page.render(summary | KNOWN)
    assert charts_of(anew) > charts_of(page.render(summary)) > 6
    for module in (size, slices):
        monkeypatch.setattr(module, "section", lambda _: pytest.fail("a section was built again"))
    read = [Section.model_validate(section) for section in json.loads(written)]
    assert page.render(summary | KNOWN, sections=build.build(summary | KNOWN, read)) == anew


def test_charts_that_nobody_checks_are_those_that_are_checked_to_the_byte(
    summary: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[bool] = []
    to_dict = altair.Chart.to_dict

    def watched(chart: Any, validate: bool = True, **given: Any) -> dict[str, Any]:
        checks.append(validate)
        return to_dict(chart, validate=validate, **given)

    monkeypatch.setattr(altair.Chart, "to_dict", watched)
    shown = page.render(summary | KNOWN)
    assert checks
    assert not any(checks)
    monkeypatch.setattr(charts, "unchecked", contextlib.nullcontext)
    assert page.render(summary | KNOWN) == shown
    assert any(checks)


def test_a_chart_that_vega_lite_does_not_know_is_refused_in_tests() -> None:
    with charts.unchecked():
        wrong = altair.Chart(charts.data([{"x": 1}]), mark="lines").encode(x="x:Q")
        charts.spec(wrong)
    with pytest.raises(Exception, match="'lines' is an invalid value"):
        charts.spec(wrong)
