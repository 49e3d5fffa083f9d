"""The delegate that computes on devices: silent, and with answers that depend on a row alone."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from modules.tflite import conversion, delegate
from modules.tflite.inference import Kernels, Predictor

pytestmark = pytest.mark.unit

ROWS = np.linspace(-3, 3, 5_000, dtype=np.float32).reshape(-1, 1)
# Opens a model six times at once, each on a thread of its own that may write first; prints a digest of the answers.
OPEN = """
import hashlib, os, sys
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from modules.tflite.inference import Predictor
model, rows = open(sys.argv[1], "rb").read(), np.linspace(-3, 3, 5_000, dtype=np.float32).reshape(-1, 1)
def answers(_):
    if len(sys.argv) > 2:
        os.write(2, b".")
    return Predictor(model).predict_all({"x": rows}).tobytes()
with ThreadPoolExecutor(6) as pool:
    (found,) = set(pool.map(answers, range(6)))
print(hashlib.sha256(found).hexdigest())
"""


class Network(tf.Module):
    """Sines of x through one dense layer and another one, whose kernels are large enough to become int8."""

    def __init__(self) -> None:
        super().__init__()
        generator = np.random.default_rng(5)
        frequencies = tf.constant(generator.normal(size=(1, 64)), tf.float32)
        inner, outer = (tf.constant(generator.normal(size=(64, width)) / 8, tf.float32) for width in (64, 1))

        def serve(raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
            hidden = tf.nn.relu(tf.matmul(tf.sin(raw["x"] * frequencies), inner))
            return {"probability": tf.sigmoid(tf.matmul(hidden, outer))}

        self.serve = tf.function(serve, input_signature=[{"x": tf.TensorSpec([None, 1], tf.float32, name="x")}])


@pytest.fixture(scope="module", params=["float32", "float16", "dynamic_range"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    module = Network()
    tf.saved_model.save(module, str(folder / "saved"), signatures={"serving_default": module.serve})
    content = conversion.to_tflite(
        str(folder / "saved"), conversion.dynamic_range if request.param == "dynamic_range" else None
    )
    content = conversion.with_float16_weights(content) if request.param == "float16" else content
    (folder / "model.tflite").write_bytes(content)
    return folder / "model.tflite"


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", OPEN, *arguments], check=True, capture_output=True, **options)


def test_models_opened_at_once_in_a_new_process_are_silent_and_answer_bit_by_bit_as_before(model: Path) -> None:
    first, second = run(str(model)), run(str(model))
    assert first.stderr == second.stderr == b""
    assert first.stdout == second.stdout


def test_what_others_write_to_standard_error_meanwhile_arrives(model: Path) -> None:
    assert run(str(model), "write").stderr == b"......"


def test_a_process_without_standard_error_opens_models(model: Path) -> None:
    assert run(str(model), preexec_fn=lambda: os.close(2)).stdout


def test_only_the_announcement_is_left_out(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Interpreter:
        def allocate_tensors(self) -> None:
            os.write(2, b"WARNING: before\n")
            os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
            os.write(2, b"ERROR: after\n")

    monkeypatch.setattr(delegate, "_announced", threading.Event())
    delegate.allocate(Interpreter())
    os.write(2, b"at last\n")
    assert capfd.readouterr().err == "WARNING: before\nERROR: after\nat last\n"


def test_what_a_failing_model_says_arrives(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Interpreter:
        def allocate_tensors(self) -> None:
            os.write(2, b"ERROR: why\n")
            raise RuntimeError("no")

    monkeypatch.setattr(delegate, "_announced", threading.Event())
    with pytest.raises(RuntimeError, match="no"):
        delegate.allocate(Interpreter())
    os.write(2, b"at last\n")
    assert capfd.readouterr().err == "ERROR: why\nat last\n"


def test_a_rows_answer_is_the_same_in_every_batch_to_the_bit(model: Path) -> None:
    whole = Predictor(model.read_bytes()).predict({"x": ROWS})
    for batch in (1, 7, 1_000, 4_096):
        predictor = Predictor(model.read_bytes())
        np.testing.assert_array_equal(predictor.predict_all({"x": ROWS}, batch), whole)
        np.testing.assert_array_equal(predictor.predict({"x": ROWS[-1:]}), whole[-1:])


def test_the_delegate_computes_unless_the_reference_kernels_are_asked_for(model: Path) -> None:
    def operations(predictor: Predictor) -> set[str]:
        return {operation["op_name"] for operation in predictor._interpreter._get_ops_details()}

    predictor = Predictor(model.read_bytes())
    reference = Predictor(model.read_bytes(), kernels=Kernels.REFERENCE)
    assert "DELEGATE" in operations(predictor)
    assert "DELEGATE" not in operations(reference)
    np.testing.assert_allclose(predictor.predict({"x": ROWS}), reference.predict({"x": ROWS}), atol=0.05)
