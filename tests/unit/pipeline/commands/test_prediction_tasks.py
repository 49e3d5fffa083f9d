"""What `predict` writes for several classes and for a regression."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from modules.contracts import pushed_folder
from modules.contracts.tflite import ModelCard, TfliteModel
from modules.tflite.inference import Predictor
from pipeline.commands.prediction import predict

pytestmark = pytest.mark.unit

INPUTS = [{"name": name, "tensor": name, "dtype": "float32", "missing": None} for name in ("a", "b")]


class Model(tf.Module):
    """Answers [a, b, 1 - a - b] as probabilities, or a · b as the value of a regression."""

    def __init__(self, output: str):
        super().__init__()
        specs = {name: tf.TensorSpec([None, 1], tf.float32, name=name) for name in ("a", "b")}
        self._output = output
        self.serve = tf.function(self._serve, input_signature=[specs])

    def _serve(self, raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        a, b = raw["a"], raw["b"]
        several = self._output == "probabilities"
        return {self._output: tf.concat([a, b, 1.0 - a - b], axis=1) if several else a * b}


def push(folder: Path, output: dict[str, Any]) -> str:
    module = Model(output["name"])
    tf.saved_model.save(module, str(folder / "saved"), signatures={"serving_default": module.serve})
    content = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved")).convert()
    task = "multiclass" if "classes" in output else "regression"
    pushed_folder.write(str(folder), TfliteModel(content, ModelCard("float32", INPUTS, [output], task, "y")))
    return str(folder)


def predictions(model: str, folder: Path, text: str, capsys: pytest.CaptureFixture) -> list[list[str]]:
    (folder / "rows.csv").write_text(text)
    predict(model, str(folder / "rows.csv"), None)
    return list(csv.reader(io.StringIO(capsys.readouterr().out)))


def test_of_several_classes_the_most_probable_one_is_named_and_each_gets_a_column(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    model = push(tmp_path, {"name": "probabilities", "classes": ["9", "10", "1,5"]})
    assert predictions(model, tmp_path, "a,b\n0.5,0.25\n0.125,0.75\n0,0.25\n", capsys) == [
        ["row", "prediction", "probability_9", "probability_10", "probability_1,5"],
        ["1", "9", "0.500000", "0.250000", "0.250000"],
        ["2", "10", "0.125000", "0.750000", "0.125000"],
        ["3", "1,5", "0.000000", "0.250000", "0.750000"],
    ]


def test_of_two_classes_that_are_equally_probable_the_first_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    model = push(tmp_path, {"name": "probabilities", "classes": ["x", "y", "z"]})
    assert predictions(model, tmp_path, "a,b\n0.5,0.5\n", capsys)[1][1] == "x"


def test_a_regression_gives_a_value_and_no_probability(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    model = push(tmp_path, {"name": "prediction"})
    found = predictions(model, tmp_path, "b,a\n2,1.5\n-0.001,0.5\n100,-3\n", capsys)
    assert found == [["row", "prediction"], ["1", "3"], ["2", "-0.0005"], ["3", "-300"]]


@pytest.mark.parametrize("value", [1_234_567, 16_777_215, 0.1, 123.4567, 1e-7, 3.5e9])
def test_a_value_is_written_to_all_the_digits_that_a_float32_has(
    tmp_path: Path, capsys: pytest.CaptureFixture, value: float
) -> None:
    # A price of 1,234,567 is not 1.23457e+06.
    model = push(tmp_path, {"name": "prediction"})
    text = predictions(model, tmp_path, f"a,b\n{value},1\n", capsys)[1][1]
    assert float(text) == pytest.approx(value, rel=6e-8)


def test_the_predictor_returns_a_column_a_class_and_one_for_a_value(tmp_path: Path) -> None:
    for name, classes, width in (("probabilities", ["x", "y", "z"], 3), ("prediction", [], 1)):
        (tmp_path / name).mkdir()
        output = {"name": name} | ({"classes": classes} if classes else {})
        predictor = Predictor.load(push(tmp_path / name, output))
        assert predictor.classes == classes
        found = predictor.predict(predictor.to_inputs({"a": [0.5, 0.25], "b": [0.25, 0.5]}))
        assert found.shape == (2, width)
        assert found[:, 0].tolist() == ([0.5, 0.25] if classes else [0.125, 0.125])
