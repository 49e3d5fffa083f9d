"""From Transform's stacked tensors to one vector a row, with every element in [-1, 1], ready for an int8 network."""

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras

from modules.features.profile import CategoricalColumn, Profile
from modules.graph.category_codes import CategoryCodes, category_codes
from modules.graph.lookup import Lookup
from modules.graph.numeric_bins import NumericBins
from modules.graph.picking import picked

# z-scores and components are clipped at this many standard deviations and divided by it.
_CLIP = 4.0
# The codes that have a slot per bin, in their order.
_BINNED = ("one_hot", "piecewise_linear")


def encoded_names(profile: Profile, encoding: list[str]) -> list[tuple[str, str]]:
    """Returns (column, code) for every element of the encoded vector, in order; its length is the vector's width.

    Columns that tell nothing have none.
    """
    names = []
    numeric = [column for column in profile.numeric if not column.left_out]
    for part in _BINNED:
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


@dataclasses.dataclass(frozen=True)
class _Slots:
    """All slots that the columns of a profile have.

    Attributes:
        profile: The profile.
        names: As `encoded_names` gives them.
        bins: Those of the numeric columns.
        categories: Those of the categorical columns.
    """

    profile: Profile
    names: list[tuple[str, str]]
    bins: NumericBins
    categories: CategoryCodes


@functools.lru_cache(maxsize=2)
def _slots(profile: str, encoding: tuple[str, ...]) -> _Slots:
    """Returns the slots of a profile, as JSON: all steps of a run make their encoders of the same one."""
    read = Profile.from_json(profile)
    return _Slots(read, encoded_names(read, [*encoding]), NumericBins(read.numeric), category_codes(read))


class _Sections:
    """Which slots are kept of each part of the vector, as the numbers that they have within it."""

    def __init__(self, kept: np.ndarray) -> None:
        self._left = kept

    def next(self, size: int) -> np.ndarray:
        """Returns the kept slots of the next part, which has so many; int32, in order."""
        part, self._left = self._left[:size], self._left[size:]
        return np.flatnonzero(part).astype(np.int32)


@tf_keras.utils.register_keras_serializable("tabular")
class Encoder(tf_keras.layers.Layer):
    """Expands the stacked tensors of `preprocessing_fn` into one float32 vector a row, [batch, width].

    Numeric columns become one-hot quantile buckets and the piecewise-linear code (Gorishniy et al., 2022,
    arXiv:2203.05556, sec. 3.1), categories one-hot codes with an out-of-vocabulary slot, and rare ones two slots that
    they share: see `vocabulary.SharedCodes`. It has no weights.

    Args:
        profile: The profile of the training rows, as JSON.
        encoding: Which codes numeric columns get: of `one_hot`, `piecewise_linear` and `z_score`.
        kept: The numbers of the slots, of those that the columns have, that the vector consists of; all by default.

    Attributes:
        lookup: Its first step, from raw categories to their numbers, which may be taken beforehand.
        width: Length of the vector.
    """

    def __init__(self, profile: str, encoding: list[str], kept: list[int] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._profile_json, self._encoding = profile, list(encoding)
        slots = _slots(profile, tuple(encoding))
        profile_, bins, categories = slots.profile, slots.bins, slots.categories
        # Nothing in them is Keras' business, which looks into each element of a list, for seconds in a wide table.
        self._kept = np.arange(len(slots.names)) if kept is None else np.sort(np.asarray(kept, np.int64))
        self.lookup = Lookup(profile_)
        self.width = len(self._kept)
        sections = _Sections(np.isin(np.arange(len(slots.names)), self._kept))
        self._bins = {code: bins.keeping(sections.next(len(bins) if code in self._encoding else 0)) for code in _BINNED}
        telling = np.flatnonzero([not column.left_out for column in profile_.numeric])
        self._scaled = telling[sections.next(len(telling) if "z_score" in self._encoding else 0)]
        self._components = sections.next(profile_.reduction.components)
        spread = np.maximum(profile_.reduction.component_deviations, 1e-6)[self._components]
        self._component_scale = (1.0 / (_CLIP * spread)).astype(np.float32)
        self._categories = categories.keeping(sections.next(len(categories)))
        marked = np.flatnonzero([not column.left_out for column in profile_.marked])
        self._marked = marked[sections.next(len(marked))]
        self._numbers_marked = len(profile_.marked) - len(profile_.categorical)

    @property
    def names(self) -> list[tuple[str, str]]:
        """Column and code of each element of the vector."""
        names = _slots(self._profile_json, tuple(self._encoding)).names
        return [names[number] for number in self._kept]

    def keeping(self, slots: np.ndarray) -> "Encoder":
        """Returns the encoder of a part of its vector; what no slot of it needs, its graph does not hold.

        Args:
            slots: Which elements are kept, bool [width].

        Raises:
            ValueError: If there is not one truth value for each element, or no element is kept.
        """
        slots = np.asarray(slots)
        if slots.shape != (self.width,) or slots.dtype != bool or not slots.any():
            raise ValueError(f"give {self.width} truth values of which one is true, not {slots.dtype} {slots.shape}")
        return Encoder.from_config(self.get_config() | {"kept": self._kept[slots].tolist()})

    def joined(self, other: "Encoder") -> "Encoder":
        """Returns the encoder of every element that this one has, or another one of the same columns."""
        return Encoder.from_config(self.get_config() | {"kept": np.union1d(self._kept, other._kept).tolist()})

    def places(self, part: "Encoder") -> np.ndarray:
        """Returns where the elements of an encoder that has some of this one's are in its vector, int64."""
        return np.searchsorted(self._kept, part._kept)

    def call(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """Encodes what `preprocessing_fn` returns, or what `lookup` has made of it already."""
        parts = [*self._numeric_codes(inputs)]
        if len(self._components):
            kept = picked(inputs["components"], self._components)
            parts.append(tf.clip_by_value(kept * self._component_scale, -1.0, 1.0))
        categories, missing = self._looked_up(inputs)
        if self._categories:
            parts.append(self._categories.of(categories))
        if missing is not None:
            # The comparison changes nothing but stands in the way of TFLite's converter, which else takes int8 from the
            # network back through these joined columns, and forgets some of them: the file then cannot run.
            parts.append(tf.cast(tf.greater(missing, 0.5), tf.float32))
        return tf.concat(parts, axis=1)

    def _numeric_codes(self, inputs: dict[str, tf.Tensor]) -> Iterator[tf.Tensor]:
        if self._bins["one_hot"]:
            yield self._bins["one_hot"].lain_in(inputs["value"])
        if self._bins["piecewise_linear"]:
            yield self._bins["piecewise_linear"].filled(inputs["value"])
        if len(self._scaled):
            yield tf.clip_by_value(picked(inputs["numeric"], self._scaled) / _CLIP, -1.0, 1.0)

    def _looked_up(self, inputs: dict[str, tf.Tensor]) -> tuple[tf.Tensor | None, tf.Tensor | None]:
        """Returns the numbers of the categories that are read, [batch, r], and the marks of missing values that are."""
        if "category" in inputs:
            numbers = picked(inputs["category"], self._categories.columns) if self._categories else None
            return numbers, picked(inputs["missing"], self._marked) if len(self._marked) else None
        of_numbers = self._marked[self._marked < self._numbers_marked]
        of_categories = self._marked[len(of_numbers) :] - self._numbers_marked
        marks = [picked(inputs["missing"], of_numbers)] if len(of_numbers) else []
        read = np.union1d(self._categories.columns, of_categories)
        numbers = None
        if len(read):
            numbers, absent = self.lookup.find(inputs, read)
            if len(of_categories):
                marks.append(picked(absent, np.searchsorted(read, of_categories)))
            numbers = picked(numbers, np.searchsorted(read, self._categories.columns))
        return numbers, tf.concat(marks, axis=1) if marks else None

    def get_config(self) -> dict:
        config = {"profile": self._profile_json, "encoding": self._encoding, "kept": self._kept.tolist()}
        return super().get_config() | config
