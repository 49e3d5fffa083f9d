"""From tables to examples: read, cast, split, encode, write. Knows no TFX pipeline."""

import contextlib
import json
import os
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import tensorflow as tf
from tfx_bsl.coders import example_coder

from components.table_example_gen import columns, label_checks, readers, splitting
from modules import features
from modules.errors import DataError
from modules.settings import Data, Label

# Level 1 costs a third of the default level's time and a tenth more bytes.
_OPTIONS = tf.io.TFRecordOptions(compression_type="GZIP", compression_level=1)


def write_examples(data: Data, label: Label, directory: str, dtypes: dict[str, str] | None) -> dict[str, int]:
    """Writes the examples of all splits.

    Args:
        data: Where the tables are and how to read them.
        label: The label; a row without it cannot be learnt from or judged, and is counted and left out.
        directory: Where the folders `Split-<name>` go, and beside them the dtypes, as JSON.
        dtypes: The dtype of each column, `int64`, `float32` or `string`; None to infer them from the training table.

    Returns:
        The number of rows by split, and of those left out under `without_label`.

    Raises:
        DataError: If a table cannot be read, a value does not fit its column, or the label is useless.
    """
    dtypes = dtypes or _infer(data)
    counts = dict.fromkeys((*splitting.SPLITS, "without_label"), 0)
    labels = label_checks.LabelChecks(label, dtypes, data)
    splitter = _splitter(data, dtypes)
    with tf.io.gfile.GFile(os.path.join(directory, features.DTYPES_FILE), "w") as file:
        file.write(json.dumps(dtypes, indent=1, ensure_ascii=False))
    with contextlib.ExitStack() as stack:
        writers = []
        for split in splitting.SPLITS:
            folder = os.path.join(directory, f"Split-{split}")
            tf.io.gfile.makedirs(folder)
            path = os.path.join(folder, "data_tfrecord-00000-of-00001.gz")
            writers.append(stack.enter_context(tf.io.TFRecordWriter(path, _OPTIONS)))
        for table, fixed in ((data.train, None), (data.test, 2)):
            for batch in _batches(table, data, dtypes) if table else ():
                chosen = splitter.assign(batch) if fixed is None else np.full(batch.num_rows, fixed)
                kept = labels.add(batch, chosen)
                if not kept.all():
                    counts["without_label"] += int((~kept).sum())
                    batch, chosen = batch.filter(pa.array(kept)), chosen[kept]
                for record, split_number in zip(_encode(batch), chosen.tolist(), strict=True):
                    writers[split_number].write(record)
                for name, count in zip(splitting.SPLITS, np.bincount(chosen, minlength=3).tolist(), strict=True):
                    counts[name] += count
    labels.check()
    return counts


def _infer(data: Data) -> dict[str, str]:
    inference = columns.TypeInference(data.decimal)
    for block in readers.read(data.train, data):
        inference.add(block.batch)
    return inference.dtypes()


def _batches(table: str | list[str], data: Data, dtypes: dict[str, str]) -> Iterator[pa.RecordBatch]:
    rows = 0
    for block in readers.read(table, data):
        if not block.sparse:
            for name in dtypes:
                if name not in block.batch.schema.names:
                    raise DataError(
                        block.path, f"has no column {name!r}, which the others or the schema have", "Add it"
                    )
        rows += block.batch.num_rows
        yield columns.to_typed(block.batch, dtypes, block.path, block.first_row, data.decimal)
    if not rows:
        raise DataError(str(table), "has no row", "Give a table with rows")


def _splitter(data: Data, dtypes: dict[str, str]) -> splitting.Splitter:
    test = 0.0 if data.test else data.test_fraction
    for column in (data.group_column, data.time_column):
        if column is not None and column not in dtypes:
            raise DataError(str(data.train), f"has no column {column!r} to split by", "Name a column of the table")
    cuts = (np.inf, np.inf)
    if data.time_column is not None:
        times = [splitting.time_values(batch, data.time_column) for batch in _batches(data.train, data, dtypes)]
        cuts = splitting.time_cuts(np.concatenate(times), data.validation_fraction, test)
    return splitting.Splitter(data.validation_fraction, test, data.group_column, data.time_column, cuts)


def _encode(batch: pa.RecordBatch) -> list[bytes]:
    """Encodes rows as serialized tf.Example; a null cell is an absent feature, not an empty list."""
    lists = [_as_lists(column) for column in batch.columns]
    encoder = example_coder.RecordBatchToExamplesEncoder()
    return encoder.encode(pa.RecordBatch.from_arrays(lists, names=batch.schema.names))


def _as_lists(column: pa.Array) -> pa.Array:
    """Wraps every value into a list of one, as the encoder wants it; a null stays null."""
    if pa.types.is_string(column.type):
        column = column.cast(pa.binary())
    absent = column.is_null().to_numpy(zero_copy_only=False)
    ends = np.concatenate([[0], np.cumsum(~absent)])
    offsets = pa.array(ends, pa.int64(), mask=np.append(absent, False))
    return pa.LargeListArray.from_arrays(offsets, column.drop_null())
