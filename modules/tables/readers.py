"""One way into tables of every format: blocks of rows with the file and row that they came from. Knows no TFX."""

import dataclasses
from collections.abc import Iterator

import pyarrow as pa

from modules.base.settings import Data
from modules.tables import delimited, sources, typed
from modules.tables.allowance import Allowance


@dataclasses.dataclass(frozen=True)
class Block:
    """Some rows of a file.

    Attributes:
        path: The file.
        first_row: Number of the first of them in the file; a header is row 1.
        batch: The rows: text columns from delimited text, typed ones from the other formats.
        sparse: Whether a column that no row of the block has is left out, as in tf.Example.
    """

    path: str
    first_row: int
    batch: pa.RecordBatch
    sparse: bool = False


def read(table: str | list[str], data: Data) -> Iterator[Block]:
    """Reads all rows of a table, file by file, in constant memory.

    In every format, spaces around a name or a text are no part of it, and a text that is one of `data.missing_values`
    is a missing value.

    Args:
        table: Files, folders or patterns.
        data: How to read delimited text, what is missing, and what is too much.

    Raises:
        DataError: If a file cannot be read, or exceeds one of `data.limits`.
    """
    rows = 0
    for path in sources.expand(table):
        kind = sources.file_format(path)
        allowance = Allowance(path, data.limits, sources.packed_size(path))
        if kind == "parquet":
            batches, first = typed.read_parquet(path, allowance), 1
        elif kind == "tfrecord":
            batches, first = typed.read_tfrecord(path, allowance), 1
        else:
            batches, first = delimited.read(path, data, allowance), delimited.first_row(path, data)
        for batch in batches:
            rows += batch.num_rows
            allowance.check_rows(rows)
            allowance.check_cells(batch, first)
            if kind != "delimited":  # whose reader has done so
                batch = delimited.with_nulls(batch, data.missing_values)
            yield Block(path, first, batch, sparse=kind == "tfrecord")
            first += batch.num_rows


def column_names(path: str, data: Data) -> list[str] | None:
    """Returns the names of a file's columns; None for TFRecord, whose records need not have all of them.

    Raises:
        DataError: If the file has no usable header.
    """
    kind = sources.file_format(path)
    if kind == "parquet":
        return list(typed.parquet_columns(path))
    return None if kind == "tfrecord" else delimited.header(path, data)


def time_columns(path: str) -> list[str]:
    """Returns the columns of a file that hold dates or timestamps by their type: there are some in Parquet alone."""
    if sources.file_format(path) != "parquet":
        return []
    return [name for name, is_time in typed.parquet_columns(path).items() if is_time]
