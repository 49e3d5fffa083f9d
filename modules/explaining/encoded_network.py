"""The network behind the file, from encoded row to logits: what gradients are taken of."""

import functools
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tf_keras

from modules.explaining.raw_function import Rows
from modules.graph.encoding import Encoder
from modules.training.training_run import TrainingRun

_BATCH = 4_096


class EncodedNetwork:
    """A network with the encoder before it.

    Args:
        run: The run, for the transform graph.
        encoder: From Transform's tensors to the encoded vector.
        network: From the encoded vector to the logits.

    Attributes:
        names: Column and code of each element of the encoded row; the components of several columns are called
            `components`.
        network: The network.
    """

    def __init__(self, run: TrainingRun, encoder: Encoder, network: tf_keras.Model) -> None:
        self._run, self._encoder, self.network = run, encoder, network
        self.names: Sequence[tuple[str, str]] = encoder.names

    def with_weights(self, weights: Sequence[np.ndarray]) -> "EncodedNetwork":
        """Returns a network of the same shape with other weights, behind the same encoder."""
        network = tf_keras.models.clone_model(self.network)
        network.set_weights(weights)
        return EncodedNetwork(self._run, self._encoder, network)

    @functools.cached_property
    def _transform(self) -> tf_keras.layers.Layer:
        return self._run.output.transform_features_layer()

    def encode(self, rows: Rows) -> np.ndarray:
        """Returns encoded rows, float32 [n, width]."""
        taken = {f.name: np.asarray(rows[f.name]).reshape(-1, 1) for f in self._run.table.features}
        starts = range(0, len(next(iter(taken.values()))), _BATCH)
        batches = ({name: tf.constant(of[start : start + _BATCH]) for name, of in taken.items()} for start in starts)
        return np.concatenate([self._encoder(self._transform(batch)).numpy() for batch in batches])

    def logits(self, encoded: np.ndarray) -> np.ndarray:
        """Returns the logits of encoded rows, float32 [n, outputs]."""
        return np.concatenate(
            [self.network(part, training=False).numpy() for part in np.array_split(encoded, len(encoded) // _BATCH + 1)]
        )

    def gradients(self, encoded: np.ndarray, output: int = 0) -> np.ndarray:
        """Returns the derivatives of one logit by the elements of the encoded row, float32 [n, width]."""
        parts = []
        for part in np.array_split(encoded, len(encoded) // _BATCH + 1):
            given = tf.constant(part)
            with tf.GradientTape() as tape:
                tape.watch(given)
                logit = self.network(given, training=False)[:, output]
            parts.append(tape.gradient(logit, given).numpy())
        return np.concatenate(parts)

    def by_column(self, values: np.ndarray) -> dict[str, np.ndarray]:
        """Adds up what belongs to the elements of the encoded row, by column.

        Args:
            values: [n, width].

        Returns:
            By column of `names`, in their order, [n].
        """
        sums: dict[str, np.ndarray] = {}
        for number, (column, _) in enumerate(self.names):
            sums[column] = sums.get(column, 0.0) + values[:, number]
        return sums
