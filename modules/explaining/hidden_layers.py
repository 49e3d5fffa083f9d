"""The hidden layers of a network: what they hold of a row, and how a logit depends on that."""

import numpy as np
import tensorflow as tf
import tf_keras

_BATCH = 4_096


class HiddenLayers:
    """The dense layers of a network but for the last, which gives the logits.

    Args:
        network: From the encoded vector to the logits; its layers may lie beside each other.

    Attributes:
        names: Their names, from the first to the last.
    """

    def __init__(self, network: tf_keras.Model) -> None:
        dense = [layer for layer in network.layers if isinstance(layer, tf_keras.layers.Dense)]
        self.names: list[str] = [layer.name for layer in dense[:-1]]
        self._network = tf_keras.Model(network.inputs, [*(layer.output for layer in dense[:-1]), network.outputs[0]])

    def activations(self, encoded: np.ndarray) -> list[np.ndarray]:
        """Returns what each layer holds of encoded rows, after its activation, float32 [n, units] each."""
        parts = [[its.numpy() for its in self._run(tf.constant(part))[0]] for part in _batches(encoded)]
        return [np.concatenate(of_layer) for of_layer in zip(*parts, strict=True)]

    def gradients(self, encoded: np.ndarray, output: int) -> list[np.ndarray]:
        """Returns the derivatives of one logit by what each layer holds, float32 [n, units] each."""
        parts = []
        for part in _batches(encoded):
            encoded_part = tf.constant(part)
            with tf.GradientTape() as tape:
                tape.watch(encoded_part)  # and with it all that is made of it
                held, logits = self._run(encoded_part)
                logit = logits[:, output]
            parts.append([its.numpy() for its in tape.gradient(logit, held)])
        return [np.concatenate(of_layer) for of_layer in zip(*parts, strict=True)]

    def _run(self, encoded: tf.Tensor) -> tuple[list[tf.Tensor], tf.Tensor]:
        """Returns what each hidden layer holds, and the logits."""
        *held, logits = self._network(encoded, training=False)
        return held, logits


def _batches(encoded: np.ndarray) -> list[np.ndarray]:
    return np.array_split(encoded, len(encoded) // _BATCH + 1)
