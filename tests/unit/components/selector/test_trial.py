"""A form on a few validation rows, held against gates and promises at a threshold of its own."""

from typing import Any

import numpy as np
import pytest

from components.selector import trial
from modules.base.promises import Promises
from modules.base.settings import Evaluation
from modules.contracts.predictions import PredictedRows
from modules.tasks import Target

pytestmark = pytest.mark.unit

# 0.9 and 0.6 are positive, 0.7 and 0.2 negative.
SCORES, LABELS = np.array([0.9, 0.6, 0.7, 0.2], "float32"), np.array([1, 1, 0, 0], "float32")


def tried(threshold: Any, gates: dict[str, Any], promises: dict[str, Any] | None = None) -> trial.Trial:
    answers = np.stack([1 - SCORES, SCORES], axis=1)
    rows = trial.ValidationRows(
        Target("binary", ("no", "yes"), (2, 2)),
        PredictedRows(LABELS, None, {"int8_ptq": answers, "student": answers}),
        {(): np.arange(4)},
        {},
        Evaluation.model_validate({"threshold": threshold, "gates": gates}),
        Promises.model_validate(promises or {}),
        seed=1,
    )
    return trial.try_out("int8_ptq", rows, {"bytes": 10_744})


def test_metrics_and_gates_are_those_at_the_forms_own_threshold() -> None:
    # The highest F1 takes all but 0.2: tp 2, fp 1.
    found = tried({"maximize": "f1"}, {"recall": {"minimum": 1.0}, "auc": {"minimum": 0.8}})
    assert found.threshold is not None and 0.2 <= found.threshold.value < 0.6
    assert (found.metrics["recall"], found.metrics["precision"]) == (1.0, pytest.approx(2 / 3))
    assert [one.words for one in found.shortfalls] == ["auc is 0.7500, at least 0.8000 is needed"]
    higher = tried(0.8, {"recall": {"minimum": 1.0}})
    assert [one.words for one in higher.shortfalls] == ["recall is 0.5000, at least 1 is needed"]


def test_a_promise_about_the_device_holds_exactly_and_one_that_few_rows_leave_open_passes() -> None:
    promises = {"device": {"max_bytes": 3_000}, "rates": [{"rate": "true_positive_rate", "minimum": 0.5}]}
    found = tried(0.5, {"auc": {"minimum": 0.5}}, promises)
    assert [one.words for one in found.shortfalls] == ["bytes is 10,744, at most 3,000 is promised"]
    assert found.undecided == 1
    assert not tried(0.5, {"auc": {"minimum": 0.5}}, {"device": {"max_bytes": 10_744}}).shortfalls
