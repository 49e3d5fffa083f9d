"""The hidden layers of a network: what they hold of a row, and how a logit depends on that."""

import numpy as np
import tensorflow as tf
import tf_keras

_BATCH = 4_096


class HiddenLayers:
    """The dense layers of a network but for the last, which gives the logits.

    Args:
        network: Layers in a row, from the encoded vector to the logits.

    Attributes:
        names: Their names, from the first to the last.
    """

    def __init__(self, network: tf_keras.Sequential) -> None:
        self._layers = list(network.layers)
        dense = [layer.name for layer in self._layers if isinstance(layer, tf_keras.layers.Dense)]
        self.names: list[str] = dense[:-1]

    def activations(self, encoded: np.ndarray) -> list[np.ndarray]:
        """Returns what each layer holds of encoded rows, after its activation, float32 [n, units] each."""
        parts = [[its.numpy() for its in self._run(tf.constant(part))[0]] for part in _batches(encoded)]
        return [np.concatenate(of_layer) for of_layer in zip(*parts, strict=True)]

    def gradients(self, encoded: np.ndarray, output: int) -> list[np.ndarray]:
        """Returns the derivatives of one logit by what each layer holds, float32 [n, units] each."""
        parts = []
        for part in _batches(encoded):
            with tf.GradientTape() as tape:
                held, logits = self._run(tf.constant(part), tape)
                logit = logits[:, output]
            parts.append([its.numpy() for its in tape.gradient(logit, held)])
        return [np.concatenate(of_layer) for of_layer in zip(*parts, strict=True)]

    def _run(self, encoded: tf.Tensor, tape: tf.GradientTape | None = None) -> tuple[list[tf.Tensor], tf.Tensor]:
        """Returns what each hidden layer holds, and the logits."""
        held, value = [], encoded
        for layer in self._layers:
            value = layer(value, training=False) if isinstance(layer, tf_keras.layers.Dropout) else layer(value)
            if layer.name in self.names:
                if tape is not None:
                    tape.watch(value)
                held.append(value)
        return held, value


def _batches(encoded: np.ndarray) -> list[np.ndarray]:
    return np.array_split(encoded, len(encoded) // _BATCH + 1)
