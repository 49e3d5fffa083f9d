"""Examples as Arrow record batches, so many at a time as fit into little memory."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf
from tfx_bsl.coders import example_coder

from modules.base.kept import Kept
from modules.contracts import files

# Larger batches count no faster; TFDV in Beam cuts at nearly the same size.
BATCH_BYTES = 16 * 2**20
_ROWS_AT_ONCE = 64
# Decoding takes a microsecond per cell, and a dozen steps read the same rows: small splits are kept as they were read.
_KEPT: Kept[list[pa.RecordBatch]] = Kept(64 * 2**20)
_TYPES = {"float32": pa.float32(), "int64": pa.int64(), "string": pa.string()}


def read(
    pattern: str | Sequence[str], batch_bytes: int = BATCH_BYTES, every: int = 1, most: int | None = None
) -> Iterator[pa.RecordBatch]:
    """Yields the examples of gzipped TFRecords, in file order.

    Args:
        pattern: A file pattern, or several.
        batch_bytes: A batch ends with the rows that reach so many bytes as records; 0 ends it after a few rows.
        every: One row in so many is read, from the first.
        most: The number of rows to read; None reads all.
    """
    versions = files.versions([pattern] if isinstance(pattern, str) else pattern)
    key = (batch_bytes, every, *versions)
    kept = _KEPT.get(key)
    if kept is not None:
        yield from kept if most is None else _first(kept, most)
        return
    batches: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in _decoded([name for name, *_ in versions], batch_bytes, every, most):
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if size <= _KEPT.most_bytes:
            batches.append(batch)
        yield batch
    if most is None or rows < most:
        _KEPT.put(key, batches, size)


def _first(batches: Sequence[pa.RecordBatch], most: int) -> Iterator[pa.RecordBatch]:
    """Yields the first rows of batches, so many in all."""
    for batch in batches:
        if most <= 0:
            return
        yield batch.slice(0, most)
        most -= batch.num_rows


def _decoded(names: Sequence[str], batch_bytes: int, every: int, most: int | None) -> Iterator[pa.RecordBatch]:
    decoder = example_coder.ExamplesToRecordBatchDecoder()
    waiting: list[bytes] = []
    size = 0
    records = tf.data.TFRecordDataset(names, compression_type="GZIP").shard(every, 0)
    records = records if most is None else records.take(most)
    for rows in records.batch(_ROWS_AT_ONCE).as_numpy_iterator():
        waiting += rows.tolist()
        size += sum(map(len, rows))
        if size >= batch_bytes:
            yield decoder.DecodeBatch(waiting)
            waiting, size = [], 0
    if waiting:
        yield decoder.DecodeBatch(waiting)


def columns(pattern: str, dtypes: Mapping[str, str], every: int = 1) -> dict[str, pa.Array]:
    """Returns whole columns of examples that have at most one value per cell.

    Args:
        pattern: A file pattern.
        dtypes: The dtype of each column to return: `float32`, `int64` or `string`.
        every: One row in so many is read, from the first.

    Returns:
        The columns by name, null for missing, all of the same length.
    """
    parts: dict[str, list[pa.Array]] = {name: [] for name in dtypes}
    for batch in read(pattern, every=every):
        cells = dict(zip(batch.schema.names, batch.columns, strict=True))
        for name, dtype in dtypes.items():
            parts[name].append(values(cells.get(name, pa.nulls(batch.num_rows)), dtype))
    return {name: pa.concat_arrays(arrays) for name, arrays in parts.items()}


def values(cells: pa.Array, dtype: str) -> pa.Array:
    """Returns the value of each cell, null for an empty one.

    Args:
        cells: A column of a batch: lists of at most one value, or nothing at all.
        dtype: `float32`, `int64` or `string`.
    """
    kind = _TYPES[dtype]
    if pa.types.is_null(cells.type):
        return pa.nulls(len(cells), kind)
    present = pc.fill_null(pc.greater(pc.list_value_length(cells), 0), False).to_numpy(zero_copy_only=False)
    return cells.flatten().take(pa.array(np.cumsum(present) - 1, mask=~present)).cast(kind)


def dense(batch: pa.RecordBatch, spec: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Returns columns of a batch as dense tensors hold them, [batch, 1] each; text is bytes.

    TensorFlow's own parser is a graph with three operations a column, which takes seconds to make in a wide table.

    Args:
        batch: Rows, of which each cell is a list of at most one value.
        spec: By the name of the column, the `tf.io.FixedLenFeature` of the schema: its dtype, and what stands for a
            cell without a value.
    """
    cells = dict(zip(batch.schema.names, batch.columns, strict=True))
    empty = pa.nulls(batch.num_rows)
    return {name: _dense(cells.get(name, empty), feature) for name, feature in spec.items()}


def _dense(cells: pa.Array, feature: Any) -> np.ndarray:
    found = values(cells, feature.dtype.name)
    if found.null_count:
        (missing,) = np.ravel(feature.default_value)
        found = found.fill_null(pa.scalar(missing, found.type))
    if pa.types.is_string(found.type):
        found = found.cast(pa.binary())
    return found.to_numpy(zero_copy_only=False).reshape(-1, 1)
