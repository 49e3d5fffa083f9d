"""From tables to examples: read, cast, split, encode, write. Knows no TFX pipeline."""

import contextlib
import dataclasses
import functools
import itertools
import threading
from collections.abc import Collection, Iterator

import numpy as np
import pyarrow as pa
import tensorflow as tf

from components import serialization
from components.table_example_gen import label_checks, splitting
from modules.base import progress
from modules.base.errors import DataError
from modules.base.settings import Data, Label
from modules.contracts import examples as contract
from modules.tables import columns, extent, parallel, readers

# Level 1 costs a third of the default level's time and a tenth more bytes.
_WITHOUT = ("without_label", "without_time", "placeholder")
_OPTIONS = tf.io.TFRecordOptions(compression_type="GZIP", compression_level=1)


def write_examples(
    data: Data,
    label: Label,
    directory: str,
    dtypes: dict[str, str] | None,
    timestamps: Collection[str] = (),
) -> dict[str, int]:
    """Writes the examples of all splits.

    Args:
        data: Where the tables are and how to read them.
        label: The label; a row without it cannot be learnt from or judged, and is counted and left out.
        directory: Where the folders of the splits go, and beside them the dtypes, those columns of text that look
            like numbers, and the rows of each value of the label.
        dtypes: The dtype of each column, as `columns.to_typed` takes it; None to infer them from the training table.
        timestamps: Columns that are timestamps, where dtypes are inferred.

    Returns:
        The number of rows by split, and of those left out under `without_label`; of those without a time, where the
        table is split by time, under `without_time`; and of those with a placeholder for a date under `placeholder`.

    Raises:
        DataError: If a table cannot be read, a value does not fit its column, or the label is useless.
    """
    lookalikes: dict[str, str] = {}  # a schema that says text means it
    if dtypes is not None:
        counts, labels = _write(data, label, directory, dtypes)
    else:
        # Most tables say in their first block what their columns hold: then one pass over the rows is enough.
        inference = columns.TypeInference(data.decimal, timestamps)
        for block in itertools.islice(readers.read(data.train, data), 1):
            inference.add(block.batch)
        try:
            counts, labels = _write(data, label, directory, inference.dtypes(), inference)
        except (columns.WrongGuessError, DataError):  # what was wrong may be the guess
            inference = _infer(data, timestamps)
            counts, labels = _write(data, label, directory, inference.dtypes())
        lookalikes = inference.lookalikes
    contract.write_lookalikes(directory, lookalikes)
    labels.check()
    contract.write_label_values(directory, labels.rows_by_value)
    return counts


def _infer(data: Data, timestamps: Collection[str]) -> columns.TypeInference:
    inference = columns.TypeInference(data.decimal, timestamps)
    for block in _blocks(data.train, data):
        inference.add(block.batch)
    return inference


@dataclasses.dataclass(frozen=True)
class _Rows:
    """The records of a block by split, and how many of its rows have no label, no time, or a placeholder for one."""

    records: list[np.ndarray]
    without: dict[str, int]


def _write(
    data: Data,
    label: Label,
    directory: str,
    dtypes: dict[str, str],
    guess: columns.TypeInference | None = None,
) -> tuple[dict[str, int], label_checks.LabelChecks]:
    """Writes all splits, as `write_examples` says; a guess of the dtypes is held against every training row."""
    counts = dict.fromkeys((*splitting.SPLITS, *_WITHOUT), 0)
    labels = label_checks.LabelChecks(label, dtypes, data)
    splitter = _splitter(data, dtypes)
    written = {name: "int64" if dtype == "timestamp" else dtype for name, dtype in dtypes.items()}
    contract.write_dtypes(directory, written)
    lock = threading.Lock()

    def convert(block: readers.Block, only: int | None) -> _Rows:
        if guess is not None and only is None:
            guess.confirm(block.batch)
        batch = _typed(block, dtypes, data)
        splits = splitter.assign(batch) if only is None else np.full(batch.num_rows, only)
        with lock:
            kept = labels.add(batch, splits)
        records = serialization.serialize(batch)
        chosen = [records.filter(pa.array(kept & (splits == number))) for number in range(len(splitting.SPLITS))]
        without = {
            "without_label": int((~kept).sum()),
            "without_time": splitter.without_time(batch) if only is None else 0,
            "placeholder": _placeholders(block.batch, batch, dtypes),
        }
        return _Rows([part.to_numpy(zero_copy_only=False) for part in chosen], without)

    expected = extent.expected_rows(data)
    with contextlib.ExitStack() as stack:
        writers = []
        for split in splitting.SPLITS:
            tf.io.gfile.makedirs(contract.split_folder(directory, split))
            writer = tf.io.TFRecordWriter(contract.records_path(directory, split), _OPTIONS)
            writers.append(stack.enter_context(writer))
        for table, only in ((data.train, None), (data.test, 2)):
            blocks = _blocks(table, data) if table else iter(())
            for rows in parallel.in_order(functools.partial(convert, only=only), blocks):
                for name, count in rows.without.items():
                    counts[name] += count
                for split, writer, records in zip(splitting.SPLITS, writers, rows.records, strict=True):
                    counts[split] += len(records)
                    for record in records:
                        writer.write(record)
                done = sum(counts[name] for name in (*splitting.SPLITS, "without_label"))
                progress.report(done, expected, f"{done:,} rows")
    return counts, labels


def _placeholders(raw: pa.RecordBatch, typed: pa.RecordBatch, dtypes: dict[str, str]) -> int:
    """Counts the rows in which a timestamp is none by its text, as 0000-00-00."""
    placeholders = np.zeros(raw.num_rows, bool)
    for name in (name for name, dtype in dtypes.items() if dtype == "timestamp" and name in raw.schema.names):
        absent = typed.column(typed.schema.get_field_index(name)).is_null().to_numpy(zero_copy_only=False)
        placeholders |= absent & raw.column(raw.schema.get_field_index(name)).is_valid().to_numpy(zero_copy_only=False)
    return int(placeholders.sum())


def _blocks(table: str | list[str], data: Data) -> Iterator[readers.Block]:
    rows = 0
    for block in readers.read(table, data):
        rows += block.batch.num_rows
        yield block
    if not rows:
        raise DataError(str(table), "has no row", "Give a table with rows")


def _typed(block: readers.Block, dtypes: dict[str, str], data: Data) -> pa.RecordBatch:
    if not block.sparse:
        known = set(block.batch.schema.names)  # made anew by each call
        for name in dtypes:
            if name not in known:
                raise DataError(block.path, f"has no column {name!r}, which the others or the schema have", "Add it")
    return columns.to_typed(block.batch, dtypes, block.path, block.first_row, data.decimal)


def _splitter(data: Data, dtypes: dict[str, str]) -> splitting.Splitter:
    test = 0.0 if data.test else data.test_fraction
    for column in (data.group_column, data.time_column):
        if column is not None and column not in dtypes:
            raise DataError(str(data.train), f"has no column {column!r} to split by", "Name a column of the table")
    cuts = (np.inf, np.inf)
    if data.time_column is not None:
        only = {data.time_column: dtypes[data.time_column]}
        typed = (_typed(block, only, data) for block in _blocks(data.train, data))
        times = [splitting.time_values(batch, data.time_column) for batch in typed]
        known = np.concatenate(times)
        _check_times(known, 3 if test else 2, data)
        cuts = splitting.time_cuts(known, data.validation_fraction, test)
    return splitting.Splitter(data.validation_fraction, test, data.group_column, data.time_column, cuts)


def _check_times(times: np.ndarray, splits: int, data: Data) -> None:
    """Refuses a column of times that has fewer different ones than there are splits: equal times stay together."""
    different = len(np.unique(times[np.isfinite(times)]))
    if different < splits:
        counted = f"{different} different time{'' if different == 1 else 's'}"
        what = f"has {counted}, and {splits} splits need {splits} at least, as rows of one time stay together"
        fix = "Name another data.time_column, or remove it: rows are then split by their content"
        raise DataError(f"{data.train}, column {data.time_column!r}", what, fix)
