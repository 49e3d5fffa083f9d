"""Converting an exported model to a .tflite file, in float32 and in smaller numeric forms."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema_fb
from tensorflow.lite.tools import flatbuffer_utils

from modules.tflite import canonical, narrowing, packing, trimming, unloaded

# Weights of at least so many bytes are worth narrowing; it is where the converter's dynamic range form begins, too.
_LARGE_BYTES = 4 * 1_024


def to_tflite(saved_model: str, configure: Callable[[tf.lite.TFLiteConverter], None] | None = None) -> bytes:
    """Converts an exported model with TFLite's built-in operations only, and drops the names of inner tensors.

    Args:
        saved_model: Directory of a SavedModel with the one signature `serving_default`.
        configure: Sets the converter's optimizations.

    Returns:
        The content of a .tflite file; inputs and outputs keep their names.
    """
    with unloaded.models():
        converter = tf.lite.TFLiteConverter.from_saved_model(saved_model)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        converter.exclude_conversion_metadata = True  # `canonical` drops it
        if configure is not None:
            configure(converter)
        with unloaded.constants():
            converted = converter.convert()
    return _tidied(converted)


def _tidied(model: bytes) -> bytes:
    """Drops what no answer depends on, and puts the rest into canonical order."""
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(model))
    trimming.trim(flat)
    narrowing.narrow(flat)
    canonical.arrange(flat)
    return packing.pack(flat)


def with_float16_weights(model: bytes) -> bytes:
    """Stores the weights of the large dense layers in 16 bits; LiteRT widens them when it loads the model.

    The converter's own float16 form narrows every constant, bin edges and means included: rows then fall into other
    bins, and on UCI Adult the AUC drops by 0.006. Here only what is large is narrowed; the preprocessing stays exact.

    Args:
        model: A float32 .tflite, as `to_tflite` returns it.
    """
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(model))
    code = len(flat.operatorCodes)
    widen = schema_fb.OperatorCodeT()
    widen.builtinCode = widen.deprecatedBuiltinCode = schema_fb.BuiltinOperator.DEQUANTIZE
    widen.version = 3  # the first that takes float16
    flat.operatorCodes.append(widen)
    for subgraph in flat.subgraphs:
        operators: list[Any] = []
        for operator in subgraph.operators:
            kind = flatbuffer_utils.opcode_to_name(flat, operator.opcodeIndex)
            if kind == "FULLY_CONNECTED" and _narrow(flat, subgraph, operator, operators, code):
                operator.inputs[1] = len(subgraph.tensors) - 1
            operators.append(operator)
        subgraph.operators = operators
    return packing.pack(flat)


def _narrow(flat: Any, subgraph: Any, operator: Any, operators: list[Any], code: int) -> bool:
    """Narrows the weights of one dense layer, and adds the operation that widens them; tells whether it did."""
    index = int(operator.inputs[1])
    weights = subgraph.tensors[index]
    buffer = flat.buffers[weights.buffer]
    if weights.type != schema_fb.TensorType.FLOAT32 or buffer.data is None or len(buffer.data) < _LARGE_BYTES:
        return False
    wide = schema_fb.TensorT()
    wide.shape, wide.type, wide.buffer = weights.shape, schema_fb.TensorType.FLOAT32, 0
    subgraph.tensors.append(wide)
    weights.type = schema_fb.TensorType.FLOAT16
    values = np.frombuffer(bytes(buffer.data), np.float32).astype(np.float16)
    buffer.data = np.frombuffer(values.tobytes(), np.uint8)
    added = schema_fb.OperatorT()
    added.opcodeIndex, added.inputs, added.outputs = code, [index], [len(subgraph.tensors) - 1]
    operators.append(added)
    return True


def dynamic_range(converter: tf.lite.TFLiteConverter) -> None:
    """Stores large weights in 8 bits and computes activations' ranges at run time; and what fake quantization marks."""
    converter.optimizations = [tf.lite.Optimize.DEFAULT]


# Every numeric form that the Quantizer makes, largest first.
FORMS = ("float32", "float16", "dynamic_range", "int8_ptq", "int8_qat")
