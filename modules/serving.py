"""Exporting and loading: raw columns in, probability out, with the preprocessing inside."""

import json
import os
import tempfile
from typing import Any

import tensorflow as tf
import tensorflow_transform as tft
import tf_keras

from modules.encoding import Encoder
from modules.features import FeatureTable

_EXTRA = "assets.extra"  # SavedModel's own place for files that travel along
_NETWORK = "network.keras"
_PARTS = "parts.json"


class ServingModule(tf.Module):
    """The whole road from raw columns to the probability, as one graph.

    Args:
        table: The feature table: names and dtypes of the raw inputs.
        output: The transform graph.
        encoder: From Transform's tensors to the encoded vector.
        network: From the encoded vector to the logit.
    """

    def __init__(
        self, table: FeatureTable, output: tft.TFTransformOutput, encoder: Encoder, network: tf_keras.Model
    ) -> None:
        super().__init__()
        self.transform = output.transform_features_layer()
        self.encoder, self.network = encoder, network
        self._columns = {feature.tensor: feature.name for feature in table.features}
        specs = {f.tensor: tf.TensorSpec([None, 1], f.dtype, name=f.tensor) for f in table.features}
        self.serve = tf.function(self._serve, input_signature=[specs])

    def _serve(self, raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        columns = {self._columns[tensor]: value for tensor, value in raw.items()}
        logit = self.network(self.encoder(self.transform(columns)), training=False)
        return {"probability": tf.sigmoid(logit)}


def export(
    directory: str, table: FeatureTable, output: tft.TFTransformOutput, encoder: Encoder, network: tf_keras.Model
) -> None:
    """Writes a SavedModel whose `serving_default` takes the raw columns, and the Keras network beside it.

    Args:
        directory: Where the SavedModel goes.
        table: The feature table.
        output: The transform graph, which becomes part of the model.
        encoder: The encoder.
        network: The trained network; tfmot's wrappers are allowed.
    """
    module = ServingModule(table, output, encoder, network)
    tf.saved_model.save(module, directory, signatures={"serving_default": module.serve})
    extra = os.path.join(directory, _EXTRA)
    tf.io.gfile.makedirs(extra)
    save_network(os.path.join(extra, _NETWORK), network)
    with tf.io.gfile.GFile(os.path.join(extra, _PARTS), "w") as file:
        file.write(json.dumps({"encoder": encoder.get_config()}))


def save_network(path: str, network: tf_keras.Model) -> None:
    """Saves a Keras network to a local or remote path."""
    with tempfile.TemporaryDirectory() as directory:
        local = os.path.join(directory, _NETWORK)
        network.save(local)
        tf.io.gfile.copy(local, path, overwrite=True)


def load_parts(directory: str) -> tuple[Encoder, tf_keras.Model]:
    """Loads encoder and network of an exported model, uncompiled.

    Args:
        directory: The SavedModel that `export` wrote.
    """
    extra = os.path.join(directory, _EXTRA)
    with tf.io.gfile.GFile(os.path.join(extra, _PARTS)) as file:
        parts: dict[str, Any] = json.loads(file.read())
    with tempfile.TemporaryDirectory() as local_directory:
        local = os.path.join(local_directory, _NETWORK)
        tf.io.gfile.copy(os.path.join(extra, _NETWORK), local)
        network = tf_keras.models.load_model(local, compile=False)
    return Encoder.from_config(parts["encoder"]), network
