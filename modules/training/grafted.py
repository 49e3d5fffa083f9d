"""A network as a .tflite from raw columns on, by way of another model of the same run."""

import json
import tempfile
from collections.abc import Callable

import tensorflow as tf
import tf_keras

from modules.graph.encoding import Encoder
from modules.tflite import conversion, grafting
from modules.training import serving
from modules.training.training_run import TrainingRun

# The model converted last, of this process, by what its preprocessing and its answer depend on.
_stock: dict[str, bytes] = {}


def exported(run: TrainingRun, directory: str) -> bytes:
    """Converts a trained model; its preprocessing only where the model before it in this process has another one.

    Args:
        run: The run.
        directory: What `serving.export` or `serving.save_parts` wrote.

    Returns:
        What `conversion.to_tflite` gives of the SavedModel.
    """
    encoder, network = serving.load_parts(directory)
    label = run.label.model_dump(mode="json")
    key = json.dumps([run.output.transform_savedmodel_dir, encoder.get_config(), label, network.output_shape])
    if key in _stock:
        return convert(_stock[key], run, encoder, network)
    made = conversion.to_tflite(directory) if serving.is_exported(directory) else _whole(run, encoder, network)
    _stock.clear()
    _stock[key] = made
    return made


def convert(
    stock: bytes,
    run: TrainingRun,
    encoder: Encoder,
    network: tf_keras.Model,
    configure: Callable[[tf.lite.TFLiteConverter], None] | None = None,
) -> bytes:
    """Converts preprocessing and network, the preprocessing by taking it from a model that is converted already.

    Args:
        stock: The float32 .tflite of another network of this run, behind the same preprocessing.
        run: The run.
        encoder: From Transform's tensors to the encoded vector.
        network: The trained network.
        configure: Sets the converter's optimizations, for networks in tfmot's wrappers: the converter then keeps the
            preprocessing in float32, which else it would narrow, too.

    Returns:
        What `conversion.to_tflite` gives of the model as `serving.export` writes it.
    """
    if not _is_rotation(run, encoder):
        with tempfile.TemporaryDirectory() as directory:
            serving.export_network(directory, run.target, network)
            made = grafting.graft(stock, conversion.to_tflite(directory, configure), encoder.width)
        if made is not None:
            return made
    return _whole(run, encoder, network, configure)


def _whole(
    run: TrainingRun,
    encoder: Encoder,
    network: tf_keras.Model,
    configure: Callable[[tf.lite.TFLiteConverter], None] | None = None,
) -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        serving.export(directory, run, encoder, network)
        return conversion.to_tflite(directory, configure)


def _is_rotation(run: TrainingRun, encoder: Encoder) -> bool:
    """Tells whether the projection reads as much as the network, and nothing goes by it: grafting cannot tell them."""
    only_components = all(column == "components" for column, _ in encoder.names)
    return only_components and encoder.width == len(run.profile.numeric)
