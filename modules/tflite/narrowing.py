"""Storing long lists of whole numbers in a byte each, as far as they fit; LiteRT widens them as it runs."""

from typing import Any

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema_fb
from tensorflow.lite.tools import flatbuffer_utils

_INT32 = schema_fb.TensorType.INT32
_BYTES = ((np.uint8, schema_fb.TensorType.UINT8), (np.int8, schema_fb.TensorType.INT8))
# The operation that widens a list takes about 80 bytes, and each of its numbers saves three.
_LEAST_NUMBERS = 48
# What reads places, numbers of categories and what they add up to, by which of its inputs; nothing else is touched.
_READERS = {"GATHER": (1,), "EQUAL": (0, 1), "MUL": (0, 1)}


def narrow(flat: Any) -> None:
    """Stores int32 constants in bytes where that is exact and saves any.

    Args:
        flat: A `ModelT`, as flatbuffer_utils reads one, in which equal constants lie in one buffer; it is changed.
    """
    held = [tensor.buffer for graph in flat.subgraphs for tensor in graph.tensors]
    for graph in flat.subgraphs:
        for index in range(len(graph.tensors)):
            tensor = graph.tensors[index]
            numbers = _numbers(flat, tensor)
            if numbers is None or held.count(tensor.buffer) > 1 or not _is_widened_by_readers(flat, graph, index):
                continue
            for dtype, kind in _BYTES:
                if (numbers == numbers.astype(dtype)).all():
                    _store(flat, graph, index, numbers.astype(dtype), kind)
                    break


def _numbers(flat: Any, tensor: Any) -> np.ndarray | None:
    data = flat.buffers[tensor.buffer].data
    if tensor.type != _INT32 or data is None or len(data) < 4 * _LEAST_NUMBERS:
        return None
    return np.frombuffer(bytes(data), np.int32)


def _is_widened_by_readers(flat: Any, graph: Any, index: int) -> bool:
    """Tells whether all that reads a constant takes one that was made as well as one that is stored."""
    read = [
        (flatbuffer_utils.opcode_to_name(flat, operator.opcodeIndex), place)
        for operator in graph.operators
        for place, one in enumerate(operator.inputs)
        if int(one) == index
    ]
    outer = index in {int(one) for one in (*graph.inputs, *graph.outputs)}
    return bool(read) and not outer and all(place in _READERS.get(name, ()) for name, place in read)


def _store(flat: Any, graph: Any, index: int, numbers: np.ndarray, kind: int) -> None:
    tensor = graph.tensors[index]
    stored = schema_fb.TensorT()
    stored.shape, stored.type, stored.buffer = tensor.shape, kind, tensor.buffer
    flat.buffers[tensor.buffer].data = np.frombuffer(numbers.tobytes(), np.uint8)
    tensor.buffer = 0
    graph.tensors.append(stored)
    widen = schema_fb.OperatorT()
    widen.opcodeIndex, widen.inputs, widen.outputs = _cast(flat), [len(graph.tensors) - 1], [index]
    widen.builtinOptionsType, options = schema_fb.BuiltinOptions.CastOptions, schema_fb.CastOptionsT()
    options.inDataType, options.outDataType = kind, _INT32
    widen.builtinOptions = options
    graph.operators.insert(0, widen)


def _cast(flat: Any) -> int:
    """Returns the place of the operation code of a cast, which is added where it is not there."""
    kind = schema_fb.BuiltinOperator.CAST
    for place, code in enumerate(flat.operatorCodes):
        if code.builtinCode == kind:
            return place
    made = schema_fb.OperatorCodeT()
    made.builtinCode = made.deprecatedBuiltinCode = kind
    made.version = 1
    flat.operatorCodes.append(made)
    return len(flat.operatorCodes) - 1
