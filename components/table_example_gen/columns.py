"""The dtype of each column, learnt or given, and casting to it. Knows no TFX."""

import re
from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from components.table_example_gen import times
from modules.errors import DataError

# A whole number as a person writes it: no leading zero, since 007 is a code and not seven.
_INTEGER = r"^[+-]?(0|[1-9][0-9]{0,18})$"
_NUMBER = r"^[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
# A timestamp is int64 in the examples; it has a dtype of its own here, since its text is read otherwise.
_ARROW = {"int64": pa.int64(), "float32": pa.float32(), "string": pa.string(), "timestamp": pa.int64()}
_KINDS = {
    "int64": "a whole number within 2^63",
    "float32": "a number",
    "timestamp": "a date or time by ISO 8601, such as 2024-01-31 or 2024-01-31T12:30:00Z",
}


class WrongGuessError(Exception):
    """A batch does not have the dtypes that earlier ones let expect."""


class TypeInference:
    """Learns from batches which columns hold integers, numbers or text.

    A column of whole numbers within int64 is `int64`; of numbers, `float32`; anything else, and a column without any
    value, is `string`. A number with a leading zero is text.

    Args:
        decimal: The decimal mark of numbers in text.
        timestamps: Columns that are timestamps, whatever they hold.
    """

    def __init__(self, decimal: str = ".", timestamps: Collection[str] = ()) -> None:
        self._decimal = decimal
        self._timestamps = frozenset(timestamps)
        self._could_be: dict[str, list[str]] = {}
        self._seen: set[str] = set()

    def add(self, batch: pa.RecordBatch) -> None:
        """Takes a batch into account."""
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            could_be = self._could_be.setdefault(name, self._candidates(name))
            if column.null_count == len(column):
                continue
            self._seen.add(name)
            # Whole numbers are numbers, too: the second check is for columns that fail the first.
            for dtype in list(could_be):
                if _fits(column, dtype, self._decimal):
                    break
                could_be.remove(dtype)

    def confirm(self, batch: pa.RecordBatch) -> None:
        """Checks that a further batch would change no dtype; it changes nothing, so that threads may share it.

        Raises:
            WrongGuessError: If it would, or might.
        """
        dtypes = self.dtypes()
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name in dtypes and (
                column.null_count == len(column) or (name in self._seen and not self._could_be[name])
            ):
                continue
            if name not in self._seen or not _fits(column, dtypes[name], self._decimal):
                raise WrongGuessError(name)

    def _candidates(self, name: str) -> list[str]:
        return ["timestamp"] if name in self._timestamps else ["int64", "float32"]

    def dtypes(self) -> dict[str, str]:
        """Returns the dtype of each column by name."""
        return {
            name: could_be[0] if could_be and (name in self._seen or name in self._timestamps) else "string"
            for name, could_be in self._could_be.items()
        }


def _fits(column: pa.Array, dtype: str, decimal: str) -> bool:
    """Tells whether every value of a column can be of a dtype without being changed."""
    if dtype == "timestamp":  # the config says so; what is none is found when it is read
        return True
    if not pa.types.is_string(column.type):
        return pa.types.is_integer(column.type) or (dtype == "float32" and pa.types.is_floating(column.type))
    pattern = _INTEGER if dtype == "int64" else _NUMBER
    cells = _with_point(column, decimal) if dtype == "float32" else column
    if not pc.all(pc.match_substring_regex(cells, pattern), min_count=0).as_py():
        return False
    if dtype == "int64":
        try:
            _cast(column, "int64", decimal)
        except pa.ArrowInvalid:  # beyond 2^63
            return False
    return True


def _with_point(column: pa.Array, decimal: str) -> pa.Array:
    return column if decimal == "." else pc.replace_substring(column, decimal, ".")


def to_typed(
    batch: pa.RecordBatch, dtypes: Mapping[str, str], path: str, first_row: int, decimal: str = "."
) -> pa.RecordBatch:
    """Casts columns to their dtypes.

    Args:
        batch: Columns of text, or of any type that Parquet and TFRecord give; null for missing.
        dtypes: `int64`, `float32`, `string` or `timestamp` by column name, the last of which becomes seconds since
            1970-01-01 UTC, int64; columns that it does not name are left out, and one that
            the batch does not have is missing in all of its rows.
        path: The file, for messages.
        first_row: Number of the batch's first row in the file, for messages; the header, where there is one, is row 1.
        decimal: The decimal mark of numbers in text.

    Raises:
        DataError: Naming row, column and cell, if a value does not fit.
    """
    columns = []
    for name, dtype in dtypes.items():
        index = batch.schema.get_field_index(name)
        if index < 0:
            columns.append(pa.nulls(batch.num_rows, _ARROW[dtype]))
            continue
        column = batch.column(index)
        try:
            columns.append(_cast(column, dtype, decimal))
        except (pa.ArrowInvalid, ValueError) as error:
            row, value = _culprit(column, dtype, decimal, str(error))
            says, otherwise = "the schema says", "make the column BYTES in the schema"
            if dtype == "timestamp":
                says, otherwise = "features.timestamps says", "take the column out of features.timestamps"
            raise DataError(
                f"{path}, row {first_row + row}, column {name!r}",
                f"{value!r} is not {_KINDS[dtype]}, which {says} this column holds",
                f"Mend the cell, add its text to data.missing_values if it means no value, or {otherwise}",
            ) from error
    return pa.RecordBatch.from_arrays(columns, names=list(dtypes))


def _cast(column: pa.Array, dtype: str, decimal: str) -> pa.Array:
    if dtype == "timestamp" and pa.types.is_string(column.type):
        return times.from_text(column)
    if pa.types.is_string(column.type) and dtype != "string":
        if pc.any(pc.match_substring(column, "+")).as_py():
            column = pc.replace_substring_regex(column, r"^\+", "")  # Arrow reads no plus sign before a number
        if dtype == "float32":
            return _with_point(column, decimal).cast(pa.float64()).cast(pa.float32(), safe=False)
        return column.cast(_ARROW[dtype])
    if dtype == "float32":
        return column.cast(pa.float64(), safe=False).cast(pa.float32(), safe=False)
    return column.cast(_ARROW[dtype])


def _culprit(column: pa.Array, dtype: str, decimal: str, problem: str) -> tuple[int, str]:
    """Finds the first value that does not fit."""
    if dtype == "timestamp" and pa.types.is_string(column.type):
        return times.first_wrong(column) or (0, problem)
    pattern = re.compile(_NUMBER if dtype == "float32" else _INTEGER)
    for row, value in enumerate(column.to_pylist()):
        if value is None:
            continue
        text = str(value).replace(decimal, ".") if dtype == "float32" else str(value)
        if not pattern.match(text) or (dtype != "float32" and not -(2**63) <= int(text) < 2**63):
            return row, str(value)
    return 0, problem.splitlines()[0]
