"""Putting another network behind a model's preprocessing, without exporting and converting the preprocessing again.

Every model of a run has the same way from raw columns to the encoded row: thousands of operations in a wide table, of
which the converter takes seconds per model; its network has a handful.
"""

import copy
from collections.abc import Iterable
from typing import Any

from tensorflow.lite.python import schema_py_generated as schema_fb
from tensorflow.lite.tools import flatbuffer_utils

from modules.tflite import canonical, packing, trimming

_MINIMUM_VERSION = b"min_runtime_version"


def graft(stock: bytes, network: bytes, width: int) -> bytes | None:
    """Replaces the network of a model.

    Args:
        stock: A .tflite from raw columns to an answer, float32 up to its network, as `conversion.to_tflite` returns it.
        network: A .tflite from the encoded row to an answer of the same name and shape.
        width: Length of the encoded row.

    Returns:
        The .tflite that converting the preprocessing and that network as one gives; None where the stock has no dense
        layer that reads the encoded row, because the converter made something else of it.
    """
    flat, scion = (flatbuffer_utils.convert_bytearray_to_object(bytearray(model)) for model in (stock, network))
    graph, grown = flat.subgraphs[0], scion.subgraphs[0]
    encoded = _encoded(flat, graph, width)
    if encoded is None:
        return None
    graph.operators = _without_descendants(graph.operators, encoded)
    _reset_versions(flat, graph)

    codes = [_place(flat.operatorCodes, code) for code in scion.operatorCodes]
    tensors = {-1: -1, int(grown.inputs[0]): encoded, int(grown.outputs[0]): int(graph.outputs[0])}
    for index, tensor in enumerate(grown.tensors):
        if index not in tensors:
            tensors[index] = len(graph.tensors)
            graph.tensors.append(tensor)
            if tensor.buffer:
                flat.buffers.append(scion.buffers[tensor.buffer])
                tensor.buffer = len(flat.buffers) - 1
    for operator in grown.operators:
        operator.opcodeIndex = codes[operator.opcodeIndex]
        operator.inputs = [tensors[int(index)] for index in operator.inputs]
        operator.outputs = [tensors[int(index)] for index in operator.outputs]
        if flat.operatorCodes[operator.opcodeIndex].builtinCode == schema_fb.BuiltinOperator.QUANTIZE:
            _shape_alike(*(graph.tensors[int(index)] for index in (*operator.inputs, *operator.outputs)))
        graph.operators.append(operator)
    _raise_minimum_version(flat, scion)
    trimming.trim(flat)
    canonical.arrange(flat)
    return packing.pack(flat)


def _shape_alike(values: Any, quantized: Any) -> None:
    """Gives the encoded row in int8 the shape that it has in float32, where the converter may not know its length."""
    quantized.shape, quantized.shapeSignature = values.shape, values.shapeSignature


def _encoded(flat: Any, graph: Any, width: int) -> int | None:
    """Returns the tensor that the first dense layer of the network reads.

    The preprocessing may have a dense layer that reads as much, the projection, but what that reads goes on to the
    answer by other ways as well: it reads nothing else of the row only where the row is made of components alone, and
    such a model is not to be given here.
    """
    for operator in graph.operators:
        if flatbuffer_utils.opcode_to_name(flat, operator.opcodeIndex) == "FULLY_CONNECTED":
            values, weights = (int(index) for index in operator.inputs[:2])
            if int(graph.tensors[weights].shape[-1]) == width and _parts(graph, values):
                return values
    return None


def _parts(graph: Any, index: int) -> bool:
    """Tells whether all that depends on a tensor depends on nothing else that is made before it."""
    before = _without_descendants(graph.operators, index)
    made = {int(output) for operator in before for output in operator.outputs} | {int(one) for one in graph.inputs}
    kept = {id(operator) for operator in before}
    after = [operator for operator in graph.operators if id(operator) not in kept]
    return not any(int(read) in made - {index} for operator in after for read in operator.inputs)


def _without_descendants(operators: Iterable[Any], index: int) -> list[Any]:
    """Returns those operators, in topological order, that do not depend on a tensor."""
    reached, kept = {index}, []
    for operator in operators:
        if reached.isdisjoint(int(read) for read in operator.inputs):
            kept.append(operator)
        else:
            reached |= {int(made) for made in operator.outputs}
    return kept


def _reset_versions(flat: Any, graph: Any) -> None:
    """Gives operation codes the versions that the operators left need.

    A code has the latest version that any of its operators needs. The network that was cut off has dense layers, and
    may have other operators that the preprocessing lacks; dense layers of float32 need the first version.
    """
    used = {operator.opcodeIndex for operator in graph.operators}
    for place, code in enumerate(flat.operatorCodes):
        layers = [operator for operator in graph.operators if operator.opcodeIndex == place]
        dense = code.builtinCode == schema_fb.BuiltinOperator.FULLY_CONNECTED
        whole = all(
            graph.tensors[int(layer.inputs[1])].type == schema_fb.TensorType.FLOAT32 for layer in layers if dense
        )
        if place not in used or (dense and whole):
            code.version = 1


def _place(codes: list[Any], code: Any) -> int:
    """Returns the place of an operation code, which is added where it is not there."""
    for place, known in enumerate(codes):
        if (known.builtinCode, known.customCode) == (code.builtinCode, code.customCode):
            known.version = max(known.version, code.version)
            return place
    codes.append(copy.copy(code))
    return len(codes) - 1


def _raise_minimum_version(flat: Any, scion: Any) -> None:
    """Asks for the later one of the two runtimes that the models ask for."""
    (here,), (there,) = (
        [model.buffers[note.buffer] for note in model.metadata if note.name == _MINIMUM_VERSION]
        for model in (flat, scion)
    )
    here.data = max(here.data, there.data, key=_version)


def _version(data: Any) -> list[int]:
    return [int(part) for part in bytes(data).rstrip(b"\0").split(b".")]
