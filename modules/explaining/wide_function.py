"""The model that ships as a function of raw rows of many columns: the same answers, and only what changes is computed.

A method asks about the same few rows again and again, each time with other values in some columns. What the model makes
of the rows as they are is kept, and what it makes of a text or a time alone, by value.
"""

import dataclasses
import functools
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from modules.contracts.tflite import TfliteModel
from modules.explaining import raw_function
from modules.explaining.composed import ComposedRows
from modules.explaining.raw_function import RawColumn, RawFunction, Rows
from modules.tflite import inference, splitting
from modules.tflite.splitting import Part, SplitModel

# So many cells are computed at once: what they become stays in the processor's cache.
_AT_ONCE, _LEAST_ROWS = 1_000_000, 64
# Rows of at most so many cells are kept as the joins have them, those of so many tables.
_KEPT_CELLS, _KEPT = 10_000_000, 4
# So many values of each column are asked about at once.
_VALUES = 1_024

_Joins = dict[str, np.ndarray]
# A part of a join, and what it is of each row: values, or their places in a table of values.
_Cells = tuple[Part, np.ndarray, np.ndarray | None]


def of_file(model: TfliteModel, threads: int | None = None) -> RawFunction:
    """Returns a .tflite as `raw_function.of_file` does; it answers sooner where it reads many columns.

    Args:
        model: The file with its card.
        threads: How many run at once; None is the machine's number of cores.
    """
    columns = raw_function.columns_of(model.card)
    parts = _split(model.content) if len(columns) > raw_function.MANY_COLUMNS else None
    if parts is None:
        return raw_function.of_file(model, threads)
    joining, outputs = _Joining(parts, columns), raw_function.outputs_of(model.card)
    predictors = [inference.Predictor(parts.rest, model.card) for _ in range(threads or os.cpu_count() or 1)]
    size = max(_LEAST_ROWS, _AT_ONCE // len(columns))

    def answer(rows: Rows) -> np.ndarray:
        starts = range(0, raw_function.count(rows), size)
        if not starts:
            return np.empty((0, len(outputs)), np.float32)
        joined = joining.joined(rows)

        def share(number: int) -> list[np.ndarray]:
            predictor, own = predictors[number], starts[number :: len(predictors)]
            return [predictor.predict(joined.between(start, start + size)) for start in own]

        with ThreadPoolExecutor(len(predictors)) as pool:
            shares = [iter(part) for part in pool.map(share, range(len(predictors)))]
        answers = np.concatenate([next(shares[number % len(shares)]) for number in range(len(starts))])
        return answers[:, 1:] if len(model.card.classes) == 2 else answers

    return RawFunction(columns, outputs, answer)


@functools.lru_cache(maxsize=1)
def _split(model: bytes) -> SplitModel | None:
    """Splits a file; both steps that ask the model that ships split the same one."""
    return splitting.split(model)


@dataclasses.dataclass(frozen=True)
class _Joined:
    """The joins of rows, made some at a time.

    Attributes:
        base: The joins of the rows that these are put together from.
        places: Which of them each row is.
        changed: The cells of the columns that were changed.
    """

    base: _Joins
    places: np.ndarray
    changed: Sequence[_Cells]

    def between(self, start: int, end: int) -> _Joins:
        made = {name: values[self.places[start:end]] for name, values in self.base.items()}
        _lay(made, ((part, *_some(values, codes, start, end)) for part, values, codes in self.changed))
        return made


def _some(values: np.ndarray, codes: np.ndarray | None, start: int, end: int) -> tuple[np.ndarray, np.ndarray | None]:
    return (values[start:end], None) if codes is None else (values, codes[start:end])


def _lay(joins: _Joins, cells: Iterator[_Cells]) -> None:
    """Puts cells into joins."""
    for part, values, codes in cells:
        its = values if codes is None else values[codes]
        joins[part.join][:, part.start : part.start + part.width] = its.reshape(-1, part.width)


class _Values:
    """The values of a column that the model was asked about, and what it makes of each."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.tables: list[np.ndarray | None] = [None] * len(parts)
        self._codes: dict[bytes | int, int] = {}

    def codes(self, values: np.ndarray) -> np.ndarray:
        """Returns the places of known values in the tables, int64 [n]."""
        return np.fromiter(map(self._codes.__getitem__, _keys(values)), np.int64, len(values))

    def unknown(self, values: np.ndarray) -> np.ndarray:
        """Returns the values that are not known, each once, in their order."""
        keys = _keys(values)
        new = set(keys) - self._codes.keys()
        return values[sorted(map(keys.index, new))]

    def learn(self, values: np.ndarray, joins: _Joins) -> None:
        """Takes what the first rows of joins are made of values that were unknown."""
        for number, part in enumerate(self.parts):
            made = joins[part.join][: len(values), part.start : part.start + part.width]
            before = self.tables[number]
            self.tables[number] = made.copy() if before is None else np.concatenate([before, made])
        for key in _keys(values):
            self._codes[key] = len(self._codes)


def _keys(values: np.ndarray) -> list[bytes | int]:
    """Returns what tells values apart, NaN from NaN not: texts, or the bits of numbers."""
    held = values if values.dtype == object else values.view(f"i{values.dtype.itemsize}")
    return held.tolist()


class _Joining:
    """Makes the joins of rows.

    Args:
        model: The model, split.
        columns: What it reads.
    """

    def __init__(self, model: SplitModel, columns: Sequence[RawColumn]) -> None:
        self._interpreter = inference.open_interpreter(model.columns)  # its runner does not keep it
        self._runner = self._interpreter.get_signature_runner()
        self._columns, self._widths = columns, model.widths
        self._as_they_are: dict[str, list[Part]] = {column.tensor: [] for column in columns}
        made: dict[str, list[Part]] = {}
        for part in model.parts:
            (self._as_they_are if part.is_value else made).setdefault(part.tensor, []).append(part)
        self._made = {tensor: _Values(parts) for tensor, parts in made.items()}
        self._kept: list[tuple[Rows, _Joins]] = []

    def joined(self, rows: Rows) -> _Joined:
        """Returns the joins of rows."""
        if not isinstance(rows, ComposedRows):
            return _Joined(self._of_rows(rows), np.arange(raw_function.count(rows)), ())
        base = next((joins for known, joins in self._kept if known is rows.base), None)
        if base is None:
            base = self._of_rows(rows.base)
            if raw_function.count(rows.base) * len(self._columns) <= _KEPT_CELLS:
                self._kept = [*self._kept[1 - _KEPT :], (rows.base, base)]
        return _Joined(base, rows.places, [*self._cells(rows.changed)])

    def _of_rows(self, rows: Rows) -> _Joins:
        details = self._runner.get_output_details()
        shapes = {name: (raw_function.count(rows), width) for name, width in self._widths.items()}
        joins = {name: np.empty(shape, details[name]["dtype"]) for name, shape in shapes.items()}
        _lay(joins, self._cells(rows))
        return joins

    def _cells(self, rows: Rows) -> Iterator[_Cells]:
        """Yields the cells of some columns."""
        given = {column.tensor: rows[column.name] for column in self._columns if column.name in rows}
        self._learn(
            {tensor: self._made[tensor].unknown(values) for tensor, values in given.items() if tensor in self._made}
        )
        for tensor, values in given.items():
            for part in self._as_they_are[tensor]:
                yield part, values, None
            known = self._made.get(tensor)
            if known is not None:
                codes = known.codes(values)
                for part, table in zip(known.parts, known.tables, strict=True):
                    assert table is not None
                    yield part, table, codes

    def _learn(self, new: Mapping[str, np.ndarray]) -> None:
        """Asks what the model makes of values by column, those of all columns at once."""
        for start in range(0, max(map(len, new.values()), default=0), _VALUES):
            asked = {tensor: some for tensor, its in new.items() if len(some := its[start : start + _VALUES])}
            rows = max(map(len, asked.values()))
            joins = self._runner(**{column.tensor: _filled(column, asked, rows) for column in self._columns})
            for tensor, some in asked.items():
                self._made[tensor].learn(some, joins)


def _filled(column: RawColumn, asked: Mapping[str, np.ndarray], rows: int) -> np.ndarray:
    """Returns values of a column, [rows, 1], missing ones where there are no more."""
    values = asked.get(column.tensor)
    if values is None:
        return column.filled(rows, column.missing).reshape(-1, 1)
    return np.concatenate([values, column.filled(rows - len(values), column.missing)]).reshape(-1, 1)
