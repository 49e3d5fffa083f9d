"""Which columns of a wide table tell most of the label, each by itself: a screening for what has to be quick."""

import dataclasses

import numpy as np

from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import Rows

_MOST_ROWS = 2_000


def narrowed(plain: PlainColumns, rows: Rows, labels: np.ndarray, has_classes: bool, most: int) -> PlainColumns:
    """Leaves out columns where there are too many.

    Args:
        plain: How rows become matrices.
        rows: Rows of the table; the first 2,000 are looked at.
        labels: The number of the class, or the value, [n].
        has_classes: Which of both it is.
        most: How many columns may stay.

    Returns:
        The same for the columns that correlate most with the label, in their order: of a class that is 1 or 0, of a
        category likewise, and of a column by the most telling one.
    """
    if len(plain.columns) <= most:
        return plain
    some = {name: values[:_MOST_ROWS] for name, values in rows.items()}
    asked = labels[:_MOST_ROWS].astype(np.float64)
    wanted = (asked[:, None] == np.unique(asked)).astype(np.float64) if has_classes else asked[:, None]
    correlation = np.abs(_standard(plain.wide(some)).T @ _standard(wanted)).max(axis=1)
    best: dict[str, float] = {}
    for (column, _), value in zip(plain.wide_names, correlation, strict=True):
        best[column] = max(best.get(column, 0.0), float(value))
    order = np.argsort([-best[column.name] for column in plain.columns], kind="stable")
    return dataclasses.replace(plain, columns=[plain.columns[place] for place in sorted(order[:most])])


def _standard(values: np.ndarray) -> np.ndarray:
    centred = values - values.mean(axis=0)
    deviation = np.sqrt((centred**2).sum(axis=0))
    return centred / np.where(deviation > 0, deviation, 1.0)
