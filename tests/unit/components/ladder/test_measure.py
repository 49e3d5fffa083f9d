import gzip
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from components.ladder import measure
from modules.contracts.ladder import Rung
from modules.contracts.predictions import PredictedRows
from modules.tflite import device

pytestmark = pytest.mark.unit


class Echo(tf.Module):
    """Answers with its only input, x, under the name of the task's output.

    Args:
        name: The output's name.
        width: Its width, and that of the input.
    """

    def __init__(self, name: str, width: int = 1):
        super().__init__()
        specs = {"x": tf.TensorSpec([None, width], tf.float32, name="x")}
        self.serve = tf.function(lambda raw: {name: raw["x"] * 1.0}, input_signature=[specs])


def convert(module: Echo, folder: Path) -> bytes:
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.serve})
    return tf.lite.TFLiteConverter.from_saved_model(str(folder)).convert()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return convert(Echo("probability"), tmp_path_factory.mktemp("probability"))


@pytest.fixture(autouse=True)
def few_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_CALLS", 20)


def rung_of(
    model: bytes,
    task: str,
    x: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray | None = None,
    form: str = "x",
    reference: dict[str, np.ndarray] | None = None,
) -> Rung:
    """Measures a model whose answer is x."""
    predictions = np.concatenate([1 - x, x], axis=1) if task == "binary" else x
    predicted = PredictedRows(labels, weights, {form: predictions}, reference or {})
    return measure.measure(form, 0.25, task, predicted, device.measure(model, {"x": x[:1]}))


def test_a_rung_holds_quality_size_sparsity_and_latency(model: bytes) -> None:
    # Positives 0.9, 0.4; negatives 0.6, 0.1: of four pairs 0.9 wins two and 0.4 one; at 0.5 two of four are right.
    # By probability: 0.9 (precision 1), 0.6, 0.4 (2/3): of two positives, 1/2 · 1 + 1/2 · 2/3 = 5/6.
    x = np.array([[0.9], [0.4], [0.6], [0.1]], "float32")
    measured = rung_of(model, "binary", x, np.array([1, 1, 0, 0], "float32"), form="int8")
    rung = measured.to_json()
    p50, p99 = rung.pop("latency_p50_us"), rung.pop("latency_p99_us")
    assert rung.pop("latency_ratio") > 0
    assert rung.pop("memory_bytes") > 1_000
    # Four rows in ten groups: one a group, and six that are empty and left out.
    calibration = [(entry["rows"], round(entry["prediction"], 6), entry["label"]) for entry in rung.pop("calibration")]
    assert calibration == [(1, 0.1, 0), (1, 0.4, 1), (1, 0.6, 0), (1, 0.9, 1)]
    assert rung == {
        "form": "int8",
        "auc": pytest.approx(0.75),
        "auc_pr": pytest.approx(5 / 6),
        "accuracy": pytest.approx(0.5),
        "bytes": len(model),
        "gzip_bytes": len(gzip.compress(model, 9)),
        "sparsity": 0.25,
        "kernel_difference": None,
        "kernel_changed_decisions": None,
        **dict.fromkeys(("low", "high", "gain", "gain_low", "gain_high", "same_decisions")),
    }
    assert 0 < p50 <= p99


def test_all_rungs_are_measured_at_the_threshold_of_the_model_that_ships(model: bytes) -> None:
    # Above 0.3 lie 0.9, 0.4 and 0.6, and 0.6 alone is wrong.
    x, labels = np.array([[0.9], [0.4], [0.6], [0.1]], "float32"), np.array([1, 1, 0, 0], "float32")
    predictions = np.concatenate([1 - x, x], axis=1)
    predicted = PredictedRows(labels, None, {"x": predictions})
    rung = measure.measure("x", 0.0, "binary", predicted, device.measure(model, {"x": x[:1]}), 0.3)
    assert rung.metrics["accuracy"] == 0.75


def test_a_model_of_several_classes_is_measured_by_accuracy_auc_and_log_loss(tmp_path: Path) -> None:
    # Of three classes, the first two rows are right and the third is wrong; -ln of 0.5, 0.8 and 0.25.
    x = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.5, 0.25, 0.25]], "float32")
    model = convert(Echo("probabilities", 3), tmp_path)
    rung = rung_of(model, "multiclass", x, np.array([0, 1, 2], "float32"))
    # Class 0: 0.5 against 0.1 (won) and 0.5 (tied): 3/4; class 1: 0.8 is above all: 1; class 2: 0.25 is above both: 1.
    assert rung.metrics == {
        "accuracy": pytest.approx(2 / 3),
        "auc": pytest.approx((0.75 + 1 + 1) / 3),
        "log_loss": pytest.approx(-np.log(0.5 * 0.8 * 0.25) / 3, rel=1e-6),
    }
    # The most probable classes' probabilities, and whether they are right.
    found = [(round(entry["prediction"], 6), entry["label"]) for entry in rung.calibration]
    assert found == [(0.5, 1), (0.5, 0), (0.8, 1)]


def test_a_regression_is_measured_in_the_labels_unit_with_the_weights_of_the_rows(tmp_path: Path) -> None:
    # Errors 1, -2, 0 with weights 1, 3, 0: MAE (1 + 6) / 4, RMSE √(13 / 4). The weighted mean of the labels 10, 20 is
    # 17.5, their squared deviation 56.25 + 3 · 6.25 = 75: R² = 1 - 13 / 75.
    x = np.array([[11], [18], [30]], "float32")
    labels, weights = np.array([10, 20, 30], "float32"), np.array([1.0, 3.0, 0.0])
    model = convert(Echo("prediction"), tmp_path)
    rung = rung_of(model, "regression", x, labels, weights)
    assert rung.metrics == {
        "r2": pytest.approx(1 - 13 / 75),
        "rmse": pytest.approx((13 / 4) ** 0.5),
        "mae": pytest.approx(7 / 4),
    }
    # A group without weight says nothing.
    assert [(entry["prediction"], entry["label"]) for entry in rung.calibration] == [(11, 10), (18, 20)]


def test_a_rung_holds_how_far_the_reference_kernels_are_off_and_what_they_decide_otherwise(model: bytes) -> None:
    # Of four rows one moves by 0.2, over 0.5; another one by less, above it.
    x = np.array([[0.9], [0.4], [0.7], [0.1]], "float32")
    other = x + np.array([[0.05], [0.2], [0], [0]], "float32")
    reference = {"x": np.concatenate([1 - other, other], axis=1)}
    labels = np.array([1, 1, 0, 0], "float32")
    rung = rung_of(model, "binary", x, labels, reference=reference)
    assert rung.kernel_difference == pytest.approx(0.2, abs=1e-6)
    assert rung.kernel_changed_decisions == 0.25


def test_of_several_classes_the_most_probable_one_is_decided_and_of_a_regression_nothing(tmp_path: Path) -> None:
    x = np.array([[0.5, 0.3, 0.2], [0.4, 0.5, 0.1]], "float32")
    labels, reference = np.array([0, 1], "float32"), {"x": x[:, ::-1]}
    model = convert(Echo("probabilities", 3), tmp_path / "classes")
    assert rung_of(model, "multiclass", x, labels, reference=reference).kernel_changed_decisions == 0.5
    x = np.array([[11], [18]], "float32")
    rung = rung_of(convert(Echo("prediction"), tmp_path / "value"), "regression", x, labels, reference={"x": x + 2})
    assert (rung.kernel_difference, rung.kernel_changed_decisions) == (2, None)
