"""A model whose columns are put side by side, compared with texts, or divided, before a network reads them together."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from modules.tflite import conversion, inference, splitting
from modules.tflite.splitting import Part

pytestmark = pytest.mark.unit

COLUMNS = {"a": tf.float32, "b": tf.float32, "n": tf.int64, "text": tf.string, "time": tf.int64}
ROWS: dict[str, np.ndarray] = {
    "a": np.array([0.5, np.nan, -2.0], np.float32),
    "b": np.array([1.5, 0.0, 3.0], np.float32),
    "n": np.array([3, -(2**63), 7]),
    "text": np.array([b"red", b"", b"never seen"], object),
    "time": np.array([7_200, 90_000, 0]),
}


def converted(folder: Path, answer: Callable[[dict[str, tf.Tensor]], tf.Tensor], *names: str) -> bytes:
    specs = {name: tf.TensorSpec([None, 1], COLUMNS[name], name=name) for name in names}
    serve = tf.function(lambda raw: {"value": answer(raw)}, input_signature=[specs], autograph=False)
    module = tf.Module()
    module.serve = serve
    tf.saved_model.save(module, str(folder), signatures={"serving_default": serve})
    return conversion.to_tflite(str(folder))


def network(raw: dict[str, tf.Tensor]) -> tf.Tensor:
    numbers = tf.concat([raw["a"], raw["b"]], axis=1)
    numbers = tf.where(tf.not_equal(numbers, numbers), 0.25, numbers)
    hits = tf.cast(tf.equal(raw["text"], tf.constant([[b"red", b"blue", b"green"]])), tf.float32)
    whole = tf.cast(tf.concat([raw["n"], raw["time"]], axis=1), tf.float32)
    weights = tf.constant(np.random.default_rng(1).normal(size=(7, 1)), tf.float32)
    return tf.matmul(tf.concat([numbers, hits, tf.tanh(whole)], axis=1), weights)


def given(*names: str) -> dict[str, np.ndarray]:
    return {name: ROWS[name].reshape(-1, 1) for name in names}


def test_both_files_answer_one_after_the_other_what_the_model_answers(tmp_path: Path) -> None:
    model = converted(tmp_path, network, *COLUMNS)
    split = splitting.split(model)
    assert split is not None
    opened = inference.open_interpreter(split.columns)
    joins = opened.get_signature_runner()(**given(*COLUMNS))
    assert {name: values.shape for name, values in joins.items()} == {n: (3, w) for n, w in split.widths.items()}
    found = inference.Predictor(split.rest).answer(joins)
    assert found.tobytes() == inference.Predictor(model).answer(given(*COLUMNS)).tobytes()
    assert np.ptp(found) > 0


def test_it_is_known_what_each_column_gives_to_the_joins(tmp_path: Path) -> None:
    split = splitting.split(converted(tmp_path, network, *COLUMNS))
    assert split is not None
    parts = {part.tensor: part for part in split.parts}
    assert len(parts) == len(split.parts) == len(COLUMNS)
    assert sorted(split.widths.values()) == [2, 2, 3]
    for first, second in (("a", "b"), ("n", "time")):
        join = parts[first].join
        assert (parts[first], parts[second]) == (Part(first, join, 0, 1, True), Part(second, join, 1, 1, True))
    assert parts["text"] == Part("text", parts["text"].join, 0, 3, False)


def test_a_column_that_meets_others_by_itself_is_a_join_of_its_own(tmp_path: Path) -> None:
    def product(raw: dict[str, tf.Tensor]) -> tf.Tensor:
        return tf.tanh(raw["a"]) * raw["b"]

    split = splitting.split(converted(tmp_path, product, "a", "b"))
    assert split is not None
    assert {(part.tensor, part.start, part.width, part.is_value) for part in split.parts} == {
        ("a", 0, 1, False),
        ("b", 0, 1, True),
    }


@pytest.mark.parametrize("names", [("a",), ("a", "b")])
def test_a_model_whose_answer_is_of_one_column_is_not_split(tmp_path: Path, names: Any) -> None:
    assert splitting.split(converted(tmp_path, lambda raw: tf.tanh(raw["a"]), *names)) is None
