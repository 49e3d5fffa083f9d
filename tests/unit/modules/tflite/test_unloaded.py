"""A model that is not loaded converts to the same bytes."""

import contextlib
from typing import Any

import pytest
import tensorflow as tf
from tensorflow.lite.python import lite

from modules.tflite import conversion, unloaded

pytestmark = pytest.mark.unit


class Model(tf.Module):
    """A variable, a constant and a table of text, as in exported models."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = tf.Variable(tf.reshape(tf.range(2_000, dtype=tf.float32), [2, 1_000]))
        filled = tf.lookup.KeyValueTensorInitializer(tf.constant(["a", "b"]), tf.constant([1, 2], tf.int64))
        self.table = tf.lookup.StaticHashTable(filled, 0)

    @tf.function(input_signature=[tf.TensorSpec([None, 1], tf.float32, "n"), tf.TensorSpec([None, 1], tf.string, "t")])
    def serve(self, n: Any, t: Any) -> dict[str, Any]:
        found = tf.concat([n, tf.cast(self.table.lookup(t), tf.float32)], axis=1)
        return {"answer": tf.reduce_sum(found @ self.weights, axis=1, keepdims=True)}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> str:
    directory, model = str(tmp_path_factory.mktemp("saved")), Model()
    tf.saved_model.save(model, directory, signatures={"serving_default": model.serve})
    return directory


def refuse(*_: Any) -> None:
    raise AssertionError("the model was loaded")


@pytest.mark.parametrize("configure", [None, conversion.dynamic_range], ids=["float32", "dynamic range"])
def test_the_file_is_the_one_of_a_loaded_model(saved: str, configure: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as stock:
        stock.setattr(unloaded, "models", contextlib.nullcontext)
        expected = conversion.to_tflite(saved, configure)
    monkeypatch.setattr(lite, "_load", refuse)
    assert conversion.to_tflite(saved, configure) == expected


def test_the_converters_own_loading_is_back_after_an_error() -> None:
    load = lite._load
    with pytest.raises(ValueError, match="stop"), unloaded.models():
        assert lite._load is not load
        raise ValueError("stop")
    assert lite._load is load


def test_where_the_loading_has_moved_a_warning_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(lite, "_load")
    with unloaded.models():
        assert not hasattr(lite, "_load")
    assert "converting will be slow" in caplog.text


def test_the_converter_shares_no_constants_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lite, "_deduplicate_readonly_buffers", refuse)
    with unloaded.constants():
        assert lite._deduplicate_readonly_buffers(b"model") == b"model"
    with pytest.raises(AssertionError, match="was loaded"):
        lite._deduplicate_readonly_buffers(b"model")
