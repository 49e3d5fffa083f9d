"""A model against the uncompressed student on the same rows."""

import numpy as np
import pytest

from components.ladder.compared import compared
from modules.contracts.predictions import PredictedRows
from modules.judging.statistics.resampling import Resampler

pytestmark = pytest.mark.unit


def test_an_area_has_its_interval_and_its_gain_over_the_student_with_one_of_its_own() -> None:
    draw = np.random.default_rng(5)
    labels = (draw.random(2_000) < 0.3).astype("float32")
    scores = {"student": labels + draw.normal(size=2_000)}
    scores["int8_qat"] = scores["student"] + draw.normal(scale=0.1, size=2_000)
    answers = {name: 1 / (1 + np.exp(-score))[:, None] for name, score in scores.items()}
    rows = PredictedRows(labels, None, {name: np.hstack([1 - of, of]) for name, of in answers.items()})
    found = compared("int8_qat", "binary", ["no", "yes"], rows, Resampler(1, 2_000), 0.6)
    assert found["low"] < found["high"]
    assert found["gain_low"] < found["gain"] < found["gain_high"]
    # Both are measured on the same rows: the difference is far surer than either of them.
    assert found["gain_high"] - found["gain_low"] < (found["high"] - found["low"]) / 4
    agree = (answers["student"] > 0.6) == (answers["int8_qat"] > 0.6)
    assert found["same_decisions"] == np.mean(agree) < 1
    of_student = compared("student", "binary", ["no", "yes"], rows, Resampler(1, 2_000), 0.6)
    assert set(of_student) == {"low", "high"}


def test_of_a_number_nothing_is_decided() -> None:
    labels = np.arange(40, dtype="float32")
    noise = np.random.default_rng(1).normal(size=(2, 40, 1))
    rows = PredictedRows(labels, np.ones(40), dict(zip(("student", "pruned"), labels[:, None] + noise, strict=True)))
    found = compared("pruned", "regression", [], rows, Resampler(1, 40))
    assert set(found) == {"low", "high", "gain", "gain_low", "gain_high"}
    assert found["low"] < 1


def test_of_several_classes_the_most_probable_one_is_decided_for() -> None:
    draw = np.random.default_rng(3)
    labels = draw.integers(0, 3, 300).astype("float32")
    student, other = (draw.dirichlet([1, 1, 1], 300).astype("float32") for _ in range(2))
    rows = PredictedRows(labels, None, {"student": student, "int8_qat": other})
    found = compared("int8_qat", "multiclass", ["a", "b", "c"], rows, Resampler(1, 300))
    assert found["same_decisions"] == np.mean(student.argmax(axis=1) == other.argmax(axis=1))
    right = [float(np.mean(of.argmax(axis=1) == labels)) for of in (other, student)]
    assert found["gain"] == pytest.approx(right[0] - right[1])
    assert found["low"] < right[0] < found["high"]
