"""A network as a teacher: the best one of the search."""

import numpy as np
import tensorflow as tf
import tf_keras

from modules.graph.encoding import Encoder
from modules.training import serving
from modules.training.inputs import Rows

_BATCH = 4_096


class NetworkTeacher:
    """Labels rows by a network behind its encoder.

    It labels its own training rows, too: a network that is stopped early, with dropout, hardly remembers single rows.

    Args:
        encoder: From Transform's tensors to the encoded vector.
        network: From the encoded vector to the logits.
    """

    def __init__(self, encoder: Encoder, network: tf_keras.Model) -> None:
        self._encoder, self._network = encoder, network

    @classmethod
    def load(cls, directory: str) -> "NetworkTeacher":
        """Loads the exported model in a directory."""
        return cls(*serving.load_parts(directory))

    def logits(self, rows: Rows) -> np.ndarray:
        batches = tf.data.Dataset.from_tensor_slices(rows).batch(_BATCH)
        answers = batches.map(lambda batch: self._network(self._encoder(batch), training=False))
        return np.concatenate([*answers.as_numpy_iterator()])

    def training_logits(self, rows: Rows, first: int) -> np.ndarray:
        return self.logits(rows)
