"""What is dropped from a file changes no answer; what would change one stays."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from tensorflow.lite.tools import flatbuffer_utils

from modules.tflite import canonical, packing, trimming

pytestmark = pytest.mark.unit

ROWS = np.array([[0.25, 1.5, -2.0], [2.0, 0.5, 7.0]], np.float32)


def converted(function: Callable) -> bytes:
    concrete = tf.function(
        function, input_signature=[tf.TensorSpec([None, 3], tf.float32, "x")]
    ).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    return bytes(converter.convert())


def trimmed(content: bytes) -> bytes:
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    trimming.trim(flat)
    canonical.arrange(flat)
    return packing.pack(flat)


def answers(content: bytes) -> np.ndarray:
    interpreter = Interpreter(model_content=content)
    (place,) = (detail["index"] for detail in interpreter.get_input_details())
    interpreter.resize_tensor_input(place, ROWS.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place, ROWS)
    interpreter.invoke()
    return np.array(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))


def operations(content: bytes) -> list[str]:
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    return [
        flatbuffer_utils.opcode_to_name(flat, operator.opcodeIndex)
        for graph in flat.subgraphs
        for operator in graph.operators
    ]


def marks(x: Any) -> Any:
    return tf.concat([tf.cast(x > 1.0, tf.float32), tf.cast(x < 0.0, tf.float32)], axis=1)


@pytest.mark.parametrize(
    ("function", "gone"),
    [
        (lambda x: tf.cast(tf.greater(marks(x), 0.5), tf.float32) * 3.0, "GREATER CAST"),
        (lambda x: tf.cast(tf.greater(x, 0.5), tf.float32) * 3.0, ""),
        (lambda x: tf.cast(tf.greater(marks(x), 0.25), tf.float32) * 3.0, ""),
        (lambda x: tf.cast(tf.greater(tf.concat([marks(x), x], 1), 0.5), tf.float32) * 3.0, ""),
        (lambda x: tf.cast(tf.greater(marks(x), 0.5), tf.int32) * 3, ""),
        (lambda x: tf.exp(x[:, :2]), ""),
        (lambda x: tf.exp(x[:1]), ""),
        (lambda x: tf.exp(x[:, ::-1]), ""),
    ],
)
def test_a_needless_operation_is_dropped_and_one_that_only_looks_like_it_stays(function: Callable, gone: str) -> None:
    content = converted(function)
    less = trimmed(content)
    np.testing.assert_array_equal(answers(less), answers(content))
    assert len(less) < len(content)
    left = operations(less)
    assert sorted([*left, *gone.split()]) == sorted(operations(content))


def test_a_slice_of_everything_and_what_is_computed_twice_are_dropped() -> None:
    content = converted(lambda x: tf.concat([tf.exp(x[:, :2]), tf.exp(x[:, :2]) + 1.0, tf.sin(x[:, :2])], 1))
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    graph = flat.subgraphs[0]
    (piece,) = [o for o in graph.operators if flatbuffer_utils.opcode_to_name(flat, o.opcodeIndex) == "STRIDED_SLICE"]
    # Slice all three columns, by a second and third constant of the same content too.
    ends = graph.tensors[int(piece.inputs[2])]
    flat.buffers[ends.buffer].data = np.frombuffer(np.array([0, 3], np.int32).tobytes(), np.uint8)
    whole = bytes(flatbuffer_utils.convert_object_to_bytearray(flat))
    less = trimmed(whole)
    assert sorted(operations(less)) == ["ADD", "CONCATENATION", "EXP", "SIN"]
    expected = np.concatenate([np.exp(ROWS), np.exp(ROWS) + 1, np.sin(ROWS)], axis=1)
    np.testing.assert_allclose(answers(less), expected, rtol=1e-6)


def test_equal_constants_lie_in_one_buffer_and_no_output_or_variable_in_it() -> None:
    ten = np.arange(1, 4, dtype=np.float32)
    content = converted(lambda x: tf.maximum(x, ten) * tf.constant(ten) + tf.cast(ten, tf.float32))
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    # As a converter leaves them that does not look for equal ones.
    graph = flat.subgraphs[0]
    held = [tensor for tensor in graph.tensors if flat.buffers[tensor.buffer].data is not None]
    copy = type(flat.buffers[0])()
    copy.data = flat.buffers[held[0].buffer].data
    flat.buffers.append(copy)
    other = type(held[0])()
    other.__dict__ |= vars(held[0]) | {"buffer": len(flat.buffers) - 1}
    graph.tensors.append(other)
    graph.operators[-1].inputs = [int(graph.operators[-1].inputs[0]), len(graph.tensors) - 1]
    less = trimmed(bytes(flatbuffer_utils.convert_object_to_bytearray(flat)))
    np.testing.assert_array_equal(answers(less), answers(content))
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(less))
    contents = [bytes(buffer.data) for buffer in flat.buffers if buffer.data is not None]
    assert len(contents) == len(set(contents))
    graph = flat.subgraphs[0]
    for place in (*graph.inputs, *graph.outputs):
        assert graph.tensors[int(place)].buffer == 0
    assert not any(tensor.isVariable and tensor.buffer for tensor in graph.tensors)
