"""From Transform's stacked tensors to one vector a row, with every element in [-1, 1], ready for an int8 network."""

from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras

from modules.features.profile import CategoricalColumn, Profile
from modules.graph.lookup import Lookup

# z-scores and components are clipped at this many standard deviations and divided by it.
_CLIP = 4.0


def encoded_names(profile: Profile, encoding: list[str]) -> list[tuple[str, str]]:
    """Returns (column, code) for every element of the encoded vector, in order; its length is the vector's width.

    Columns that tell nothing have none.
    """
    names = []
    numeric = [column for column in profile.numeric if not column.left_out]
    for part in ("one_hot", "piecewise_linear"):
        if part in encoding:
            names += [(column.name, f"{part}[{number}]") for column in numeric for number in range(column.bins)]
    if "z_score" in encoding:
        names += [(column.name, "z_score") for column in numeric]
    names += [("components", f"component[{number}]") for number in range(profile.reduction.components)]
    for column in profile.categorical:
        if not column.left_out:
            names += [(column.name, f"category[{code}]") for code in _category_names(column)]
    return names + [(column.name, "missing") for column in profile.marked if not column.left_out]


def _category_names(column: CategoricalColumn) -> list[str]:
    """Returns what each slot of a categorical column stands for, in order."""
    return [
        *(count.value for count in column.vocabulary.own),
        "<unseen>",
        *(f"<group {number}>" for number in range(column.codes.groups)),
        *(f"<remainder {number}>" for number in range(column.codes.remainders)),
    ]


class _Kept:
    """The columns of a tensor that tell something."""

    def __init__(self, kept: list[bool]) -> None:
        self._all, self._columns = all(kept), np.flatnonzero(kept).astype(np.int32)

    def __bool__(self) -> bool:
        return len(self._columns) > 0

    def of(self, tensor: tf.Tensor) -> tf.Tensor:
        """Returns just those columns, [batch, k]."""
        return tensor if self._all else tf.gather(tensor, self._columns, axis=1)


class _CategoryCodes:
    """From the numbers of categories to their slots: each slot stands for one number of one of several columns.

    Those columns are the numbers that `Lookup` gives; and for the columns whose rarer values share slots, the number of
    the group and the remainder.
    """

    def __init__(self, profile: Profile) -> None:
        columns = [(place, column) for place, column in enumerate(profile.categorical) if not column.left_out]
        sharing = [(place, column) for place, column in columns if column.codes.slots]
        self._shared = np.array([place for place, _ in sharing], np.int32)
        self._first = np.array([len(column.vocabulary.own) + 1 for _, column in sharing], np.int32)
        self._size = np.array([column.codes.size for _, column in sharing], np.int32)
        self._remainders = np.array([max(column.codes.remainders, 1) for _, column in sharing], np.int32)
        pairs: list[tuple[int, int]] = []
        group = len(profile.categorical)
        for place, column in columns:
            pairs += [(place, number) for number in range(len(column.vocabulary.own) + 1)]
            if column.codes.slots:
                pairs += [(group, number) for number in range(column.codes.groups)]
                pairs += [(group + len(sharing), number) for number in range(column.codes.remainders)]
                group += 1
        self.slots = len(pairs)
        self._column = np.array([column for column, _ in pairs], np.int32)
        self._number = np.array([number for _, number in pairs], np.int32)

    def of(self, category: tf.Tensor) -> tf.Tensor:
        """Returns the slots, float32 [batch, slots], of numbers [batch, c]."""
        numbers = tf.cast(category, tf.int32)
        if len(self._shared):
            place = tf.gather(numbers, self._shared, axis=1) - self._first
            remainder = tf.where(tf.less(place, 0), -1, tf.math.floormod(place, self._remainders))
            numbers = tf.concat([numbers, place // self._size, remainder], axis=1)
        slots = tf.gather(numbers, self._column, axis=1)
        return tf.cast(tf.equal(slots, self._number), tf.float32)


def _counts_up(sizes: list[int]) -> np.ndarray:
    """Returns 0, 1, …, n - 1 for each size n, one after the other, int32."""
    return np.array([number for size in sizes for number in range(size)], np.int32)


@tf_keras.utils.register_keras_serializable("tabular")
class Encoder(tf_keras.layers.Layer):
    """Expands the stacked tensors of `preprocessing_fn` into one float32 vector a row, [batch, width].

    Numeric columns become one-hot quantile buckets and the piecewise-linear code (Gorishniy et al., 2022,
    arXiv:2203.05556, sec. 3.1), categories one-hot codes with an out-of-vocabulary slot, and rare ones two slots that
    they share: see `vocabulary.SharedCodes`. It has no weights.

    Args:
        profile: The profile of the training rows, as JSON.
        encoding: Which codes numeric columns get: of `one_hot`, `piecewise_linear` and `z_score`.

    Attributes:
        lookup: Its first step, from raw categories to their numbers, which may be taken beforehand.
        width: Length of the vector.
    """

    def __init__(self, profile: str, encoding: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._profile_json, self._encoding = profile, list(encoding)
        profile_ = Profile.from_json(profile)
        self._profile, self.lookup = profile_, Lookup(profile_)
        self.width = len(encoded_names(profile_, self._encoding))
        bins = [0 if column.left_out else column.bins for column in profile_.numeric]
        self._numeric = _Kept([bool(count) for count in bins])
        self._marked = _Kept([not column.left_out for column in profile_.marked])
        self._bin_column = np.repeat(np.arange(len(bins)), bins).astype(np.int32)
        self._bin_number = _counts_up(bins).astype(np.float32)
        self._last_bin = np.array([column.bins for column in profile_.numeric], np.float32) - 0.5
        self._categories = _CategoryCodes(profile_)
        spread = np.maximum(profile_.reduction.component_deviations, 1e-6)
        self._component_scale = (1.0 / (_CLIP * spread)).astype(np.float32)

    def call(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """Encodes what `preprocessing_fn` returns, or what `lookup` has made of it already."""
        if "category" not in inputs:
            inputs = self.lookup(inputs)
        parts = []
        if "position" in inputs and self._numeric:
            parts += self._numeric_codes(inputs["position"])
            if "z_score" in self._encoding:
                parts.append(tf.clip_by_value(self._numeric.of(inputs["numeric"]) / _CLIP, -1.0, 1.0))
        if components := self._profile.reduction.components:
            kept = inputs["components"][:, :components]
            parts.append(tf.clip_by_value(kept * self._component_scale, -1.0, 1.0))
        if self._categories.slots:
            parts.append(self._categories.of(inputs["category"]))
        if self._marked:
            # The comparison changes nothing but stands in the way of TFLite's converter, which else takes int8 from the
            # network back through these joined columns, and forgets some of them: the file then cannot run.
            marked = tf.greater(self._marked.of(inputs["missing"]), 0.5)
            parts.append(tf.cast(marked, tf.float32))
        return tf.concat(parts, axis=1)

    def _numeric_codes(self, position: tf.Tensor) -> list[tf.Tensor]:
        codes = []
        if "one_hot" in self._encoding:
            bucket = tf.floor(tf.minimum(position, self._last_bin))
            buckets = tf.gather(bucket, self._bin_column, axis=1)
            codes.append(tf.cast(tf.equal(buckets, self._bin_number), tf.float32))
        if "piecewise_linear" in self._encoding:
            positions = tf.gather(position, self._bin_column, axis=1)
            codes.append(tf.clip_by_value(positions - self._bin_number, 0.0, 1.0))
        return codes

    def get_config(self) -> dict:
        return super().get_config() | {"profile": self._profile_json, "encoding": self._encoding}
