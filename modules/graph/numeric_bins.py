"""The bins of numeric columns, side by side: where a number lies, and how far it fills each of them."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from modules.features.profile import NumericColumn

_LARGEST = np.finfo(np.float32).max


class NumericBins:
    """Some bins of some columns, each described by itself, so that those that nothing reads can be left out.

    Args:
        columns: All numeric columns; those that tell nothing have no bins.
        numbers: Which bins of all of them these are, in order; all by default.
    """

    def __init__(self, columns: Sequence[NumericColumn], numbers: np.ndarray | None = None) -> None:
        self._columns = columns
        telling = [(place, column.scaled_edges) for place, column in enumerate(columns) if not column.left_out]
        count = sum(len(edges) - 1 for _, edges in telling)
        kept = self._kept = np.arange(count) if numbers is None else numbers
        none = [np.zeros(0)]
        self._place = np.repeat([place for place, _ in telling], [len(edges) - 1 for _, edges in telling])[kept]
        self._lower = np.concatenate([*none, *(edges[:-1] for _, edges in telling)])[kept].astype(np.float32)
        upper = np.concatenate([*none, *(np.append(edges[1:-1], _LARGEST) for _, edges in telling)])
        self._upper = upper[kept].astype(np.float32)
        inverse = np.concatenate([*none, *(1.0 / np.diff(edges) for _, edges in telling)])
        self._inverse_width = inverse[kept].astype(np.float32)
        self._lowest = np.zeros(len(columns), np.float32)
        for place, edges in telling:
            self._lowest[place] = edges[0]

    def __len__(self) -> int:
        return len(self._kept)

    def keeping(self, numbers: np.ndarray) -> "NumericBins":
        """Returns some of these bins."""
        return NumericBins(self._columns, self._kept[numbers])

    def lain_in(self, value: tf.Tensor) -> tf.Tensor:
        """Returns 1 for the bin of each column in which its number lies, float32 [batch, bins].

        What lies below the first edge is in the first bin, what lies above the last one is in the last.

        Args:
            value: The tensor of that name of `preprocessing_fn`, [batch, columns].
        """
        numbers = self._of_bins(tf.maximum(value, self._lowest))
        inside = tf.logical_and(tf.greater_equal(numbers, self._lower), tf.less(numbers, self._upper))
        return tf.cast(inside, tf.float32)

    def filled(self, value: tf.Tensor) -> tf.Tensor:
        """Returns how far the number of its column fills each bin from below, in [0, 1], float32 [batch, bins]."""
        share = (self._of_bins(tf.maximum(value, self._lowest)) - self._lower) * self._inverse_width
        return tf.clip_by_value(share, 0.0, 1.0)

    def _of_bins(self, value: tf.Tensor) -> tf.Tensor:
        return tf.gather(value, self._place.astype(np.int32), axis=1)
