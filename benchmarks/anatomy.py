"""Says what the bytes of a .tflite file are: weights, the other constants one by one, and structure."""

import argparse
import collections
import gzip
import sys
from typing import Any

from modules.base import compat

# So many constants are listed.
_LISTED = 12


def main() -> int:
    """Prints a table for each file; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.anatomy", description=__doc__)
    parser.add_argument("files", nargs="+", metavar="TFLITE")
    for path in parser.parse_args().files:
        with open(path, "rb") as file:
            print("\n".join([path, *lines(file.read())]))
    return 0


def lines(content: bytes) -> list[str]:
    """Returns a table of a file's bytes.

    Args:
        content: A .tflite. The header with its description, which a pushed one has, counts as structure.
    """
    compat.prepare_environment()
    from tensorflow.lite.python import schema_py_generated as schema_fb
    from tensorflow.lite.tools import flatbuffer_utils

    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    names = {number: name for name, number in vars(schema_fb.TensorType).items() if isinstance(number, int)}
    weights = _weights(flat, flatbuffer_utils)
    constants: dict[int, tuple[int, str]] = {}
    for graph in flat.subgraphs:
        for tensor in graph.tensors:
            data = flat.buffers[tensor.buffer].data
            if data is not None and tensor.buffer not in weights:
                shape = [] if tensor.shape is None else list(tensor.shape)
                constants[tensor.buffer] = len(data), f"{names[tensor.type].lower()} {shape}"
    in_weights = sum(weights.values())
    in_constants = sum(length for length, _ in constants.values())
    operators = sum(len(graph.operators) for graph in flat.subgraphs)
    tensors = sum(len(graph.tensors) for graph in flat.subgraphs)
    told = [
        (len(content), f"in all; {len(gzip.compress(content, 9)):,} after gzip"),
        (in_weights, "weights of dense layers"),
        (in_constants, f"{len(constants)} other constants"),
        (len(content) - in_weights - in_constants, f"structure: {operators} operators, {tensors} tensors"),
        *((length, f"  {what}") for length, what in sorted(constants.values(), reverse=True)[:_LISTED]),
    ]
    return [f"{length:>10,}  {what}" for length, what in told]


def _weights(flat: Any, reader: Any) -> dict[int, int]:
    """Returns the bytes of the constants that dense layers read, by their buffers."""
    found: dict[int, int] = collections.defaultdict(int)
    for graph in flat.subgraphs:
        widened = {}
        for operator in graph.operators:
            name = reader.opcode_to_name(flat, operator.opcodeIndex)
            read = [int(index) for index in operator.inputs]
            if name == "DEQUANTIZE":  # weights in 16 bits
                widened[int(operator.outputs[0])] = read[0]
            if name == "FULLY_CONNECTED":
                for index in (widened.get(one, one) for one in read[1:] if one >= 0):
                    data = flat.buffers[graph.tensors[index].buffer].data
                    if data is not None:
                        found[graph.tensors[index].buffer] = len(data)
    return found


if __name__ == "__main__":
    sys.exit(main())
