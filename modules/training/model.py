"""The dense network, from the encoded row to the logits, and the encoder before it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow_transform as tft
import tf_keras

from modules.base.errors import DataError
from modules.graph.encoding import Encoder
from modules.graph.preprocessing import load_profile


@dataclasses.dataclass(frozen=True)
class Architecture:
    """The shape of a dense network.

    Attributes:
        units: Width of each hidden layer.
        activation: Activation of the hidden layers, by its Keras name.
        dropout: Share of the units of each hidden layer that are dropped in training, in [0, 1).
    """

    units: Sequence[int]
    activation: str
    dropout: float


def architecture_of(hyperparameters: Mapping[str, Any]) -> Architecture:
    """Turns a trial's hyperparameters into the shape of a network."""
    units = [hyperparameters["units"]] * hyperparameters["layers"]
    return Architecture(units, hyperparameters["activation"], hyperparameters["dropout"])


def build_network(width: int, architecture: Architecture, seed: int, outputs: int = 1) -> tf_keras.Sequential:
    """Builds the dense network: float32 [batch, width] in, logits float32 [batch, outputs] out.

    The seed fixes the initial weights and the dropout masks.
    """
    layers: list[tf_keras.layers.Layer] = [tf_keras.layers.InputLayer((width,), name="encoded")]
    for number, units in enumerate(architecture.units):
        initializer = tf_keras.initializers.GlorotUniform(seed=seed + number)
        layers.append(
            tf_keras.layers.Dense(
                units, architecture.activation, kernel_initializer=initializer, name=f"hidden_{number}"
            )
        )
        if architecture.dropout:
            layers.append(tf_keras.layers.Dropout(architecture.dropout, seed=seed + number, name=f"dropout_{number}"))
    initializer = tf_keras.initializers.GlorotUniform(seed=seed + len(architecture.units))
    layers.append(tf_keras.layers.Dense(outputs, kernel_initializer=initializer, name="logit"))
    return tf_keras.Sequential(layers, name="network")


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
