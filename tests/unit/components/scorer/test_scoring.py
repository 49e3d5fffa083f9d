from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from components.scorer.scoring import score
from modules.tflite.inference import Kernels

pytestmark = pytest.mark.unit


class Times(tf.Module):
    """Answers with its only input, x, times a factor."""

    def __init__(self, factor: float):
        super().__init__()
        specs = {"x": tf.TensorSpec([None, 1], tf.float32, name="x")}
        self.serve = tf.function(lambda raw: {"prediction": raw["x"] * factor}, input_signature=[specs])


def convert(module: Times, folder: Path) -> bytes:
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.serve})
    return tf.lite.TFLiteConverter.from_saved_model(str(folder)).convert()


@pytest.mark.parametrize("kernels", Kernels)
def test_every_model_is_run_over_all_rows_in_their_order_under_its_own_name(tmp_path: Path, kernels: Kernels) -> None:
    models = {f"times {factor}": convert(Times(factor), tmp_path / str(factor)) for factor in (1.0, 2.0, 4.0)}
    x = np.arange(5_000, dtype="float32").reshape(-1, 1)  # more than one batch
    found = score(models, {"x": x}, kernels)
    assert list(found) == list(models)
    for factor in (1.0, 2.0, 4.0):
        np.testing.assert_array_equal(found[f"times {factor}"], x * factor)
