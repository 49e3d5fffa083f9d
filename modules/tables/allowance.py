"""What a table may ask of the machine: a small file can be made to unpack, or to claim, more than any machine holds."""

import time

import pyarrow as pa
import pyarrow.compute as pc

from modules.base.errors import DataError
from modules.base.settings import Limits

# What compressed content may unpack to in any case, so that small and repetitive files are not suspected.
FREE_BYTES = 64 * 2**20


class Allowance:
    """What one file may still ask for while it is read. Time counts from when this is made.

    Args:
        path: The file, for messages.
        limits: What is too much.
        packed: Bytes of the file, where it is compressed.
    """

    def __init__(self, path: str, limits: Limits, packed: int | None = None) -> None:
        self._path, self._limits, self._packed = path, limits, packed
        self._started, self._unpacked = time.monotonic(), 0

    def check_rows(self, rows: int) -> None:
        """Checks how many rows the table has, as far as it has been read or says so.

        Raises:
            DataError: If there are too many; as for every other check.
        """
        if rows > self._limits.rows:
            what = f"the table has more than {self._limits.rows:,} rows, which is the limit"
            raise DataError(self._path, what, _fix("rows", "split the table"))

    def check_columns(self, columns: int) -> None:
        """Checks how many columns the file has."""
        if columns > self._limits.columns:
            what = f"has {columns:,} columns, more than the limit of {self._limits.columns:,}"
            raise DataError(self._path, what, _fix("columns", "write the table with fewer columns"))

    def check_unpacked(self, more: int) -> None:
        """Adds bytes to what was unpacked, and checks its ratio to what the file has; nothing for a plain file."""
        self._unpacked += more
        if self._packed is None or self._unpacked <= max(FREE_BYTES, self._limits.unpacked_ratio * self._packed):
            return
        ratio = f"{self._limits.unpacked_ratio:,} times"
        what = f"its {self._packed:,} bytes unpack to more than {self._unpacked:,}, over {ratio} as many, the limit"
        raise DataError(self._path, what, _fix("unpacked_ratio", "unpack it yourself"))

    def check_waiting(self) -> None:
        """Checks how long the first row is in coming."""
        if time.monotonic() - self._started > self._limits.seconds_to_first_row:
            what = f"gave no row within {self._limits.seconds_to_first_row:,} seconds, which is the limit"
            raise DataError(self._path, what, _fix("seconds_to_first_row", "copy and unpack the table yourself"))

    def check_cells(self, batch: pa.RecordBatch, first_row: int | None = None) -> None:
        """Checks the bytes of each text.

        Args:
            batch: Columns; those of numbers cannot be too long, and dictionaries are checked by all their values.
            first_row: The number of its first row in the file.
        """
        if first_row is not None and batch.nbytes <= self._limits.cell_bytes:
            return
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            values = column.dictionary if pa.types.is_dictionary(column.type) else column
            if not pa.types.is_string(values.type) and not pa.types.is_binary(values.type):
                continue
            lengths = pc.binary_length(values)
            longest = pc.max(lengths).as_py() or 0
            if longest > self._limits.cell_bytes:
                row = "" if first_row is None else f", row {first_row + pc.index(lengths, longest).as_py()}"
                what = f"has a cell of {longest:,} bytes, more than the limit of {self._limits.cell_bytes:,}"
                fix = _fix("cell_bytes", "shorten or take out the column")
                raise DataError(f"{self._path}{row}, column {name!r}", what, fix)


def _fix(key: str, otherwise: str) -> str:
    return f"If you trust the file, raise data.limits.{key}, or {otherwise}"
