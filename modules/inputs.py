"""Transformed examples to batches: read once, vectorized, then from memory; streamed where they do not fit."""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf
import tensorflow_transform as tft

Batch = dict[str, np.ndarray]

# Compressed bytes up to which a split is held in memory. Transformed tables inflate about tenfold.
IN_MEMORY_BYTES = 128 * 2**20
_READ_ROWS = 4_096
_SHUFFLE_ROWS = 100_000


def _parsed(files: Sequence[str], output: tft.TFTransformOutput) -> tf.data.Dataset:
    """Reads gzipped TFRecords of transformed examples in large batches, in file order."""
    spec = output.transformed_feature_spec()
    names = sorted(name for pattern in files for name in tf.io.gfile.glob(pattern))
    records = tf.data.TFRecordDataset(names, compression_type="GZIP", num_parallel_reads=None)
    return records.batch(_READ_ROWS).map(lambda batch: tf.io.parse_example(batch, spec))


def read(files: Sequence[str], output: tft.TFTransformOutput) -> Batch:
    """Reads a whole split into memory.

    Args:
        files: File patterns of gzipped TFRecords of transformed examples.
        output: The transform graph that made them.

    Returns:
        One array a transformed feature, each with the rows first, in a fixed order.
    """
    batches = list(_parsed(files, output).as_numpy_iterator())
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def fits_in_memory(files: Sequence[str], limit: int = IN_MEMORY_BYTES) -> bool:
    """Tells whether the files are small enough to be held in memory."""
    names = [name for pattern in files for name in tf.io.gfile.glob(pattern)]
    return sum(tf.io.gfile.stat(name).length for name in names) <= limit


def from_memory(rows: Batch, batch_size: int, seed: int | None = None) -> tf.data.Dataset:
    """Batches rows held in memory; with a seed, every epoch is a new permutation of single rows.

    Only row numbers are shuffled, and a batch is gathered in one operation, so that shuffling costs next to nothing.
    """
    count = len(rows["label"])
    constants = {name: tf.constant(array) for name, array in rows.items()}
    numbers = tf.data.Dataset.range(count)
    if seed is not None:
        numbers = numbers.shuffle(count, seed=seed, reshuffle_each_iteration=True)
    gather = lambda batch: {name: tf.gather(value, batch) for name, value in constants.items()}  # noqa: E731
    return numbers.batch(batch_size).map(gather, deterministic=True).prefetch(2)


def dataset(
    files: Sequence[str],
    output: tft.TFTransformOutput,
    batch_size: int,
    seed: int | None = None,
    extend: Callable[[dict[str, tf.Tensor]], tf.Tensor] | None = None,
    limit: int = IN_MEMORY_BYTES,
) -> tf.data.Dataset:
    """Makes the (features, target) batches that `fit` takes.

    Args:
        files: File patterns of gzipped TFRecords of transformed examples.
        output: The transform graph that made them.
        batch_size: Rows a batch.
        seed: Shuffles the rows anew each epoch where given; without it they come in file order.
        extend: Computes further target columns, [batch, n], from a batch of features: the teacher's logits, say.
        limit: Compressed bytes up to which the split is held in memory; beyond, it is streamed, and shuffled within a
            window of 100,000 rows.

    Returns:
        Batches of a dict of features and a float32 target: [batch, 1], the label, or [batch, 1 + n].
    """
    if fits_in_memory(files, limit):
        rows = read(files, output)
        if extend is not None:
            parts = [extend(batch).numpy() for batch in from_memory(rows, _READ_ROWS)]
            rows["extension"] = np.concatenate(parts)
        return from_memory(rows, batch_size, seed).map(_split)
    batches = _parsed(files, output)
    if extend is not None:
        batches = batches.map(lambda batch: batch | {"extension": extend(batch)})
    if seed is not None:
        batches = batches.unbatch().shuffle(_SHUFFLE_ROWS, seed=seed).batch(batch_size)
    else:
        batches = batches.rebatch(batch_size)
    return batches.map(_split).prefetch(2)


def _split(batch: dict[str, tf.Tensor]) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
    features = {name: value for name, value in batch.items() if name not in ("label", "extension")}
    target = [batch["label"]] + ([batch["extension"]] if "extension" in batch else [])
    return features, tf.concat(target, axis=1)
