"""Exporting and loading: raw columns in, answer out, with the preprocessing inside."""

import json
import os
import tempfile
from typing import Any

import tensorflow as tf
import tf_keras

from modules.graph.encoding import Encoder
from modules.tasks import Target
from modules.training import by_task
from modules.training.training_run import TrainingRun

_EXTRA = "assets.extra"  # SavedModel's own place for files that travel along
_NETWORK = "network.keras"
_PARTS = "parts.json"


class ServingModule(tf.Module):
    """The whole road from raw columns to the answer, as one graph.

    What is saved are that graph, the weights and the tables of text. Keras would save each layer with functions of its
    own, which nobody calls, at a cost that grows with the columns.

    Args:
        run: The run: names and dtypes of the raw inputs, the transform graph, and what the model answers.
        encoder: From Transform's tensors to the encoded vector.
        network: From the encoded vector to the logits.
    """

    def __init__(self, run: TrainingRun, encoder: Encoder, network: tf_keras.Model) -> None:
        super().__init__()
        transform, target = run.output.transform_features_layer(), run.target
        features = run.table.features
        names = {feature.tensor: feature.name for feature in features}
        specs = {f.tensor: tf.TensorSpec([None, 1], f.dtype, name=f.tensor) for f in features}
        encoder = Encoder.from_config(encoder.get_config())  # without the tables that training rows went through
        self.lookup, self.weights = encoder.lookup, network.variables

        @tf.function(input_signature=[specs], autograph=False)
        def serve(raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
            columns = {names[tensor]: value for tensor, value in raw.items()}
            logits = network(encoder(transform(columns)), training=False)
            return {target.tensor: answer(target, logits)}

        self.signature = serve.get_concrete_function()


def answer(target: Target, logits: tf.Tensor) -> tf.Tensor:
    """Turns logits into what the model answers, float32 [batch, outputs]; as `tasks.from_logits` does."""
    return by_task.of(target.task).answer(target, logits)


def export(directory: str, run: TrainingRun, encoder: Encoder, network: tf_keras.Model) -> None:
    """Writes a SavedModel whose `serving_default` takes the raw columns, and the Keras network beside it.

    Args:
        directory: Where the SavedModel goes.
        run: The run, whose transform graph becomes part of the model.
        encoder: The encoder.
        network: The trained network; tfmot's wrappers are allowed.
    """
    module = ServingModule(run, encoder, network)
    tf.saved_model.save(module, directory, signatures={"serving_default": module.signature})
    save_parts(directory, encoder, network)


def save_parts(directory: str, encoder: Encoder, network: tf_keras.Model) -> None:
    """Writes encoder and network for `load_parts`, without the SavedModel: in a wide table that takes seconds.

    Args:
        directory: Where they go.
        encoder: The encoder.
        network: The trained network.
    """
    extra = os.path.join(directory, _EXTRA)
    tf.io.gfile.makedirs(extra)
    save_network(os.path.join(extra, _NETWORK), network)
    with tf.io.gfile.GFile(os.path.join(extra, _PARTS), "w") as file:
        file.write(json.dumps({"encoder": encoder.get_config()}))


def export_network(directory: str, target: Target, network: tf_keras.Model) -> None:
    """Writes a SavedModel whose `serving_default` takes the encoded row alone.

    Args:
        directory: Where the SavedModel goes.
        target: What the model answers.
        network: The trained network; tfmot's wrappers are allowed.
    """
    module = tf.Module()
    module.weights = network.variables

    @tf.function(input_signature=[tf.TensorSpec(network.input_shape, tf.float32, name="encoded")], autograph=False)
    def serve(encoded: tf.Tensor) -> dict[str, tf.Tensor]:
        return {target.tensor: answer(target, network(encoded, training=False))}

    tf.saved_model.save(module, directory, signatures={"serving_default": serve.get_concrete_function()})


def save_network(path: str, network: tf_keras.Model) -> None:
    """Saves a Keras network to a local or remote path."""
    with tempfile.TemporaryDirectory() as directory:
        local = os.path.join(directory, _NETWORK)
        network.save(local)
        tf.io.gfile.copy(local, path, overwrite=True)


def is_exported(directory: str) -> bool:
    """Tells whether a directory has a SavedModel, and not only encoder and network."""
    return bool(tf.saved_model.contains_saved_model(directory))


def load_parts(directory: str) -> tuple[Encoder, tf_keras.Model]:
    """Loads the encoder and the network that `export` or `save_parts` wrote, uncompiled.

    Args:
        directory: The directory that they were given.
    """
    extra = os.path.join(directory, _EXTRA)
    with tf.io.gfile.GFile(os.path.join(extra, _PARTS)) as file:
        parts: dict[str, Any] = json.loads(file.read())
    with tempfile.TemporaryDirectory() as local_directory:
        local = os.path.join(local_directory, _NETWORK)
        tf.io.gfile.copy(os.path.join(extra, _NETWORK), local)
        network = tf_keras.models.load_model(local, compile=False)
    return Encoder.from_config(parts["encoder"]), network
