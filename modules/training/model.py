"""The network, from the encoded row to the logits, and the encoder before it."""

from collections.abc import Sequence

import tensorflow_transform as tft
import tf_keras

from modules.base.errors import DataError
from modules.contracts.architecture import DENSE, ENCODED, LOGIT, Architecture, Node
from modules.graph.encoding import Encoder
from modules.graph.preprocessing import load_profile
from modules.training.architectures.kinds import architecture_of
from modules.training.network import MERGING, NETWORK

__all__ = ["Architecture", "architecture_of", "build_encoder", "build_network"]

# Share of the mean and the variance of earlier batches that batch normalization keeps at each: a trial has few steps.
_MEMORY = 0.9


def build_network(width: int, architecture: Architecture, seed: int, outputs: int = 1) -> tf_keras.Model:
    """Builds a network: float32 [batch, width] in, logits float32 [batch, outputs] out.

    The seed fixes the initial weights and the dropout masks. A plain stack of layers becomes a Sequential model, which
    `fitting` trains faster.
    """
    layers = _Layers(seed)
    if architecture.is_stack and all(node.normalization == "none" for node in architecture.nodes):
        made = [tf_keras.layers.InputLayer((width,), name=ENCODED)]
        for node in architecture.nodes:
            made += layers.of(node)
        return tf_keras.Sequential([*made, layers.logit(outputs)], name=NETWORK)
    encoded = tf_keras.Input((width,), name=ENCODED)
    tensors = {ENCODED: encoded}
    for node in architecture.nodes:
        read = [tensors[name] for name in node.inputs]
        tensor = read[0] if len(read) == 1 else read
        for layer in layers.of(node):
            tensor = layer(tensor)
        tensors[node.name] = tensor
    return tf_keras.Model(encoded, layers.logit(outputs)(tensors[architecture.last]), name=NETWORK)


class _Layers:
    """Makes the layers of one network; each dense one has initial weights and dropout by a seed of its own."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._number = 0

    def logit(self, outputs: int) -> tf_keras.layers.Layer:
        """Returns the last layer."""
        return tf_keras.layers.Dense(outputs, kernel_initializer=self._initializer(), name=LOGIT)

    def of(self, node: Node) -> list[tf_keras.layers.Layer]:
        """Returns the layers of a node, one behind the other."""
        if node.operation != DENSE:
            return [MERGING[node.operation](name=node.name)]
        normalized = node.normalization == "batch"
        activation = None if normalized else node.activation
        initializer = self._initializer()
        layers = [tf_keras.layers.Dense(node.units, activation, kernel_initializer=initializer, name=node.name)]
        if normalized:
            layers.append(tf_keras.layers.BatchNormalization(momentum=_MEMORY, name=f"{node.name}_normalized"))
            layers.append(tf_keras.layers.Activation(node.activation, name=f"{node.name}_activated"))
        if node.dropout:
            number = self._number - 1
            layers.append(tf_keras.layers.Dropout(node.dropout, seed=self._seed + number, name=f"dropout_{number}"))
        return layers

    def _initializer(self) -> tf_keras.initializers.Initializer:
        self._number += 1
        return tf_keras.initializers.GlorotUniform(seed=self._seed + self._number - 1)


def build_encoder(output: tft.TFTransformOutput, encoding: Sequence[str]) -> Encoder:
    """Builds the encoder that fits a transform graph.

    Raises:
        DataError: If no column tells anything.
    """
    profile = load_profile(output)
    encoder = Encoder(profile.to_json(), list(encoding), name="encoder")
    if not encoder.width:
        told = ", ".join(f"{column} ({why})" for column, why in profile.left_out.items())
        what = f"no column tells anything about the training rows: {told}"
        raise DataError("The table", what, "Give columns whose values differ")
    return encoder
