"""Reading Parquet and TFRecord files: columns that have types already. Knows no TFX."""

import contextlib
import os
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from modules.base.errors import DataError
from modules.tables import PICKLED_TYPE, dictionaries, sources, times, unpacking
from modules.tables.allowance import Allowance
from modules.tables.delimited import check_names

# A batch has at most so many cells and about so many bytes: enough that a call of Arrow costs little beside its work.
_CELLS = 2**17
_BYTES = 2**20
_RECORDS, _RECORDS_BYTES = 8_192, 2**27
# What the decoder of tf.Example says of a feature whose type differs between records.
_MIXED = re.compile(r'expected (\w+), found (\w+) for feature "(.*?)"')
_KINDS = {"int64_list": "whole numbers", "float_list": "floating-point numbers", "bytes_list": "texts"}
# What frames a record of a TFRecord file: its length, and the checksums of length and content.
_FRAME_BYTES = 8 + 4 + 4
# Without a buffer, Arrow reads the whole of a row group's columns at once, and a file may be one row group.
_BUFFER_BYTES = 2**18


def read_parquet(path: str, allowance: Allowance) -> Iterator[pa.RecordBatch]:
    """Reads a Parquet file in constant memory, however many row groups it has.

    Integers become int64, other numbers float64, truth values and text string, and dates and timestamps the seconds
    since 1970-01-01 UTC, int64.

    Args:
        path: The file.
        allowance: What it may ask for.

    Raises:
        DataError: If the file is damaged, would run code or asks for too much, or a column holds lists, structures or
            bytes.
    """
    rows = 0
    with _opened(path) as file:
        allowance.check_columns(file.metadata.num_columns)
        allowance.check_rows(file.metadata.num_rows)
        check_names(path, [name.strip() for name in file.schema_arrow.names])
        for whole in file.iter_batches(batch_size=_batch_rows(file.metadata)):
            rows += whole.num_rows
            for batch in dictionaries.slices(whole, allowance):
                columns = [
                    plain(path, name, column) for name, column in zip(batch.schema.names, batch.columns, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
        if rows != file.metadata.num_rows:
            raise pa.ArrowInvalid(f"it has {rows:,} rows, and says that it has {file.metadata.num_rows:,}")


@contextlib.contextmanager
def _opened(path: str) -> Iterator[Any]:
    """Opens a Parquet file, and says in words what Arrow finds wrong with it while it is read.

    Arrow 10 would unpickle a column's type that was made in Python, and run what it says (CVE-2023-47248). The room
    `modules.tables` has forbidden it to; the file is refused, as such a type is neither number nor text anyway.

    Yields:
        The `pyarrow.parquet.ParquetFile`.

    Raises:
        DataError: If the file is damaged, or has such a column.
    """
    import pyarrow.parquet as pq

    try:
        with sources.open_file(path) as handle:
            file = pq.ParquetFile(handle, buffer_size=_BUFFER_BYTES)
            if names := dictionaries.to_keep(file.metadata, _batch_rows(file.metadata)):
                file = pq.ParquetFile(handle, metadata=file.metadata, buffer_size=_BUFFER_BYTES, read_dictionary=names)
            yield file
    except (pa.ArrowException, OSError, ValueError, RuntimeError) as error:
        problem = (str(error).strip().splitlines() or ["?"])[0][:200]
        if PICKLED_TYPE in str(error):
            what = "has a column whose type is a pickled Python object, which could run any code; it was not read"
            raise DataError(path, what, "Write the file again without extension types, and ask who made it") from None
        raise DataError(path, f"is no whole Parquet file ({problem})", "Write the file again") from error


def _batch_rows(metadata: Any) -> int:
    """Returns how many rows of a Parquet file make a batch."""
    content = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    by_bytes = _BYTES * metadata.num_rows // max(content, 1)
    return max(1, min(by_bytes, _CELLS // max(metadata.num_columns, 1)))


def parquet_columns(path: str) -> dict[str, bool]:
    """Returns for the names of a Parquet file's columns, without spaces, whether they hold dates or timestamps."""
    with _opened(path) as file:
        return {field.name.strip(): times.is_time(field.type) for field in file.schema_arrow}


def parquet_rows(path: str) -> int:
    """Returns the number of rows that a Parquet file says it has."""
    with _opened(path) as file:
        return int(file.metadata.num_rows)


def plain(path: str, name: str, column: pa.Array) -> pa.Array:
    """Brings a column of any type into one of those that `read_parquet` gives.

    Args:
        path: The file, or what else holds the column, for messages.
        name: The column.
        column: Its values.

    Raises:
        DataError: If these are lists, structures or bytes.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "true", "false")
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column.cast(pa.string())
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    if pa.types.is_integer(kind):
        try:
            return column.cast(pa.int64())
        except pa.ArrowInvalid as error:
            fix = "Store the column as text or as a floating-point number"
            raise DataError(f"{path}, column {name!r}", "holds integers beyond 2^63", fix) from error
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if times.is_time(kind):
        return times.from_typed(column)
    fix = "Take the column out of the file, or flatten it into columns of numbers or text"
    raise DataError(f"{path}, column {name!r}", f"holds {kind}, which is neither number nor text", fix)


def read_tfrecord(path: str, allowance: Allowance) -> Iterator[pa.RecordBatch]:
    """Reads a TFRecord file of tf.Example, in which each feature has one value or none.

    Args:
        path: The file.
        allowance: What it may ask for.

    Raises:
        DataError: If the file is damaged or asks for too much, a record is no tf.Example, or a feature has several
            values.
    """
    import tensorflow as tf
    from tfx_bsl.coders import example_coder

    decoder = example_coder.ExamplesToRecordBatchDecoder()
    number = content = 0
    try:
        with unpacking.local_copy(path, allowance) as name:
            for records in tf.data.TFRecordDataset([name]).batch(_batch_records(name)).as_numpy_iterator():
                batch = decoder.DecodeBatch(records.tolist())
                allowance.check_columns(batch.num_columns)
                check_names(path, [name.strip() for name in batch.schema.names])
                columns = [
                    _single(path, name, column, number)
                    for name, column in zip(batch.schema.names, batch.columns, strict=True)
                ]
                number += len(records)
                content += sum(map(len, records))
                yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
            # TensorFlow takes a file that is cut within the frame of a record for one that ends before it.
            if content + number * _FRAME_BYTES != os.path.getsize(name):
                raise tf.errors.DataLossError(None, None, "cut within a frame")
    except tf.errors.OpError as error:
        fix = "Write the file again"
        raise DataError(path, f"is no whole TFRecord file (damaged after record {number:,})", fix) from error
    except (ValueError, RuntimeError) as error:
        if mixed := _MIXED.search(str(error)):
            first, second, feature = mixed.groups()
            what = f"has both {_KINDS[first]} and {_KINDS[second]}"
            raise DataError(f"{path}, feature {feature!r}", what, "Write one type in all records") from None
        raise DataError(path, f"holds records that are no tf.Example ({str(error)[:120]})", "Write it again") from error


def _batch_records(name: str) -> int:
    """Returns how many records of a TFRecord file make a batch: fewer where one of them is large."""
    size, place, longest = os.path.getsize(name), 0, 1
    with open(name, "rb") as file:
        while place < size:
            file.seek(place)
            frame = file.read(8)
            length = int.from_bytes(frame, "little")
            longest = max(longest, min(length, size))
            place += length + _FRAME_BYTES
    return max(1, min(_RECORDS, _RECORDS_BYTES // longest))


def _single(path: str, name: str, column: pa.Array, first: int) -> pa.Array:
    """Unwraps lists of one value; an empty list is a missing value."""
    if pa.types.is_null(column.type):
        return column.cast(pa.string())
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    if lengths.max(initial=0) > 1:
        row = first + int((lengths > 1).argmax()) + 1
        where = f"{path}, record {row}, feature {name!r}"
        raise DataError(
            where, f"has {lengths.max()} values", "Give each feature one value, or a feature for each value"
        )
    indices = (lengths.cumsum() - 1).astype("int64")
    values = column.flatten().take(pa.array(indices, mask=lengths == 0))
    if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        return values.cast(pa.binary()).cast(pa.string())
    return values.cast(pa.int64() if pa.types.is_integer(values.type) else pa.float64())
