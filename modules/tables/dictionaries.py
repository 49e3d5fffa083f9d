"""Parquet's dictionaries: a text that a file holds once may stand in a billion rows. Knows no TFX."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from modules.tables.allowance import Allowance

# What the texts of a batch could take at most, once each row has its own, for it to be read without dictionaries; and
# what they may take after it is cut, as what works on a batch makes several copies of it.
_HARMLESS_BYTES = 2**28
_MOST_BYTES = 2**26


def to_keep(metadata: Any, rows: int) -> list[str]:
    """Lists the columns whose texts could fill the memory if every row of a batch got its own.

    No value is longer than the part of its column that a row group holds, and the footer says how long that is.

    Args:
        metadata: A `pyarrow.parquet.FileMetaData`.
        rows: How many rows a batch has.
    """
    names = set()
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        if group.total_byte_size * rows <= _HARMLESS_BYTES:
            continue
        for part in map(group.column, range(group.num_columns)):
            if part.total_uncompressed_size * rows > _HARMLESS_BYTES and part.physical_type == "BYTE_ARRAY":
                names.add(part.path_in_schema)
    return sorted(names)


def slices(batch: pa.RecordBatch, allowance: Allowance) -> Iterator[pa.RecordBatch]:
    """Cuts a batch such that its texts fit into memory without their dictionaries.

    Args:
        batch: Columns, some of them dictionaries.
        allowance: What a cell may have.

    Raises:
        DataError: If a cell is too long.
    """
    keys = [column for column in batch.columns if pa.types.is_dictionary(column.type)]
    if keys:
        allowance.check_cells(batch)
    content = sum((pc.max(pc.binary_length(column.dictionary)).as_py() or 0) * len(column) for column in keys)
    parts = min(-(-content // _MOST_BYTES) or 1, batch.num_rows) or 1
    size = -(-batch.num_rows // parts)
    for start in range(0, max(batch.num_rows, 1), max(size, 1)):
        yield batch.slice(start, size)
