"""From Transform's stacked tensors to one vector a row, with every element in [-1, 1], ready for an int8 network."""

from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras

from modules.features import Profile

# z-scores and components are clipped at this many standard deviations and divided by it.
_CLIP = 4.0


def encoded_names(profile: Profile, encoding: list[str]) -> list[tuple[str, str]]:
    """Returns (column, code) for every element of the encoded vector, in order; its length is the vector's width."""
    names = []
    for part in ("one_hot", "piecewise_linear"):
        if part in encoding:
            names += [(c, f"{part}[{j}]") for c, n in zip(profile.numeric, profile.bins, strict=True) for j in range(n)]
    if "z_score" in encoding:
        names += [(column, "z_score") for column in profile.numeric]
    names += [("components", f"component[{j}]") for j in range(profile.components)]
    for column, vocabulary in zip(profile.categorical, profile.vocabularies, strict=True):
        # A column without any value in training has nothing to tell: not even an unseen one means anything.
        names += [(column, f"category[{value}]") for value in [*vocabulary, "<unseen>"] if vocabulary]
    names += [(column, "missing") for column in [*profile.numeric, *profile.categorical]]
    return names


def _counts_up(sizes: list[int]) -> np.ndarray:
    """Returns 0, 1, …, n - 1 for each size n, one after the other, int32."""
    return np.array([number for size in sizes for number in range(size)], np.int32)


@tf_keras.utils.register_keras_serializable("tabular")
class Encoder(tf_keras.layers.Layer):
    """Expands the stacked tensors of `preprocessing_fn` into one float32 vector a row, [batch, width].

    Numeric columns become one-hot quantile buckets and the piecewise-linear code (Gorishniy et al., 2022,
    arXiv:2203.05556, sec. 3.1), categories one-hot codes with an out-of-vocabulary slot. It has no weights.

    Args:
        profile: The profile of the training rows, as JSON.
        encoding: Which codes numeric columns get: of `one_hot`, `piecewise_linear` and `z_score`.
    """

    def __init__(self, profile: str, encoding: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._profile_json, self._encoding = profile, list(encoding)
        profile_ = Profile.from_json(profile)
        self._profile = profile_
        self.width = len(encoded_names(profile_, self._encoding))
        bins = profile_.bins
        self._bin_column = np.repeat(np.arange(len(bins)), bins).astype(np.int32)
        self._bin_number = _counts_up(bins).astype(np.float32)
        self._last_bin = np.array(bins, np.float32) - 0.5
        sizes = [len(vocabulary) + 1 if vocabulary else 0 for vocabulary in profile_.vocabularies]
        self._slot_column = np.repeat(np.arange(len(sizes)), sizes).astype(np.int32)
        self._slot_number = _counts_up(sizes)
        spread = np.maximum(profile_.component_deviations, 1e-6)
        self._component_scale = (1.0 / (_CLIP * spread)).astype(np.float32)

    def call(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        parts = []
        if "position" in inputs:
            parts += self._numeric_codes(inputs["position"])
            if "z_score" in self._encoding:
                parts.append(tf.clip_by_value(inputs["numeric"] / _CLIP, -1.0, 1.0))
        if self._profile.components:
            kept = inputs["components"][:, : self._profile.components]
            parts.append(tf.clip_by_value(kept * self._component_scale, -1.0, 1.0))
        if len(self._slot_column):
            slots = tf.gather(tf.cast(inputs["category"], tf.int32), self._slot_column, axis=1)
            parts.append(tf.cast(tf.equal(slots, self._slot_number), tf.float32))
        parts.append(inputs["missing"])
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
