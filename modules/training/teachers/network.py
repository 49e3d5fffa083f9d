"""A network as a teacher: the best one of the search."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf
import tf_keras

from modules.graph.encoding import Encoder
from modules.training import serving
from modules.training.inputs import Rows

_BATCH = 4_096
# What an encoder reads of rows: they may come with a label or a weight, or without.
_READ = ("numeric", "value", "components", "missing", "category")


class NetworkTeacher:
    """Labels rows by a network behind its encoder.

    It labels its own training rows, too: a network that is stopped early, with dropout, hardly remembers single rows.

    Args:
        encoder: From Transform's tensors to the encoded vector.
        network: From the encoded vector to the logits.
    """

    def __init__(self, encoder: Encoder, network: tf_keras.Model) -> None:
        self._encoder, self._network = encoder, network
        self._graph: Callable[[dict[str, tf.Tensor]], tf.Tensor] | None = None

    @classmethod
    def load(cls, directory: str) -> "NetworkTeacher":
        """Loads the exported model in a directory."""
        return cls(*serving.load_parts(directory))

    def logits(self, rows: Rows) -> np.ndarray:
        read = {name: values for name, values in rows.items() if name in _READ}
        answer = self._answer(read)
        count = len(next(iter(read.values())))
        parts = [
            answer({name: tf.constant(values[start : start + _BATCH]) for name, values in read.items()})
            for start in range(0, max(count, 1), _BATCH)
        ]
        return np.concatenate([part.numpy() for part in parts])

    def training_logits(self, rows: Rows, first: int) -> np.ndarray:
        return self.logits(rows)

    def _answer(self, rows: Rows) -> Callable[[dict[str, tf.Tensor]], tf.Tensor]:
        """Returns encoder and network as one graph for batches of any size, traced once."""
        if self._graph is None:
            specs = {name: tf.TensorSpec([None, *values.shape[1:]], values.dtype) for name, values in rows.items()}
            graph = tf.function(lambda batch: self._network(self._encoder(batch), training=False), autograph=False)
            self._graph = graph.get_concrete_function(specs)
        return self._graph
