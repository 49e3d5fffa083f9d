"""The dtype of each column, learnt or given, and casting to it. Knows no TFX."""

from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from modules.base.errors import DataError
from modules.tables import cells, numerals, times
from modules.tables.missing import MISSING

# Numbers as people show them: 1,000.5 or 5 % or € 7 or 007.
_LOOKALIKE = r"^[+-]?[€$£]?\s?[0-9]+([,_' .][0-9]{3})*([.,][0-9]+)?\s?[%€$£]?$"
# A timestamp is int64 in the examples; it has a dtype of its own here, since its text is read otherwise.
_ARROW = {"int64": pa.int64(), "float32": pa.float32(), "string": pa.string(), "timestamp": pa.int64()}


class WrongGuessError(Exception):
    """A batch does not have the dtypes that earlier ones let expect."""


class CellError(Exception):
    """A cell does not fit the dtype of its column.

    Args:
        row: Its row, counted from 0.
        text: What it holds, the beginning of it.
    """

    def __init__(self, row: int, text: str) -> None:
        super().__init__(f"row {row}: {text}")
        self.row, self.text = row, text


class TypeInference:
    """Learns from batches which columns hold integers, numbers or text.

    A column of whole numbers within int64 is `int64`; of numbers, `float32`; anything else, and a column without any
    value, is `string`. A number with a leading zero is text.

    Args:
        decimal: The decimal mark of numbers in text.
        timestamps: Columns that are timestamps, whatever they hold.

    Attributes:
        lookalikes: Columns of text most of whose values look like numbers, each with the first one that is none.
    """

    def __init__(self, decimal: str = ".", timestamps: Collection[str] = ()) -> None:
        self._decimal = decimal
        self._timestamps = frozenset(timestamps)
        self._could_be: dict[str, list[str]] = {}
        self._seen: set[str] = set()
        self.lookalikes: dict[str, str] = {}

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
                if not could_be and pa.types.is_string(column.type):
                    self._look(name, column)

    def _look(self, name: str, column: pa.Array) -> None:
        """Notes a column of text most of whose values look like numbers."""
        texts = column.drop_null()
        numbers = numerals.are_numbers(texts, self._decimal)
        alike = pc.or_(numbers, pc.match_substring_regex(texts, _LOOKALIKE))
        if 2 * pc.sum(alike).as_py() >= len(texts):
            self.lookalikes[name] = texts[pc.index(numbers, False).as_py()].as_py()

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
    pattern = cells.PLAIN_INTEGER if dtype == "int64" else cells.PLAIN_NUMBER
    try:
        numbers = numerals.to_plain(column, pattern, decimal)
        if dtype == "int64":
            _cast(numbers, "int64", ".")
    except pa.ArrowInvalid:  # other text, or beyond 2^63
        return False
    return True


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
        try:
            columns.append(typed_column(batch.column(index), dtype, decimal))
        except CellError as error:
            where = f"{path}, row {first_row + error.row}, column {name!r}"
            if dtype == "string":
                fix = "Take it out, or set data.encoding to the file's"
                raise DataError(where, "holds a NUL byte, which no text has", fix) from error
            says, otherwise = "the schema, or else the training table, says", "change the column's type in the schema"
            if dtype == "timestamp":
                says, otherwise = "features.timestamps says", "take the column out of features.timestamps"
            raise DataError(
                where,
                f"{error.text!r} is not {cells.KINDS[dtype]}, which {says} this column holds",
                f"Fix the cell, add its text to data.missing_values if it means no value, or {otherwise}",
            ) from error
    return pa.RecordBatch.from_arrays(columns, names=list(dtypes))


def typed_column(column: pa.Array, dtype: str, decimal: str = ".") -> pa.Array:
    """Casts a column to its dtype; arguments as those of `to_typed`.

    Raises:
        CellError: At the first value that does not fit, or text with a NUL byte.
    """
    try:
        typed = _cast(column, dtype, decimal)
    except (pa.ArrowInvalid, ValueError) as error:
        row = _culprit(column, dtype, decimal)
        raise CellError(row, str(column[row].as_py())[:60]) from error
    if dtype == "string" and pc.any(pc.match_substring(typed, "\0")).as_py():
        row = pc.index(pc.match_substring(typed, "\0"), True).as_py()
        raise CellError(row, typed[row].as_py()[:60])
    return typed


def _cast(column: pa.Array, dtype: str, decimal: str) -> pa.Array:
    """Casts a column; NaN becomes null.

    Raises:
        pa.ArrowInvalid: If a value does not fit, is infinite, or stands for a missing one in the graph.
        ValueError: If a text is not a time where one is due.
    """
    is_text = pa.types.is_string(column.type)
    if dtype == "timestamp" and is_text:
        return times.from_text(column)
    if dtype == "float32":
        pattern = f"{cells.NUMBER}|{cells.NOT_A_NUMBER}"
        column = numerals.to_plain(column, pattern, decimal) if is_text else column
        wide = column.cast(pa.float64(), safe=False)
        if pc.any(pc.is_nan(wide)).as_py():
            wide = pc.if_else(pc.is_nan(wide), pa.scalar(None, pa.float64()), wide)
        numbers = wide.cast(pa.float32(), safe=False)
        if pc.any(pc.is_inf(numbers)).as_py():
            raise pa.ArrowInvalid("infinite, or beyond float32")
        return numbers
    texts = is_text and dtype == "int64"
    values = (numerals.to_plain(column, cells.INTEGER, decimal) if texts else column).cast(_ARROW[dtype])
    if dtype in ("int64", "timestamp") and pc.min(values).as_py() == MISSING["int64"]:
        raise pa.ArrowInvalid("the smallest int64, which means missing")
    return times.from_numbers(values) if dtype == "timestamp" else values


def _culprit(column: pa.Array, dtype: str, decimal: str) -> int:
    """Finds the first value that cannot be cast, by bisection."""
    low, high = 0, len(column)
    while high - low > 1:
        middle = (low + high) // 2
        try:
            _cast(column.slice(low, middle - low), dtype, decimal)
            low = middle
        except (pa.ArrowInvalid, ValueError):
            high = middle
    return low
