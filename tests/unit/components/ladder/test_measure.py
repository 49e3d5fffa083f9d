import gzip
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from components.ladder import measure

pytestmark = pytest.mark.unit


class Identity(tf.Module):
    """The probability is the only input, x."""

    @tf.function(input_signature=[{"x": tf.TensorSpec([None, 1], tf.float32, name="x")}])
    def serve(self, raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {"probability": tf.identity(raw["x"]) * 1.0}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder: Path = tmp_path_factory.mktemp("identity")
    module = Identity()
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.serve})
    return tf.lite.TFLiteConverter.from_saved_model(str(folder)).convert()


def test_a_rung_holds_quality_size_sparsity_and_latency(model: bytes) -> None:
    # Positives 0.9, 0.4; negatives 0.6, 0.1: of four pairs 0.9 wins two and 0.4 one; at 0.5 two of four are right.
    x = np.array([[0.9], [0.4], [0.6], [0.1]], "float32")
    rung = measure.measure("int8", model, 0.25, {"x": x}, np.array([1, 1, 0, 0], "float32"))
    p50, p99 = rung.pop("latency_p50_us"), rung.pop("latency_p99_us")
    assert rung == {
        "form": "int8",
        "auc": pytest.approx(0.75),
        "accuracy": pytest.approx(0.5),
        "bytes": len(model),
        "gzip_bytes": len(gzip.compress(model, 9)),
        "sparsity": 0.25,
    }
    assert 0 < p50 <= p99


def test_all_rows_are_measured_whatever_their_number(model: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    # Rows 0 … 9 in batches of 4; 5 … 8 are positive. Of 4 · 6 pairs the negative 9 wins its 4.
    monkeypatch.setattr(measure, "_BATCH", 4)
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 0], "float32")
    rung = measure.measure("x", model, 0.0, {"x": np.arange(10, dtype="float32").reshape(-1, 1) / 10}, labels)
    assert rung["auc"] == pytest.approx(20 / 24)
    # Above 0.5 are 6, 7, 8, 9 (5 is not): right are 0 … 4 and 6, 7, 8.
    assert rung["accuracy"] == pytest.approx(0.8)
