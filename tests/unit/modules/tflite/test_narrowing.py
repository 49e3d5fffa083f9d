"""Whole numbers in a byte each: the same answers from fewer bytes, and nothing touched that would not fit."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from tensorflow.lite.tools import flatbuffer_utils

from modules.tflite import conversion

pytestmark = pytest.mark.unit

ROWS = np.array([[3, 1, 2], [-5, 70_000, 0]], np.int32)
LONG = np.arange(60, dtype=np.int32)


def converted(function: Callable) -> tuple[bytes, bytes]:
    """Returns the file of a function of ROWS as the converter makes it, and as it is made ready."""
    traced = tf.function(function, input_signature=[tf.TensorSpec([None, 3], tf.int32, "x")])
    content = bytes(tf.lite.TFLiteConverter.from_concrete_functions([traced.get_concrete_function()]).convert())
    return content, conversion._tidied(content)


def answers(content: bytes) -> np.ndarray:
    interpreter = Interpreter(model_content=content)
    (place,) = (detail["index"] for detail in interpreter.get_input_details())
    interpreter.resize_tensor_input(place, ROWS.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place, ROWS)
    interpreter.invoke()
    return np.array(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))


@pytest.mark.parametrize(
    ("function", "stored"),
    [
        (lambda x: tf.gather(x, LONG % 3, axis=1), 60),
        (lambda x: tf.cast(tf.equal(tf.tile(x, [1, 20]), LONG), tf.int32), 60),
        (lambda x: tf.tile(x, [1, 20]) * (LONG - 30), 60),
        (lambda x: tf.tile(x, [1, 20]) * (LONG + 196), 60),  # up to 255
        (lambda x: tf.tile(x, [1, 20]) * (10 * LONG), 60 * 4),
        (lambda x: tf.tile(x, [1, 20]) + LONG, 60 * 4),  # by an operation that is not on the list
        (lambda x: tf.gather(x, LONG[:40] % 3, axis=1), 40 * 4),  # too short
        (lambda x: tf.gather(x, LONG % 3, axis=1) + LONG % 3, 60 * 4),  # one reader of two
    ],
)
def test_numbers_that_fit_are_stored_in_bytes_and_answers_are_the_same(function: Callable, stored: int) -> None:
    content, less = converted(function)
    np.testing.assert_array_equal(answers(less), answers(content))
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(less))
    lengths = [len(buffer.data) for buffer in flat.buffers if buffer.data is not None]
    assert stored in lengths
    assert (60 * 4 in lengths) == (stored == 60 * 4)
    assert conversion._tidied(less) == less
