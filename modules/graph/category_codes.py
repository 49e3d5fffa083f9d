"""From the numbers of categories to their slots: each slot stands for one number of one of several columns."""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from modules.features.profile import CategoricalColumn, Profile
from modules.graph.picking import picked

# What a slot compares with its number: that of the value, or of the group or the remainder, which rarer values share.
_VALUE, _GROUP, _REMAINDER = range(3)


def category_codes(profile: Profile) -> "CategoryCodes":
    """Returns the slots of all categorical columns that tell something, column by column."""
    slots = []
    for place, column in enumerate(profile.categorical):
        if not column.left_out:
            slots += [(place, _VALUE, number) for number in range(len(column.vocabulary.own) + 1)]
            slots += [(place, _GROUP, number) for number in range(column.codes.groups)]
            slots += [(place, _REMAINDER, number) for number in range(column.codes.remainders)]
    return CategoryCodes(slots, dict(enumerate(profile.categorical)))


class CategoryCodes:
    """The slots of categorical columns.

    Args:
        slots: Of each slot the place of its column, what it compares, and with which number.
        categorical: The columns by their places.

    Attributes:
        columns: The places of the columns that the slots need, in order.
    """

    def __init__(self, slots: Sequence[tuple[int, int, int]], categorical: Mapping[int, CategoricalColumn]) -> None:
        self._slots, self._categorical = list(slots), categorical
        self.columns = np.array(sorted({place for place, *_ in slots}), np.int32)
        sharing = sorted({place for place, kind, _ in slots if kind != _VALUE})
        self._sharing = np.searchsorted(self.columns, sharing)
        self._first = np.array([len(categorical[place].vocabulary.own) + 1 for place in sharing], np.int32)
        self._size = np.array([categorical[place].codes.size for place in sharing], np.int32)
        self._remainders = np.array([max(categorical[place].codes.remainders, 1) for place in sharing], np.int32)
        rows = [(place, _VALUE) for place in self.columns.tolist()]
        rows += [(place, kind) for kind in (_GROUP, _REMAINDER) for place in sharing]
        numbers = {row: number for number, row in enumerate(rows)}
        self._row = np.array([numbers[place, kind] for place, kind, _ in slots], np.int32)
        self._number = np.array([number for *_, number in slots], np.int32)

    def __len__(self) -> int:
        return len(self._slots)

    def keeping(self, numbers: np.ndarray) -> "CategoryCodes":
        """Returns some of the slots."""
        return CategoryCodes([self._slots[number] for number in numbers], self._categorical)

    def of(self, category: tf.Tensor) -> tf.Tensor:
        """Returns the slots, float32 [batch, slots], of the numbers of `columns`, [batch, c]."""
        numbers = tf.cast(category, tf.int32)
        if len(self._sharing):
            place = picked(numbers, self._sharing) - self._first
            remainder = tf.where(tf.less(place, 0), -1, tf.math.floormod(place, self._remainders))
            numbers = tf.concat([numbers, place // self._size, remainder], axis=1)
        slots = tf.gather(numbers, self._row, axis=1)
        return tf.cast(tf.equal(slots, self._number), tf.float32)
