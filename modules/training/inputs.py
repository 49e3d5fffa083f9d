"""Transformed examples to batches: read once, vectorized, then from memory; streamed where they do not fit."""

import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
import tensorflow as tf
import tensorflow_transform as tft

from modules.contracts.files import versions
from modules.graph.encoding import Encoder
from modules.training import sampling

Rows = dict[str, np.ndarray]
# Further target columns, float32 [n, k], of rows that follow one another in the files, and the number of the first.
Extend = Callable[[Rows, int], np.ndarray]
Source = Callable[[], tf.data.Dataset]
Encode = Callable[[dict[str, tf.Tensor]], tuple[tf.Tensor, ...]]


class Addition(Protocol):
    """Rows that are trained on beside the training rows; see `augmenting.mixing.Mixture`."""

    @property
    def times(self) -> int:
        """How many of them come with each training row."""
        ...

    def mixed(self, batches: Source, rows: int, training: Rows, encode: Encode) -> Source:
        """Adds them to batches of so many training rows; given all of these too, or a sample, and what encodes rows."""
        ...


# Compressed bytes of a split up to which it is held in memory; transformed tables inflate about tenfold.
IN_MEMORY_BYTES = 64 * 2**20
# Bytes up to which the encoded rows are held in memory too, and not encoded anew in every epoch.
ENCODED_BYTES = 512 * 2**20
# Bytes up to which a split, as it is and encoded, stays for the next step of the same process, and how many splits do.
KEPT_BYTES = 128 * 2**20
_KEPT_SPLITS = 2
_READ_ROWS = 4_096
# Among the tensors of a batch, the further target columns.
FURTHER = "further_targets"
_SHUFFLE_ROWS = 100_000
_LEAST_STEPS, _LEAST_BATCH = 50, 16


def source(
    files: Sequence[str],
    output: tft.TFTransformOutput,
    encoder: Encoder,
    batch_size: int,
    seed: int | None = None,
    extend: Extend | None = None,
    class_weights: np.ndarray | None = None,
    addition: Addition | None = None,
    in_memory_bytes: int = IN_MEMORY_BYTES,
    encoded_bytes: int = ENCODED_BYTES,
    share: float = 1.0,
) -> Source:
    """Reads a split once, for one training or several.

    Encoding belongs to the input pipeline while a network is trained, and runs beside the training step; it becomes
    part of the graph when the model is exported.

    Args:
        files: File patterns of gzipped TFRecords of transformed examples.
        output: The transform graph that made them.
        encoder: From Transform's tensors to the encoded vector.
        batch_size: Rows a batch, at most: see `batch_rows`.
        seed: Shuffles the rows anew each epoch where given; without it they come in file order.
        extend: Computes further target columns from the rows before they are encoded: the teacher's logits, say. It is
            given them in file order, whatever the order in which they are trained on; all at once where the split is
            held in memory.
        class_weights: Weight of each class, float32 [classes], for training rows; the label is the number of the class.
        addition: Further rows to train on. They have their share of each batch, and the training rows the rest.
        in_memory_bytes: Compressed bytes up to which the split is held in memory; beyond, it is streamed, and shuffled
            within a window of 100,000 rows.
        encoded_bytes: Bytes up to which the encoded rows are held in memory as well. The two splits used last stay
            there for the next step of the same process, up to 128 MiB each.
        share: Share of the rows that are trained on: the same ones in each epoch, drawn by the seed. It goes without
            `extend` and `addition`.

    Returns:
        Makes, as often as it is called, the batches that `fit` takes: encoded rows, float32 [batch, width], and
        targets, float32: [batch, 1], the label, or [batch, 1 + n]; and, where rows count differently, their weights,
        float32 [batch]. The rows of the first epoch have the same order in each, whatever else was trained before or
        is being trained beside it.
    """

    def encode(batch: dict[str, tf.Tensor]) -> tuple[tf.Tensor, ...]:
        target = tf.concat([batch["label"], batch[FURTHER]], axis=1) if FURTHER in batch else batch["label"]
        weights = _weights(batch, class_weights)
        return (encoder(batch), target) if weights is None else (encoder(batch), target, weights)

    shares = 1 if addition is None else 1 + addition.times

    def added(batches: Source, rows: int, training: Iterable[Rows]) -> Source:
        if addition is None:
            return batches
        drawn, count = sampling.sample(training, seed or 0)
        counted = tf.data.experimental.assert_cardinality(-(-count // rows))  # known, now that all were read once
        return addition.mixed(lambda: batches().apply(counted), rows, drawn, encode)

    def streamed() -> tf.data.Dataset:
        batches = _parsed(files, output, encoder)
        batches = batches if extend is None else _extended(batches, extend)
        if share < 1:
            batches = _drawn(batches, share, seed or 0)
        if seed is not None:
            batches = batches.unbatch().shuffle(_SHUFFLE_ROWS, seed=seed).batch(max(batch_size // shares, 1))
        else:
            batches = batches.rebatch(max(batch_size // shares, 1))
        return batches.map(encode).prefetch(2)

    def rows_a_batch(rows: int) -> int:
        return max((batch_size if seed is None else batch_rows(rows * shares, batch_size)) // shares, 1)

    if not fits_in_memory(files, in_memory_bytes):
        rows = _parsed(files, output, encoder)
        return added(streamed, max(batch_size // shares, 1), rows.as_numpy_iterator())
    key = _key(files, output, encoder, class_weights)
    split = _kept.get(key) or _Split(read(files, output, encoder))
    further = {} if extend is None else {FURTHER: extend(split.rows, 0)}
    count = len(split.rows["label"])
    places = _places(count, share, seed or 0) if share < 1 else None
    size = rows_a_batch(count if places is None else len(places))
    if count * encoder.width * 4 > encoded_bytes:
        parsed = _constants(split.rows | further)
        return added(lambda: _batches(parsed, size, seed, places).map(encode).prefetch(2), size, [split.rows])
    if not split.encoded:
        split = _Split(split.rows, _joined(_batches(split.rows, _READ_ROWS).map(encode)))
        _keep(key, split)
    inputs, target, *weights = split.encoded
    targets = [target, *(tf.convert_to_tensor(values) for values in further.values())]
    encoded = _numbered([inputs, tf.concat(targets, axis=1), *weights])
    return added(lambda: _batches(encoded, size, seed, places).map(_in_order).prefetch(2), size, [split.rows])


def _places(count: int, share: float, seed: int) -> np.ndarray:
    """Draws which rows are trained on, int64, in their order; one at least."""
    drawn = np.random.default_rng([seed, count]).permutation(count)[: max(math.ceil(count * share), 1)]
    return np.sort(drawn)


def _drawn(batches: tf.data.Dataset, share: float, seed: int) -> tf.data.Dataset:
    """Returns a share of the rows, each kept or not by its number."""

    def kept(number: tf.Tensor, _: dict[str, tf.Tensor]) -> tf.Tensor:
        return tf.random.stateless_uniform([], tf.stack([tf.constant(seed, tf.int64), number])) < share

    return batches.unbatch().enumerate().filter(kept).map(lambda _, row: row).batch(_READ_ROWS)


@dataclasses.dataclass(frozen=True)
class _Split:
    """A split that is held in memory.

    Attributes:
        rows: What `read` gives.
        encoded: The encoded rows, their labels and, where rows count differently, their weights; empty until needed.
    """

    rows: Rows
    encoded: Sequence[tf.Tensor] = ()

    @property
    def bytes(self) -> int:
        """The room that it takes."""
        encoded = sum(part.shape.num_elements() * part.dtype.size for part in self.encoded)
        return encoded + sum(values.nbytes for values in self.rows.values())


# The splits used last, by what their encoded rows were made of: the steps that train read the same two.
_kept: dict[str, _Split] = {}


def _key(
    files: Sequence[str], output: tft.TFTransformOutput, encoder: Encoder, class_weights: np.ndarray | None
) -> str:
    """Returns what encoded rows depend on: the files as they are now, the transform graph, encoder and weights."""
    weights = None if class_weights is None else class_weights.tolist()
    return json.dumps([versions(files), output.transform_savedmodel_dir, encoder.get_config(), weights])


def _keep(key: str, split: _Split) -> None:
    """Keeps a split that is small enough for the next step of this process, and drops the oldest ones."""
    if split.bytes > KEPT_BYTES:
        return
    _kept.pop(key, None)
    while len(_kept) >= _KEPT_SPLITS:
        _kept.pop(next(iter(_kept)))
    _kept[key] = split


def _joined(batches: tf.data.Dataset) -> list[tf.Tensor]:
    """Returns the parts of all batches, each as one tensor."""
    return [tf.concat(part, axis=0) for part in zip(*batches, strict=True)]


def _weights(batch: dict[str, tf.Tensor], class_weights: np.ndarray | None) -> tf.Tensor | None:
    """Returns what each row counts, the product of its own weight and its class's; None where all count alike."""
    weights = batch["weight"][:, 0] if "weight" in batch else None
    if class_weights is None:
        return weights
    of_class = tf.gather(class_weights, tf.cast(batch["label"][:, 0], tf.int32))
    return of_class if weights is None else weights * of_class


def _parsed(files: Sequence[str], output: tft.TFTransformOutput, encoder: Encoder) -> tf.data.Dataset:
    """Reads gzipped TFRecords of transformed examples in large batches, in file order; looks their categories up."""
    spec = output.transformed_feature_spec()
    return _records(files).map(lambda batch: encoder.lookup(tf.io.parse_example(batch, spec)))


def _records(files: Sequence[str]) -> tf.data.Dataset:
    names = sorted(name for pattern in files for name in tf.io.gfile.glob(pattern))
    return tf.data.TFRecordDataset(names, compression_type="GZIP", num_parallel_reads=None).batch(_READ_ROWS)


def _extended(batches: tf.data.Dataset, extend: Extend) -> tf.data.Dataset:
    """Adds the further target columns to batches of rows in file order, each of `_READ_ROWS` but the last one."""

    def extended(number: tf.Tensor, batch: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        def computed(first: np.ndarray, *values: np.ndarray) -> np.ndarray:
            return extend(dict(zip(batch, values, strict=True)), int(first))

        further = tf.numpy_function(computed, [number * _READ_ROWS, *batch.values()], tf.float32)
        return batch | {FURTHER: tf.ensure_shape(further, [None, None])}

    return batches.enumerate().map(extended)


def read(files: Sequence[str], output: tft.TFTransformOutput, encoder: Encoder) -> Rows:
    """Reads a whole split into memory.

    Args:
        files: File patterns of gzipped TFRecords of transformed examples.
        output: The transform graph that made them.
        encoder: Its lookup turns categories into numbers: they take less room than text.

    Returns:
        One array a tensor that the encoder and the target take, each with the rows first, in file order.
    """
    spec = output.transformed_feature_spec()
    # Batch by batch, without a graph: making one takes longer than running it, in a wide table by far.
    looked_up = [encoder.lookup(tf.io.parse_example(batch, spec)) for batch in _records(files)]
    batches = [{name: tensor.numpy() for name, tensor in batch.items()} for batch in looked_up]
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def batches_of(
    rows: Rows, encoder: Encoder, batch_size: int, seed: int | None = None, class_weights: np.ndarray | None = None
) -> tf.data.Dataset:
    """Returns rows that were read as the batches that `fit` takes; arguments and result as those of `source`."""

    def encode(batch: dict[str, tf.Tensor]) -> tuple[tf.Tensor, ...]:
        weights = _weights(batch, class_weights)
        return (encoder(batch), batch["label"]) if weights is None else (encoder(batch), batch["label"], weights)

    count = len(rows["label"])
    size = batch_size if seed is None else batch_rows(count, batch_size)
    if count * encoder.width * 4 > ENCODED_BYTES:
        return _batches(rows, size, seed).map(encode).prefetch(2)
    encoded = _numbered(_joined(_batches(rows, _READ_ROWS).map(encode)))
    return _batches(encoded, size, seed).map(_in_order).prefetch(2)


def weights_of(rows: Rows, class_weights: np.ndarray | None) -> np.ndarray | None:
    """Returns what each row counts, float32 [n]; None where all count alike."""
    weights = _weights(rows, class_weights)
    return None if weights is None else np.asarray(weights)


def fits_in_memory(files: Sequence[str], limit: int = IN_MEMORY_BYTES) -> bool:
    """Tells whether the files are small enough to be held in memory."""
    names = [name for pattern in files for name in tf.io.gfile.glob(pattern)]
    return sum(tf.io.gfile.stat(name).length for name in names) <= limit


def batch_rows(rows: int, batch_size: int) -> int:
    """Returns the rows a training batch: fewer than asked for where an epoch would have less than 50 steps.

    A table of a thousand rows in batches of 512 would be trained with two steps an epoch, that is, hardly at all.
    """
    return max(min(batch_size, rows // _LEAST_STEPS), min(_LEAST_BATCH, batch_size))


def steps(batches: tf.data.Dataset) -> int:
    """Returns the number of batches of an epoch; streamed data are read once for it."""
    known = int(batches.cardinality())
    return known if known >= 0 else sum(1 for _ in batches)


def _batches(
    rows: dict[str, tf.Tensor] | Rows, batch_size: int, seed: int | None = None, places: np.ndarray | None = None
) -> tf.data.Dataset:
    """Batches rows held in memory; with a seed, every epoch is a new permutation of single rows; or of some of them.

    Only row numbers are shuffled, and a batch is gathered in one operation, so that shuffling costs next to nothing.
    """
    constants = _constants(rows)
    if places is None:
        count = len(next(iter(constants.values())))
        numbers = tf.data.Dataset.range(count)
    else:
        count = len(places)
        numbers = tf.data.Dataset.from_tensor_slices(places)
    if seed is not None:
        numbers = numbers.shuffle(count, seed=seed, reshuffle_each_iteration=True)
    gather = lambda batch: {name: tf.gather(value, batch) for name, value in constants.items()}  # noqa: E731
    return numbers.batch(batch_size).map(gather)


def _constants(rows: dict[str, tf.Tensor] | Rows) -> dict[str, tf.Tensor]:
    """Returns rows as tensors; those that are tensors are not copied."""
    return {name: tf.convert_to_tensor(values) for name, values in rows.items()}


def _numbered(parts: Sequence[tf.Tensor]) -> dict[str, tf.Tensor]:
    """Returns the parts of the rows by their places, in their order."""
    return {str(number): part for number, part in enumerate(parts)}


def _in_order(batch: dict[str, tf.Tensor]) -> tuple[tf.Tensor, ...]:
    """Returns what `_numbered` numbered."""
    return tuple(batch[str(number)] for number in range(len(batch)))
