"""Whether an answer moves only one way while one column rises, all else staying as it is."""

import dataclasses

import numpy as np

from modules.explaining import raw_function
from modules.explaining.raw_function import RawColumn, RawFunction, Rows

_MOST_VALUES = 12
# Smaller steps are rounding.
_LEAST_STEP = 1e-6


@dataclasses.dataclass(frozen=True)
class Monotonicity:
    """How often the answer moves the wrong way.

    Attributes:
        values: The values that the column was set to, ascending.
        rows: How many rows were asked.
        wrong_rows: The share of rows with a wrong step.
        wrong_steps: The share of wrong steps, of all steps from one value to the next.
        place: The row with the largest wrong step; None if there is none.
        start: The value before that step.
        end: The value after it.
        before: The answer before it.
        after: The answer after it.
    """

    values: tuple[float, ...]
    rows: int
    wrong_rows: float
    wrong_steps: float
    place: int | None = None
    start: float | None = None
    end: float | None = None
    before: float | None = None
    after: float | None = None


def check(function: RawFunction, column: RawColumn, rises: bool, rows: Rows, seen: np.ndarray) -> Monotonicity | None:
    """Sets a column to values that it had, ascending, in every row.

    Args:
        function: The model, with one output.
        column: A column with an order.
        rises: Whether the answer should rise with it, or fall.
        rows: The rows.
        seen: Values of the column, of which at most 12 quantiles are taken.

    Returns:
        What was found; None if the column has fewer than two values.
    """
    known = seen[~column.is_missing(seen)]
    known = known[np.isfinite(known)] if column.dtype == "float32" else known
    quantiles = np.linspace(0.0, 1.0, _MOST_VALUES)
    values = np.unique(np.quantile(known, quantiles, method="nearest")) if len(known) else known
    if len(values) < 2:
        return None
    count = raw_function.count(rows)
    tables = [raw_function.replaced(rows, {column.name: column.filled(count, value)}) for value in values]
    answers = function(raw_function.joined(tables)).reshape(len(values), count)
    wrong = np.diff(answers, axis=0) * (-1.0 if rises else 1.0)
    is_wrong = wrong > _LEAST_STEP
    found = Monotonicity(
        tuple(float(value) for value in values),
        count,
        float(is_wrong.any(axis=0).mean()),
        float(is_wrong.mean()),
    )
    if not is_wrong.any():
        return found
    step, place = np.unravel_index(wrong.argmax(), wrong.shape)
    return dataclasses.replace(
        found,
        place=int(place),
        start=float(values[step]),
        end=float(values[step + 1]),
        before=float(answers[step, place]),
        after=float(answers[step + 1, place]),
    )
