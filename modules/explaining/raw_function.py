"""The model that ships as a plain function of raw rows, in the user's own columns: what every method asks."""

import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np

from modules.contracts.tflite import ModelCard, TfliteModel
from modules.explaining.composed import ComposedRows
from modules.tables.missing import MISSING
from modules.tflite.inference import Predictor

Kind = Literal["numeric", "categorical", "timestamp"]
# Raw rows: columns by name, [n] each: float32, int64, or bytes as objects. A missing value is its dtype's MISSING.
Rows = Mapping[str, np.ndarray]

_BATCH = 4_096
# Rows of more columns than these are put together from others without a copy of each column.
MANY_COLUMNS = 100


@dataclasses.dataclass(frozen=True)
class RawColumn:
    """A column that the model reads.

    Attributes:
        name: Its name in the user's table.
        kind: `numeric`, `categorical`, or `timestamp`: a number of seconds.
        dtype: `float32`, `int64` or `string`.
        tensor: Name of the model's input.
    """

    name: str
    kind: Kind
    dtype: str
    tensor: str = ""

    @property
    def is_number(self) -> bool:
        """Whether its values have an order."""
        return self.kind != "categorical"

    @property
    def missing(self) -> float | int | bytes:
        """What stands for a missing value: NaN, the least int64, or an empty text."""
        value = MISSING[self.dtype]
        return value.encode() if isinstance(value, str) else value

    def is_missing(self, values: np.ndarray) -> np.ndarray:
        """Tells of each value whether it stands for a missing one, bool [n]."""
        return np.isnan(values) if self.dtype == "float32" else values == self.missing

    def filled(self, count: int, value: float | int | bytes) -> np.ndarray:
        """Returns the same value so many times, as the column holds it, [count]."""
        values = np.empty(count, object if self.dtype == "string" else self.dtype)
        values[:] = [value] * count if self.dtype == "string" else value  # np.full would copy a text for each row
        return values

    def text(self, value: float | int | bytes) -> str:
        """Writes a value for people."""
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace") or "(missing)"
        if value != value or (self.dtype == "int64" and value == self.missing):
            return "(missing)"
        return f"{value:.6g}" if self.dtype == "float32" else str(int(value))


@dataclasses.dataclass(frozen=True)
class RawFunction:
    """A model as a function: raw rows in, answers out.

    Attributes:
        columns: What it reads, in its order.
        outputs: What each number of an answer is: of two classes the positive one alone, of more each class; of a
            regression the label.
        answer: Computes the answers to rows, [n, outputs].
    """

    columns: Sequence[RawColumn]
    outputs: Sequence[str]
    answer: Callable[[Rows], np.ndarray]

    def __call__(self, rows: Rows) -> np.ndarray:
        """Returns the answers, float64 [n, outputs]: probabilities, or values in the label's unit."""
        return np.asarray(self.answer(rows), np.float64)

    def column(self, name: str) -> RawColumn:
        """Returns a column by its name."""
        return next(column for column in self.columns if column.name == name)


def of_file(model: TfliteModel, threads: int | None = None) -> RawFunction:
    """Returns a .tflite as a function; it is run by LiteRT as devices run it, on every core, batch by batch.

    A row's answer does not depend on the other rows, nor on the number of threads.

    Args:
        model: The file with its card.
        threads: How many run at once; None is the machine's number of cores.
    """
    card = model.card
    columns = columns_of(card)
    predictors = [Predictor(model.content, card) for _ in range(threads or os.cpu_count() or 1)]

    def answer(rows: Rows) -> np.ndarray:
        inputs = {column.tensor: np.asarray(rows[column.name]).reshape(-1, 1) for column in columns}
        total = count(rows)
        starts = range(0, total, _BATCH)
        if len(starts) < 2:
            answers = predictors[0].predict_all(inputs, _BATCH)
        else:
            shares = [starts[number :: len(predictors)] for number in range(len(predictors))]
            with ThreadPoolExecutor(len(predictors)) as pool:
                parts = pool.map(_parts, predictors, shares, [inputs] * len(predictors))
                by_start = {start: part for of_thread in parts for start, part in of_thread}
            answers = np.concatenate([by_start[start] for start in starts])
        return answers[:, 1:] if len(card.classes) == 2 else answers

    return RawFunction(columns, outputs_of(card), answer)


def columns_of(card: ModelCard) -> list[RawColumn]:
    """Returns what a model reads, in its order."""
    return [RawColumn(spec["name"], spec["kind"], spec["dtype"], spec["tensor"]) for spec in card.inputs]


def outputs_of(card: ModelCard) -> Sequence[str]:
    """Returns what each number of an answer is, as `RawFunction.outputs`."""
    return card.classes[1:] if len(card.classes) == 2 else card.classes or [card.label]


def _parts(
    predictor: Predictor, starts: Iterable[int], inputs: Mapping[str, np.ndarray]
) -> list[tuple[int, np.ndarray]]:
    return [
        (start, predictor.predict({name: array[start : start + _BATCH] for name, array in inputs.items()}))
        for start in starts
    ]


def count(rows: Rows) -> int:
    """Returns the number of rows."""
    return len(rows.places if isinstance(rows, ComposedRows) else next(iter(rows.values())))


def taken(rows: Rows, places: np.ndarray) -> Rows:
    """Returns some rows, by place or by truth value."""
    if isinstance(rows, ComposedRows):
        return rows.taken(places)
    return {name: values[places] for name, values in rows.items()}


def replaced(rows: Rows, values: Mapping[str, np.ndarray]) -> Rows:
    """Returns the rows with other values in some columns."""
    if len(rows) > MANY_COLUMNS and values.keys() <= rows.keys():
        return _composed(rows).replaced(values)
    return {**rows, **values}


def joined(parts: Sequence[Rows]) -> Rows:
    """Returns the rows of several tables, one below the other."""
    composed = [part for part in parts if isinstance(part, ComposedRows)]
    bases = {id(part.base) for part in composed}
    if len(composed) == len(parts) and len(bases) == 1:
        names = [name for name in composed[0] if any(name in part.changed for part in composed)]
        changed = {name: np.concatenate([part[name] for part in composed]) for name in names}
        return ComposedRows(composed[0].base, np.concatenate([part.places for part in composed]), changed)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def repeated(rows: Rows, times: int) -> Rows:
    """Returns all rows, so many times one table below the other."""
    if len(rows) > MANY_COLUMNS:
        return _composed(rows).repeated(times)
    return {name: np.tile(values, times) for name, values in rows.items()}


def composed(rows: Rows, places: np.ndarray, values: Mapping[str, np.ndarray]) -> Rows:
    """Returns some rows, by place, with other values in some columns."""
    if len(rows) > MANY_COLUMNS:
        return _composed(rows).taken(places).replaced(values)
    return {name: values[name] if name in values else held[places] for name, held in rows.items()}


def _composed(rows: Rows) -> ComposedRows:
    return rows if isinstance(rows, ComposedRows) else ComposedRows(rows, np.arange(count(rows)))
