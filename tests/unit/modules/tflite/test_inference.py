from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from modules.contracts import pushed_folder
from modules.contracts.tflite import ModelCard, TfliteModel
from modules.tflite.inference import Predictor

pytestmark = pytest.mark.unit

CARD = ModelCard(
    "float32",
    inputs=[
        {"name": "x (%)", "tensor": "x", "dtype": "float32", "missing": None},
        {"name": "n", "tensor": "n", "dtype": "int64", "missing": -9223372036854775808},
        {"name": "t", "tensor": "t", "dtype": "string", "missing": ""},
    ],
    outputs=[{"name": "probability", "classes": ["no", "yes"]}],
    task="binary",
    label="y",
)


class Model(tf.Module):
    """The probability is x; 1/4 where t is "quarter", and 0 where n is missing."""

    @tf.function(
        input_signature=[
            {
                "x": tf.TensorSpec([None, 1], tf.float32, name="x"),
                "n": tf.TensorSpec([None, 1], tf.int64, name="n"),
                "t": tf.TensorSpec([None, 1], tf.string, name="t"),
            }
        ]
    )
    def serve(self, raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        probability = tf.where(tf.equal(raw["t"], "quarter"), 0.25, raw["x"])
        return {"probability": tf.where(tf.equal(raw["n"], -(2**63)), 0.0, probability)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pushed")
    module = Model()
    tf.saved_model.save(module, str(made / "saved"), signatures={"serving_default": module.serve})
    converter = tf.lite.TFLiteConverter.from_saved_model(str(made / "saved"))
    pushed_folder.write(str(made), TfliteModel(converter.convert(), CARD))
    return made


def test_the_probabilities_of_both_classes_come_in_the_order_of_the_classes(folder: Path) -> None:
    predictor = Predictor.load(str(folder))
    assert predictor.classes == ["no", "yes"]
    inputs = predictor.to_inputs({"x (%)": [0.75, 0.5, 0.75], "n": [1, 2, None], "t": ["", "quarter", None]})
    np.testing.assert_allclose(predictor.predict(inputs), np.array([[0.25, 0.75], [0.75, 0.25], [1, 0]]))


def test_batches_of_any_size_can_follow_each_other(folder: Path) -> None:
    predictor = Predictor.load(str(folder))
    for size in (3, 1, 700, 2):
        inputs = predictor.to_inputs({"x (%)": [0.5] * size, "n": [1] * size, "t": [""] * size})
        assert predictor.predict(inputs).shape == (size, 2)


@pytest.mark.parametrize("batch", [1, 4, 5, 9])
def test_many_rows_are_predicted_some_at_a_time_in_their_order(folder: Path, batch: int) -> None:
    predictor = Predictor.load(str(folder))
    inputs = predictor.to_inputs({"x (%)": [number / 8 for number in range(9)], "n": [1] * 9, "t": [""] * 9})
    assert predictor.predict_all(inputs, batch)[:, 1].tolist() == [number / 8 for number in range(9)]


def test_missing_values_become_what_the_card_says(folder: Path) -> None:
    inputs = Predictor.load(str(folder)).to_inputs({"x (%)": [None, 1.5], "n": [None, 7], "t": [None, "é"]})
    assert np.isnan(inputs["x"][0, 0])
    assert inputs["x"].dtype == np.float32
    assert inputs["n"].tolist() == [[-(2**63)], [7]]
    assert inputs["n"].dtype == np.int64
    assert inputs["t"].tolist() == [[b""], ["é".encode()]]
