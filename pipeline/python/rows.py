"""Rows as Python holds them, as Arrow columns: a DataFrame, an Arrow table, a list of dicts or an array.

Neither pandas nor scikit-learn is imported: whoever hands a DataFrame over has pandas.
"""

import datetime
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from modules.base.errors import DataError
from modules.tables import delimited, typed

# What a table from Python is called in messages, where a file would have its path.
FRAME, ARROW, DICTS, ARRAY = "the DataFrame", "the Arrow table", "the list of dicts", "the array"
_TAKEN = "Give a DataFrame, an Arrow table, a list of dicts, or an array of rows"


class Rows:
    """Rows by column.

    Args:
        kind: What they are called in messages.
        names: The columns; spaces around a name are no part of it.
        count: How many rows there are.
        column: Returns a column by its place, as Arrow has it.

    Raises:
        DataError: If two columns have one name.
    """

    def __init__(self, kind: str, names: Sequence[str], count: int, column: Callable[[int], pa.Array]) -> None:
        self.names = [name.strip() for name in names]
        delimited.check_names(kind, self.names)
        self.kind, self.count, self._column = kind, count, column

    def batch(self, names: Sequence[str]) -> pa.RecordBatch:
        """Returns columns as a table of Parquet would have them; those that are not there are left out.

        Args:
            names: Which.

        Returns:
            int64, float64 or string columns, null for missing; times are seconds since 1970-01-01 UTC, int64; there are
            no spaces around a text.

        Raises:
            DataError: If a column holds lists, structures or bytes.
        """
        present = [name for name in names if name in self.names]
        arrays = [typed.plain(self.kind, name, self.arrow(name)) for name in present]
        return pa.RecordBatch.from_arrays(arrays, names=present)

    def arrow(self, name: str) -> pa.Array:
        """Returns a column with the type that it has, its texts without spaces around them, null for NaN."""
        column = self._column(self.names.index(name))
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            return pc.utf8_trim_whitespace(column)
        if pa.types.is_floating(column.type):
            wide = column.cast(pa.float64()) if pa.types.is_float16(column.type) else column
            return pc.if_else(pc.is_nan(wide), pa.scalar(None, wide.type), wide)
        return column


def is_frame(data: Any) -> bool:
    """Tells whether something is a DataFrame of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def is_series(data: Any) -> bool:
    """Tells whether something is a Series of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.Series)


def of(data: Any, names: Sequence[str] = ()) -> Rows:
    """Looks at rows of any kind.

    Args:
        data: A DataFrame, an Arrow table or batch, a list of dicts with the same keys; or an array of two dimensions.
        names: The columns of an array, in its order.

    Raises:
        DataError: If it is none of these, or a dict or an array lacks a column.
    """
    if not is_frame(data) and hasattr(data, "to_arrow"):  # as polars has it
        data = data.to_arrow()
    if is_frame(data):
        return Rows(FRAME, [str(name) for name in data.columns], len(data), lambda at: _array(data.iloc[:, at]))
    if isinstance(data, pa.Table | pa.RecordBatch):
        return Rows(ARROW, data.schema.names, data.num_rows, data.column)
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        if not data or isinstance(data[0], Mapping):
            return _of_dicts(data)
        data = np.array(data, object)
    if isinstance(data, np.ndarray) and data.ndim == 2:
        return _of_array(data, names)
    if isinstance(data, np.ndarray):
        raise DataError(ARRAY, f"has the shape {data.shape}, not one row per row", "Give an array of two dimensions")
    raise DataError(f"a value of the type {type(data).__name__}", "is not a table", _TAKEN)


def _of_dicts(data: Sequence[Mapping[str, Any]]) -> Rows:
    names = list(data[0]) if data else []
    for number, row in enumerate(data, 1):
        for name in dict.fromkeys([*names, *row]):
            if name not in row or name not in names:
                other = "the first row has" if name in names else "the first row has not"
                what = f"has {'no ' if name in names else ''}{name!r}, which {other}"
                raise DataError(f"{DICTS}, row {number}", what, "Give each row the same keys, None for a missing value")
    return Rows(DICTS, names, len(data), lambda at: _array([row[names[at]] for row in data]))


def _of_array(data: np.ndarray, names: Sequence[str]) -> Rows:
    if data.shape[1] != len(names):
        what = f"has {data.shape[1]} columns where the model reads {len(names)}: {', '.join(names)}"
        raise DataError(ARRAY, what, "Give these, in this order")
    return Rows(ARRAY, names, len(data), lambda at: _array(data[:, at]))


def _array(values: Any) -> Any:
    """Returns values of Python, numpy or pandas as Arrow; those of several types as text."""
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return pa.array([_text(value) for value in values], pa.string())


def _text(value: Any) -> str | None:
    """Writes a value as a table of text would."""
    if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return str(value)
