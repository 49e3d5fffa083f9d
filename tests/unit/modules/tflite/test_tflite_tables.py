"""Hash tables in a .tflite: the same model is the same file, and every table keeps its values."""

import tempfile

import numpy as np
import pytest
import tensorflow as tf

from modules.tflite import conversion, inference

pytestmark = pytest.mark.unit


class Tables(tf.Module):
    """Two tables of two values each, looked up in one graph."""

    def __init__(self) -> None:
        super().__init__()
        self.tables = []
        for keys in ([b"a", b"b"], [b"a", b"c"]):
            filled = tf.lookup.KeyValueTensorInitializer(tf.constant(keys), tf.constant([1, 2], tf.int64))
            self.tables.append(tf.lookup.StaticHashTable(filled, 0))
        self.serve = tf.function(self._serve, input_signature=[tf.TensorSpec([None, 1], tf.string, name="x")])

    def _serve(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        first, second = (table.lookup(x) for table in self.tables)
        return {"y": first + 10 * second}


def convert() -> bytes:
    module = Tables()
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"serving_default": module.serve})
        return conversion.to_tflite(folder)


def test_the_same_model_is_the_same_file_whatever_the_process_made_before() -> None:
    first = convert()
    Tables()  # each object that TensorFlow makes moves the number from which it derives the names of tables
    assert convert() == first


def test_every_table_keeps_its_own_values() -> None:
    found = inference.Predictor(convert()).predict({"x": np.array([[b"a"], [b"b"], [b"c"], [b"z"]], object)})
    assert found.ravel().tolist() == [11, 2, 20, 0]
