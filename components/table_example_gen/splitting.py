"""Which split a row belongs to: by its content, by its group, or by its time. Knows no TFX."""

import dataclasses
import hashlib
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from modules.base.errors import DataError
from modules.tables import times

SPLITS = ("train", "validation", "test")


def shares(batch: pa.RecordBatch, columns: Iterable[str] | None = None) -> np.ndarray:
    """Maps every row to a number in [0, 1) that depends on nothing but the row's own values.

    Equal rows get equal numbers, so that duplicates never lie on both sides of a split; neither the order of the rows
    nor that of the columns, nor the file's name or format matters.

    Args:
        batch: Typed columns, null for missing.
        columns: The columns that count, all without it: a group's column alone keeps the group together.

    Returns:
        float64, shape [rows].
    """
    names = sorted(columns if columns is not None else batch.schema.names)
    texts = [pc.fill_null(batch.column(batch.schema.get_field_index(name)).cast(pa.string()), "\x00") for name in names]
    joined = pc.binary_join_element_wise(*texts, "\x1f").cast(pa.binary()).to_numpy(zero_copy_only=False)
    digests = b"".join([hashlib.blake2b(row, digest_size=8).digest() for row in joined])
    return np.frombuffer(digests, ">u8") / 2**64


@dataclasses.dataclass(frozen=True)
class Splitter:
    """Assigns rows of one table to splits.

    Attributes:
        validation: Share of the rows that become validation rows.
        test: Share of the rows that become test rows; 0 where the test rows are a table of their own.
        group: Column whose equal values stay in one split, if any.
        time: Column by which the latest rows become test rows and those before them validation rows, if any.
        cuts: For a split by time: the times from which on rows are validation and test rows.
    """

    validation: float
    test: float
    group: str | None = None
    time: str | None = None
    cuts: tuple[float, float] = (np.inf, np.inf)

    def assign(self, batch: pa.RecordBatch) -> np.ndarray:
        """Returns for each row 0 (train), 1 (validation) or 2 (test), int64 [rows]."""
        if self.time is not None:
            times = time_values(batch, self.time)
            return (times >= self.cuts[0]).astype(np.int64) + (times >= self.cuts[1])
        share = shares(batch, None if self.group is None else [self.group])
        # Test rows first: the share of validation rows is one of the rows that remain for learning.
        validation = share < self.test + self.validation * (1 - self.test)
        return np.where(share < self.test, 2, validation.astype(np.int64))

    def without_time(self, batch: pa.RecordBatch) -> int:
        """Counts the rows that have no time, where rows are split by time: they are training rows."""
        return 0 if self.time is None else int(np.isneginf(time_values(batch, self.time)).sum())


def time_values(batch: pa.RecordBatch, column: str) -> np.ndarray:
    """Returns a column of times as float64: numbers as they are, text as `timestamps.to_seconds` reads it.

    A missing time is -inf: the row is a training row.

    Raises:
        DataError: If a text is no date or time.
    """
    values = batch.column(batch.schema.get_field_index(column))
    if pa.types.is_string(values.type):
        try:
            values = times.from_text(values)
        except ValueError as error:
            fix = "Write times as 2024-01-31 or 2024-01-31 12:30:00, or name another data.time_column"
            raise DataError(f"column {column!r}", f"holds what is no time ({str(error)[:120]})", fix) from error
    return pc.fill_null(values.cast(pa.float64(), safe=False), -np.inf).to_numpy(zero_copy_only=False)


def time_cuts(times: np.ndarray, validation: float, test: float) -> tuple[float, float]:
    """Finds the times at which the validation and the test rows begin.

    Equal times stay on one side, so that the shares are met as nearly as the times allow.

    Args:
        times: The times of all rows, any order.
        validation: Share of the rows before the test rows that become validation rows.
        test: Share of the rows that become test rows.
    """
    ordered = np.sort(times)
    rows = len(ordered)
    test_from = rows - round(rows * test)
    validation_from = test_from - round(test_from * validation)
    last = ordered[test_from] if test_from < rows else np.inf
    return float(ordered[min(validation_from, rows - 1)]), float(last)
