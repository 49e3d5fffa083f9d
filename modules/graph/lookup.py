"""From the raw categorical columns to numbers: the one step that needs the vocabularies as they are, not as tensors.

TFLite fills a table only from constants, and Transform's graph has none before its analysis is over. So vocabularies
come from the profile, and this runs after the transform graph, in training and in every exported model alike.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import tensorflow as tf

from modules.features.profile import Profile
from modules.features.vocabulary import Vocabulary
from modules.graph.picking import picked
from modules.tables.missing import MISSING

# Numbers are compared with so many at once, at most; beyond, first with one of each block of them.
_BLOCK = 256
# More columns of text than these are compared with their values, all at once: a hash table of each costs a trace of
# three functions whenever a model is saved.
_TABLES = 64
_ABSENT = -1


class Lookup(tf.Module):
    """Replaces the tensors `category_<i>` of `preprocessing_fn` by the numbers of their values.

    Text goes through a hash table, a microsecond whatever the size of the vocabulary; numeric codes, which no table of
    TFLite takes as keys for numbers, are searched in sorted blocks. Where many columns hold text, or a model is given
    single rows, text of few values is compared with all of them.

    Args:
        profile: The profile of the training rows.
    """

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self._vocabularies = [column.vocabulary for column in profile.categorical]
        self._tables: dict[str, tf.lookup.StaticHashTable] = {}

    def __call__(self, tensors: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Looks the categories up.

        Args:
            tensors: What `preprocessing_fn` returns, or the part of it that is there when a model is used.

        Returns:
            The same without `category_<i>`; with `category`, int32 [batch, c], for each of them the number of the
            value: below n it has one of the n slots of its own, n is the out-of-vocabulary slot, and above n come the
            values that share slots, in order; a missing value takes the most frequent one's, 0. And with `missing`
            continued by c columns, 1 where the value was missing.
        """
        rest = {name: tensor for name, tensor in tensors.items() if not name.startswith("category_")}
        if not self._vocabularies:
            return rest
        numbers, absent = self._numbered(tensors, range(len(self._vocabularies)), 0)
        missing = tf.concat([rest["missing"], absent], axis=1) if "missing" in rest else absent
        return rest | {"category": numbers, "missing": missing}

    def find(self, tensors: Mapping[str, tf.Tensor], places: Iterable[int]) -> tuple[tf.Tensor, tf.Tensor]:
        """Looks some of the categories up, for a model that is given a row or a few at a time.

        Where the columns of text have few values in all, it compares them: a hash table takes more bytes than that.

        Args:
            tensors: What `preprocessing_fn` returns.
            places: The places of the categorical columns, one at least.

        Returns:
            The numbers, int32 [batch, c], and where the values are missing, float32 [batch, c], as `__call__` does.
        """
        return self._numbered(tensors, places, _BLOCK)

    def _numbered(
        self, tensors: Mapping[str, tf.Tensor], places: Iterable[int], most: int
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Looks categories up; columns of text whose values are together at most so many are compared with them."""
        columns = {number: tensors[f"category_{number}"] for number in places}
        compared = self._few({n: column for n, column in columns.items() if column.dtype == tf.string}, most)
        by_column = [self._compare({number: columns[number] for number in compared})] if compared else []
        others = [number for number in columns if number not in compared]
        by_column += [self._find(number, columns[number]) for number in others]
        order = np.argsort([*compared, *others])
        numbers = picked(tf.concat(by_column, axis=1), order)
        return tf.maximum(numbers, 0), tf.cast(tf.less(numbers, 0), tf.float32)

    def _few(self, texts: Iterable[int], most: int) -> list[int]:
        """Returns those columns of text, in order, that are compared with their values."""
        sizes = {number: len(self._vocabularies[number].values) for number in texts}
        small = [number for number, size in sizes.items() if size < _BLOCK]
        if len(small) > _TABLES:
            return small
        ascending = sorted(small, key=sizes.__getitem__)
        together = np.cumsum([sizes[number] for number in ascending])
        return sorted(ascending[: int(np.searchsorted(together, most, side="right"))])

    def _find(self, column: int, values: tf.Tensor) -> tf.Tensor:
        if values.dtype == tf.string:
            return tf.cast(self._table(column).lookup(values), tf.int32)
        vocabulary = self._vocabularies[column]
        codes = np.array(vocabulary.values, np.float64 if values.dtype == tf.float32 else object)
        codes = codes.astype(values.dtype.as_numpy_dtype)
        number = _search(values, codes, _numbers(vocabulary), len(vocabulary.own))
        absent = tf.equal(values, MISSING["int64"]) if values.dtype == tf.int64 else tf.not_equal(values, values)
        return tf.where(absent, _ABSENT, number)

    def _compare(self, columns: Mapping[int, tf.Tensor]) -> tf.Tensor:
        """Returns the numbers of columns of text by comparing each with its values, int32 [batch, columns]."""
        hits, gains, unseen = [], [], []
        for number, column in columns.items():
            vocabulary = self._vocabularies[number]
            keys = [b"", *(value.encode("utf-8") for value in vocabulary.values)]
            hits.append(tf.equal(column, tf.constant([keys])))
            unseen.append(len(vocabulary.own))
            gains.append(np.array([_ABSENT, *_numbers(vocabulary)], np.int32) - unseen[-1])
        # One value of a column is hit at most, and what it adds lies between two places of the running total.
        total = tf.cumsum(tf.cast(tf.concat(hits, axis=1), tf.int32) * np.concatenate(gains), axis=1)
        ends = np.cumsum([len(gain) for gain in gains], dtype=np.int32) - 1
        upto = tf.gather(total, ends, axis=1)
        before = tf.pad(upto[:, :-1], [[0, 0], [1, 0]])
        return upto - before + np.array(unseen, np.int32)

    def _table(self, column: int) -> tf.lookup.StaticHashTable:
        """Returns the table of a column of text, filled when the first value is looked up."""
        key = str(column)
        if key not in self._tables:
            vocabulary = self._vocabularies[column]
            with tf.init_scope():
                keys = tf.constant([b"", *(value.encode("utf-8") for value in vocabulary.values)])
                values = tf.constant([_ABSENT, *_numbers(vocabulary)], tf.int64)
                filled = tf.lookup.KeyValueTensorInitializer(keys, values)
                self._tables[key] = tf.lookup.StaticHashTable(filled, len(vocabulary.own))
        return self._tables[key]


def _numbers(vocabulary: Vocabulary) -> list[int]:
    """Returns the number of each known value; that of the out-of-vocabulary slot is left out."""
    own, known = len(vocabulary.own), len(vocabulary.values)
    return [place if place < own else place + 1 for place in range(known)]


def _search(values: tf.Tensor, codes: np.ndarray, numbers: list[int], unseen: int) -> tf.Tensor:
    """Finds values [batch, 1] among codes in two comparisons of about the root of their number; int32 [batch, 1]."""
    order = np.argsort(codes, kind="stable")
    codes, first = np.unique(codes[order], return_index=True)  # 0.0 and -0.0 are texts of one number
    added = np.array(numbers, np.int32)[order][first] - unseen
    width = len(codes) if len(codes) <= _BLOCK else math.isqrt(len(codes) - 1) + 1
    if not width:
        return tf.fill(tf.shape(values), unseen)
    padding = -len(codes) % width
    blocks = np.append(codes, np.repeat(codes[-1:], padding)).reshape(-1, width)
    gains = np.append(added, np.zeros(padding, np.int32)).reshape(-1, width)
    if len(blocks) > 1:
        below = tf.cast(tf.greater_equal(values, blocks[np.newaxis, :, 0]), tf.int32)
        block = tf.maximum(tf.reduce_sum(below, axis=1) - 1, 0)
        candidates, gained = tf.gather(blocks, block), tf.gather(gains, block)
    else:
        candidates, gained = tf.constant(blocks), tf.constant(gains)
    hits = tf.cast(tf.equal(values, candidates), tf.int32)
    return tf.reduce_sum(hits * gained, axis=1, keepdims=True) + unseen
