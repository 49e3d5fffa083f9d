"""One pass over raw rows: everything that preprocessing must know of them, in a summary that merges."""

from collections.abc import Iterable, Sequence

import apache_beam as beam
import numpy as np
import pyarrow as pa

from modules.counting import BoundedCounter
from modules.features import MISSING
from modules.integers import IntegerSummary, difference, new_sketch
from modules.labels import LabelSummary
from modules.sampling import RowSample
from modules.settings import Label


def signed_log(values: np.ndarray) -> np.ndarray:
    """Returns sign(x)·log(1 + |x|): the log for heavy tails, defined for every number."""
    return np.sign(values) * np.log1p(np.abs(values))


class NumericSummary:
    """Mergeable summary of numeric columns: floating-point ones first, whole numbers after them.

    It holds the pairwise moments after the log, where a column has one, and a quantile sketch a column before it: bin
    edges are compared with the raw value, so that no rounding of a logarithm moves a row into another bin on device.
    The moments of whole numbers are relative to the `reference` of their `IntegerSummary`.

    Args:
        log: For each column, whether its log is taken.
        integers: How many of the columns, at the end, hold whole numbers.
    """

    def __init__(self, log: Sequence[bool], integers: int = 0) -> None:
        columns = len(log)
        self.log = np.array(log, bool)
        self.rows = 0
        self.together = np.zeros((columns, columns))  # rows in which both columns have a value
        self.sums = np.zeros((columns, columns))  # sum of column i over the rows in which j has a value too
        self.products = np.zeros((columns, columns))
        self.sketches = [new_sketch() for _ in range(columns - integers)]
        self.integers = [IntegerSummary(taken) for taken in log[columns - integers :]]

    def add(self, floats: np.ndarray, integers: np.ndarray) -> None:
        """Adds a batch: float32 [batch, f], NaN for missing, and int64 [batch, i], the smallest for missing."""
        values = floats.astype(np.float64)
        present = np.isfinite(values)
        for column, sketch in enumerate(self.sketches):
            sketch.AddValues(pa.array(values[present[:, column], column]))
        if self.integers:
            relative, known = self._add_integers(integers)
            values, present = np.hstack([values, relative]), np.hstack([present, known])
        weights = present.astype(np.float64)
        filled = np.where(present, values, 0.0)
        filled = np.where(self.log, signed_log(filled), filled)
        self.rows += len(values)
        self.together += weights.T @ weights
        self.sums += filled.T @ weights
        self.products += filled.T @ filled

    def _add_integers(self, integers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns whole numbers relative to their references, float64, and where there are any."""
        known = integers != MISSING["int64"]
        relative = np.zeros(integers.shape)
        for column, summary in enumerate(self.integers):
            summary.add(integers[known[:, column], column])
            relative[:, column] = difference(integers[:, column], summary.reference or 0)
        return relative, known

    def merge(self, other: "NumericSummary") -> None:
        """Adds the rows of another summary."""
        for mine, theirs in zip(self.sketches, other.sketches, strict=True):
            mine.Merge(theirs)
        shifts = [mine.merge(theirs) for mine, theirs in zip(self.integers, other.integers, strict=True)]
        sums, products = other.shifted(shifts)
        self.rows += other.rows
        self.together += other.together
        self.sums += sums
        self.products += products

    def shifted(self, shifts: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
        """Returns sums and products of the columns when each number of whole-number column i is larger by shifts[i]."""
        if not any(shifts):
            return self.sums, self.products
        by = np.append(np.zeros(len(self.sketches)), shifts)[:, np.newaxis]
        products = self.products + by * self.sums.T + self.sums * by.T + self.together * (by * by.T)
        return self.sums + self.together * by, products


class RowSummary:
    """Mergeable summary of raw rows: the numeric columns, how often each category occurs, the label.

    Args:
        log: For each numeric column, whether its log is taken.
        categorical: Number of categorical columns.
        label: The section `label` of the config.
        sampled: Whether a sample of the rows is kept too.
        integers: How many of the numeric columns, at the end, hold whole numbers.
    """

    def __init__(
        self, log: Sequence[bool], categorical: int, label: Label, sampled: bool = False, integers: int = 0
    ) -> None:
        self.numeric = NumericSummary(log, integers)
        self.label = LabelSummary(label)
        self.sample = RowSample(len(log)) if sampled else None
        self.counters = [BoundedCounter() for _ in range(categorical)]

    def add(self, arrays: Sequence[np.ndarray]) -> None:
        """Adds a batch.

        Args:
            arrays: Those that there are columns for: numbers, float32 [batch, f], NaN for missing; whole numbers, int64
                [batch, i], the smallest for missing; texts, bytes [batch, 1] each, empty for missing; and the label.
        """
        *texts, label = arrays
        self.label.add(label)
        floats = texts.pop(0) if self.numeric.sketches else np.zeros((len(label), 0), np.float32)
        integers = texts.pop(0) if self.numeric.integers else np.zeros((len(label), 0), np.int64)
        if len(self.numeric.log):
            self.numeric.add(floats, integers)
            if self.sample is not None:
                known = np.where(integers == MISSING["int64"], np.nan, integers.astype(np.float64))
                self.sample.add(np.hstack([floats, known]), texts)
        for counter, text in zip(self.counters, texts, strict=True):
            counter.add(text.ravel().tolist())

    def merge(self, other: "RowSummary") -> None:
        """Adds the rows of another summary."""
        self.numeric.merge(other.numeric)
        self.label.merge(other.label)
        if self.sample is not None and other.sample is not None:
            self.sample.merge(other.sample)
        for counter, theirs in zip(self.counters, other.counters, strict=True):
            counter.merge(theirs)


class SummarizeRows(beam.CombineFn):
    """Combines batches of raw columns into one `RowSummary`."""

    def __init__(
        self, log: tuple[bool, ...], categorical: int, label: Label, sampled: bool = False, integers: int = 0
    ) -> None:
        self._made_of = log, categorical, label, sampled, integers

    def create_accumulator(self) -> RowSummary:
        return RowSummary(*self._made_of)

    def add_input(self, accumulator: RowSummary, batch: Sequence[np.ndarray]) -> RowSummary:
        accumulator.add(batch)
        return accumulator

    def merge_accumulators(self, accumulators: Iterable[RowSummary]) -> RowSummary:
        merged, *others = accumulators
        for other in others:
            merged.merge(other)
        return merged

    def extract_output(self, accumulator: RowSummary) -> RowSummary:
        return accumulator
