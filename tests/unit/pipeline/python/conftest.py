"""Pushed models small enough to know every answer by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from modules.contracts import pushed_folder
from modules.contracts.tflite import ModelCard, TfliteModel

INPUTS: list[dict[str, Any]] = [
    {"name": "wage €", "tensor": "x", "kind": "numeric", "dtype": "float32", "missing": None},
    {"name": "years", "tensor": "n", "kind": "numeric", "dtype": "int64", "missing": -(2**63)},
    {"name": "colour", "tensor": "t", "kind": "categorical", "dtype": "string", "missing": ""},
    {"name": "when", "tensor": "w", "kind": "timestamp", "dtype": "int64", "missing": -(2**63)},
]


class _Answer(tf.Module):
    """The wage; 1/4 where it is missing, 1/8 where the years are, 1/16 where the colour is neither blue nor missing.

    1/32 before 1970, and 1/64 for a time that is missing; years above 40 add 1/128.
    """

    @tf.function(
        input_signature=[
            {
                "x": tf.TensorSpec([None, 1], tf.float32, name="x"),
                "n": tf.TensorSpec([None, 1], tf.int64, name="n"),
                "t": tf.TensorSpec([None, 1], tf.string, name="t"),
                "w": tf.TensorSpec([None, 1], tf.int64, name="w"),
            }
        ]
    )
    def probability(self, raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {"probability": self._answer(raw)}

    @tf.function(input_signature=[probability.input_signature[0]])
    def prediction(self, raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return {"prediction": 1000.0 * self._answer(raw)}

    def _answer(self, raw: dict[str, tf.Tensor]) -> tf.Tensor:
        smallest = tf.constant(-(2**63), tf.int64)
        answer = tf.where(tf.equal(raw["x"], raw["x"]), raw["x"], 0.25)
        answer = tf.where(tf.equal(raw["n"], smallest), 0.125, answer)
        known = tf.logical_or(tf.equal(raw["t"], "blue"), tf.equal(raw["t"], ""))
        answer = tf.where(known, answer, 0.0625)
        answer = tf.where(raw["w"] < 0, 0.03125, answer)
        answer = tf.where(tf.equal(raw["w"], smallest), 0.015625, answer)
        return tf.where(raw["n"] > 40, answer + 0.0078125, answer)


def _push(folder: Path, answer: str, output: dict[str, Any], task: str, pushed: dict[str, Any]) -> Path:
    module = _Answer()
    tf.saved_model.save(module, str(folder / "saved"), signatures={"serving_default": getattr(module, answer)})
    content = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved")).convert()
    pushed_folder.write(
        str(folder), TfliteModel(content, ModelCard("float32", INPUTS, [output], task, "y", pushed=pushed))
    )
    return folder


@pytest.fixture(scope="session")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pushed folder."""
    output = {"name": "probability", "classes": ["<=50K", ">50K"]}
    text = {"delimiter": None, "quote": '"', "encoding": "utf-8", "decimal": ".", "missing_values": ["", "?"]}
    papers = {"version": "7", "text": text}
    return _push(tmp_path_factory.mktemp("classifier"), "probability", output, "binary", papers)


@pytest.fixture(scope="session")
def regressor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pushed folder."""
    return _push(tmp_path_factory.mktemp("regressor"), "prediction", {"name": "prediction"}, "regression", {})


@pytest.fixture
def named(classifier: Path, tmp_path: Path) -> Callable[[list[str]], Path]:
    """Returns a function that makes the classifier one of other classes."""
    import dataclasses

    from modules.contracts import pushed_folder

    def make(classes: list[str]) -> Path:
        model = pushed_folder.read(str(classifier))
        card = dataclasses.replace(model.card, outputs=[{"name": "probability", "classes": classes}])
        pushed_folder.write(str(tmp_path / "named"), TfliteModel(model.content, card))
        return tmp_path / "named"

    return make
