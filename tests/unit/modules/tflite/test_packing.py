"""A packed file holds what the file held, once, and where its readers look for it."""

import struct
from typing import Any

import numpy as np
import pytest
from tensorflow.lite.python import schema_py_generated as schema_fb
from tensorflow.lite.tools import flatbuffer_utils

from modules.tflite import canonical, packing

pytestmark = pytest.mark.unit


def tensor(shape: list[int], buffer: int, name: bytes | None = None) -> Any:
    made = schema_fb.TensorT()
    made.shape, made.buffer, made.name = shape, buffer, name
    return made


def model(count: int) -> Any:
    """A chain of additions, all of one shape, of one constant."""
    flat, graph, code = schema_fb.ModelT(), schema_fb.SubGraphT(), schema_fb.OperatorCodeT()
    flat.version, flat.operatorCodes, flat.subgraphs, code.version = 3, [code], [graph], 1
    constant, twin, empty = schema_fb.BufferT(), schema_fb.BufferT(), schema_fb.BufferT()
    constant.data = np.frombuffer(np.arange(8, dtype=np.float32).tobytes(), np.uint8)
    twin.data = np.array([1, 0, 0, 0, 8, 0, 0, 0], np.uint8)  # as the shape [1, 8] is written
    flat.buffers = [empty, constant, twin]
    graph.tensors = [tensor([1, 8], 0, b"in"), tensor([1, 8], 1), *(tensor([1, 8], 0) for _ in range(count))]
    graph.tensors.append(tensor([2], 2, b"in"))
    graph.operators = []
    for number in range(count):
        added = schema_fb.OperatorT()
        added.inputs, added.outputs = [number + 1 if number else 0, 1], [number + 2]
        added.builtinOptionsType = schema_fb.BuiltinOptions.AddOptions
        added.builtinOptions = schema_fb.AddOptionsT()
        graph.operators.append(added)
    graph.inputs, graph.outputs = [0], [count + 1]
    return flat


def read(content: bytes) -> Any:
    return flatbuffer_utils.convert_bytearray_to_object(bytearray(content))


def test_what_is_packed_is_what_is_read() -> None:
    flat = read(bytes(flatbuffer_utils.convert_object_to_bytearray(model(5))))
    assert canonical.plain(read(packing.pack(flat))) == canonical.plain(flat)
    assert packing.pack(read(packing.pack(flat))) == packing.pack(flat)


def test_each_further_operation_takes_no_second_shape_and_no_second_options() -> None:
    # An operator takes 24 bytes, the numbers of what it reads 12, of what it makes 8; a tensor 12; their offsets 8.
    sizes = [len(packing.pack(model(count))) for count in (16, 32)]
    assert sizes[1] - sizes[0] <= 16 * (24 + 12 + 8 + 12 + 8)
    plain = [len(flatbuffer_utils.convert_object_to_bytearray(model(count))) for count in (16, 32)]
    assert plain[1] - plain[0] >= sizes[1] - sizes[0] + 16 * 12


def test_the_content_of_buffers_is_aligned_as_the_schema_asks() -> None:
    content = packing.pack(model(3))
    root = schema_fb.Model.GetRootAs(content)
    for number in (1, 2):
        (place,) = [root.Buffers(number).DataAsNumpy().ctypes.data]
        assert (place - np.frombuffer(content, np.uint8).ctypes.data) % 16 == 0


def test_a_text_ends_in_a_zero_though_bytes_without_one_are_the_same() -> None:
    flat = model(1)
    flat.buffers[2].data = np.frombuffer(b"in-1", np.uint8)
    flat.description = b"in-1"
    content = packing.pack(flat)
    read_back = read(content)
    assert bytes(read_back.description) == b"in-1"
    assert struct.pack("<I", 4) + b"in-1\0" in content
