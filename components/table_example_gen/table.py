"""Reading a delimited text table as Arrow batches of text, and turning text into typed columns. Knows no TFX."""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from modules.errors import DataError

_BLOCK_BYTES = 8 * 2**20
# A whole number as a person writes it: no leading zero, since 007 is a code and not seven.
_INTEGER = r"^[+-]?(0|[1-9][0-9]{0,17})$"
_NUMBER = r"^[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"

ARROW_TYPES = {"int64": pa.int64(), "float32": pa.float32(), "string": pa.string()}


def read_text(path: str, delimiter: str, missing_values: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Reads a table block by block, every cell as text, missing ones as null.

    Spaces around a cell are no part of it. A cell is missing when it then equals one of `missing_values`.

    Args:
        path: The file; its first row holds the names of the columns.
        delimiter: The character between two cells.
        missing_values: What a cell without a value holds; compared exactly.

    Yields:
        Batches with string columns, in file order; memory does not grow with the file.

    Raises:
        DataError: If the file cannot be read, has no row, or has a row of another width than its header.
    """
    wrong_rows: list[str] = []

    def report(row: pacsv.InvalidRow) -> str:
        number = f"row {row.number}" if row.number is not None else f"the row {row.text[:60]!r}"
        wrong_rows.append(f"{number} has {row.actual_columns} cells where the header has {row.expected_columns}")
        return "error"

    options = {
        "read_options": pacsv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
        "parse_options": pacsv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=report, ignore_empty_lines=True
        ),
    }
    try:
        names = header(path, delimiter)
        convert = pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=True
        )
        rows = 0
        for batch in pacsv.open_csv(path, convert_options=convert, **options):
            rows += batch.num_rows
            yield _with_nulls(batch, missing_values)
    except pa.ArrowInvalid as error:
        what = wrong_rows[0] if wrong_rows else f"is no delimited text table ({str(error).splitlines()[0][:200]})"
        raise DataError(path, what, "Mend that row, or set data.delimiter to the file's delimiter") from error
    except UnicodeDecodeError as error:
        raise DataError(path, f"is no UTF-8 text ({error})", "Save the table as UTF-8") from error
    except OSError as error:
        raise DataError(path, f"cannot be read ({error})", "Check the path and the permissions") from error
    if not rows:
        raise DataError(path, "has a header and no row", "Give a table with rows")


def header(path: str, delimiter: str) -> list[str]:
    """Returns the names of a table's columns.

    Raises:
        DataError: If there is none, or two are equal, or one is empty.
    """
    import csv

    with open(path, newline="", encoding="utf-8-sig") as file:
        names = next(csv.reader(file, delimiter=delimiter), [])
    if not names:
        raise DataError(path, "is empty", "Give a table whose first row holds the names of the columns")
    for number, name in enumerate(names, 1):
        if not name.strip():
            raise DataError(path, f"column {number} has no name in the header", "Give every column a name")
        if names.count(name) > 1:
            raise DataError(path, f"has {names.count(name)} columns named {name!r}", "Rename one of them")
    return names


def _with_nulls(batch: pa.RecordBatch, missing_values: Sequence[str]) -> pa.RecordBatch:
    missing = pa.array(list(missing_values), pa.string())
    columns = []
    for column in batch.columns:
        cells = pc.utf8_trim_whitespace(column)
        columns.append(pc.if_else(pc.is_in(cells, value_set=missing), pa.scalar(None, pa.string()), cells))
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


class TypeInference:
    """Learns from batches of text which columns hold integers, numbers or text.

    A column of whole numbers within int64 is `int64`; of numbers, `float32`; anything else, and a column without any
    value, is `string`. A number with a leading zero is text.
    """

    def __init__(self) -> None:
        self._could_be: dict[str, set[str]] = {}
        self._seen: set[str] = set()

    def add(self, batch: pa.RecordBatch) -> None:
        """Takes a batch of string columns into account."""
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            could_be = self._could_be.setdefault(name, {"int64", "float32"})
            if column.null_count < len(column):
                self._seen.add(name)
            for dtype, pattern in (("int64", _INTEGER), ("float32", _NUMBER)):
                if dtype in could_be and not pc.all(pc.match_substring_regex(column, pattern), min_count=0).as_py():
                    could_be.discard(dtype)

    def dtypes(self) -> dict[str, str]:
        """Returns the dtype of each column by name."""
        return {
            name: next((d for d in ("int64", "float32") if d in could_be), "string") if name in self._seen else "string"
            for name, could_be in self._could_be.items()
        }


def to_typed(batch: pa.RecordBatch, dtypes: Mapping[str, str], path: str, first_row: int) -> pa.RecordBatch:
    """Casts text columns to their dtypes.

    Args:
        batch: String columns, null for missing.
        dtypes: `int64`, `float32` or `string` by column name; columns that it does not name are left out.
        path: The file, for messages.
        first_row: Number of the batch's first row in the file (the header is row 1), for messages.

    Raises:
        DataError: Naming row, column and cell, if a cell is no number where a number is due.
    """
    columns = []
    for name, dtype in dtypes.items():
        cells = batch.column(batch.schema.get_field_index(name))
        if dtype != "string":
            pattern = re.compile(_INTEGER if dtype == "int64" else _NUMBER)
            try:
                # Arrow reads no plus sign before a number.
                cells = pc.replace_substring_regex(cells, r"^\+", "").cast(ARROW_TYPES[dtype])
            except pa.ArrowInvalid as error:
                row, cell = next(
                    ((i, c) for i, c in enumerate(cells.to_pylist()) if c is not None and not pattern.match(c)),
                    (0, str(error)),
                )
                kind = "a whole number" if dtype == "int64" else "a number"
                raise DataError(
                    f"{path}, row {first_row + row}, column {name!r}",
                    f"{cell!r} is not {kind}, which the schema says this column holds",
                    "Mend the cell, add its text to data.missing_values if it means no value, or make the column BYTES "
                    "in the schema",
                ) from error
        columns.append(cells)
    return pa.RecordBatch.from_arrays(columns, names=list(dtypes))


def split_shares(batch: pa.RecordBatch) -> np.ndarray:
    """Maps every row to a number in [0, 1) that depends on nothing but the row's own text.

    Equal rows get equal numbers, so that duplicates never lie on both sides of a split; neither the order of the rows
    nor that of the columns, nor the file's name matters.

    Args:
        batch: String columns, null for missing.

    Returns:
        float64, shape [rows].
    """
    import hashlib

    order = sorted(range(batch.num_columns), key=lambda i: batch.schema.names[i])
    texts = [pc.fill_null(batch.column(i), "\x00") for i in order]
    joined = pc.binary_join_element_wise(*texts, "\x1f").to_pylist()
    digests = (hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest() for text in joined)
    return np.array([int.from_bytes(digest, "big") / 2**64 for digest in digests])
