"""Converting an exported model to a .tflite file, in float32 and in smaller numeric forms."""

from collections.abc import Callable

import tensorflow as tf
from tensorflow.lite.tools import flatbuffer_utils


def to_tflite(saved_model: str, configure: Callable[[tf.lite.TFLiteConverter], None] | None = None) -> bytes:
    """Converts an exported model with TFLite's built-in operations only, and drops the names of inner tensors.

    Args:
        saved_model: Directory of the SavedModel.
        configure: Sets the converter's optimizations.

    Returns:
        The content of a .tflite file; inputs and outputs keep their names.
    """
    converter = tf.lite.TFLiteConverter.from_saved_model(saved_model)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if configure is not None:
        configure(converter)
    return _without_inner_names(converter.convert())


def _without_inner_names(model: bytes) -> bytes:
    """Drops strings that nothing reads: on a model this small they are several percent of the file."""
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(model))
    for subgraph in flat.subgraphs:
        outer = {int(index) for index in [*subgraph.inputs, *subgraph.outputs]}
        for index, tensor in enumerate(subgraph.tensors):
            if index not in outer:
                tensor.name = None
    return bytes(flatbuffer_utils.convert_object_to_bytearray(flat))


def float16(converter: tf.lite.TFLiteConverter) -> None:
    """Stores every float constant in 16 bits."""
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]


def dynamic_range(converter: tf.lite.TFLiteConverter) -> None:
    """Stores large weights in 8 bits and computes activations' ranges at run time; and what fake quantization marks."""
    converter.optimizations = [tf.lite.Optimize.DEFAULT]


# Every numeric form that the Quantizer makes, largest first.
FORMS = ("float32", "float16", "dynamic_range", "int8_ptq", "int8_qat")
