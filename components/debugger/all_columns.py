"""What is known of the test rows: the columns that the model reads, and those that it does not, but for the label."""

from typing import Any

import numpy as np

from components.asked_model import AskedModel
from modules.debugging import levels
from modules.explaining.raw_function import RawColumn, Rows
from modules.tables import timestamps
from modules.tables.missing import MISSING


def of_test_rows(asked: AskedModel) -> tuple[list[RawColumn], Rows]:
    """Returns the columns and their values; label and weight are not among them.

    The column that the table is split by is one of times, where it can be read as such.
    """
    table, time = asked.run.table, _time_column(asked)
    others = {name: values for name, values in asked.other_columns.items() if name not in (table.label, table.weight)}
    seconds = _seconds(others[time]) if time in others else None
    columns = levels.undeclared({name: values for name, values in others.items() if seconds is None or name != time})
    if seconds is not None and time is not None:
        columns.append(RawColumn(time, "timestamp", "int64"))
        others[time] = seconds
    return [*asked.function.columns, *columns], {**asked.test.rows, **others}


def time_order(asked: AskedModel, columns: list[RawColumn], rows: Rows) -> tuple[str, np.ndarray] | None:
    """Returns the column of times, and the rows that have one, ordered by it; None where there is no such column.

    It is that by which the table is split, or the first timestamp that the model reads.
    """
    wanted = _time_column(asked)
    times = [column for column in columns if column.is_number and column.name == wanted]
    times += [column for column in columns if column.kind == "timestamp"]
    if not times:
        return None
    values = rows[times[0].name]
    known = np.flatnonzero(~times[0].is_missing(values))
    return times[0].name, known[np.argsort(values[known], kind="stable")]


def _time_column(asked: AskedModel) -> str | None:
    name: Any = asked.run.config["data"]["time_column"]
    return name if name is None else str(name)


def _seconds(values: np.ndarray) -> np.ndarray | None:
    """Returns text or integers as seconds, int64 [n]; None where they are no times."""
    if values.dtype == np.int64:
        return values
    if values.dtype != object:
        return None
    found, inverse = np.unique(values, return_inverse=True)
    try:
        read = [MISSING["int64"] if not text else timestamps.to_seconds(text.decode()) for text in found]
    except (ValueError, UnicodeDecodeError):
        return None
    return np.array(read, np.int64)[inverse]
