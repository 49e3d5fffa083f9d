"""One pass over raw rows: everything that preprocessing must know of them, in a summary that merges."""

import collections
from collections.abc import Iterable, Sequence

import apache_beam as beam
import numpy as np
import pyarrow as pa
from tfx_bsl.sketches import QuantilesSketch

from modules.labels import LabelSummary
from modules.sampling import RowSample
from modules.settings import Label

# Quantiles are read off a sketch whose rank error is at most _SKETCH_ERROR.
_SKETCH_ERROR = 1e-4
_SKETCH_CAPACITY = 2**32


def signed_log(values: np.ndarray) -> np.ndarray:
    """Returns sign(x)·log(1 + |x|): the log for heavy tails, defined for every number."""
    return np.sign(values) * np.log1p(np.abs(values))


class NumericSummary:
    """Mergeable summary of a matrix with NaN for missing.

    It holds the pairwise moments after the log, where a column has one, and a quantile sketch a column before it: bin
    edges are compared with the raw value, so that no rounding of a logarithm moves a row into another bin on device.
    """

    def __init__(self, log: Sequence[bool]) -> None:
        columns = len(log)
        self.log = np.array(log, bool)
        self.rows = 0
        self.together = np.zeros((columns, columns))  # rows in which both columns have a value
        self.sums = np.zeros((columns, columns))  # sum of column i over the rows in which j has a value too
        self.products = np.zeros((columns, columns))
        self.sketches = [QuantilesSketch(_SKETCH_ERROR, _SKETCH_CAPACITY, 1) for _ in range(columns)]

    def add(self, batch: np.ndarray) -> None:
        values = batch.astype(np.float64)
        present = np.isfinite(values)
        weights = present.astype(np.float64)
        filled = np.where(present, values, 0.0)
        filled = np.where(self.log, signed_log(filled), filled)
        self.rows += len(values)
        self.together += weights.T @ weights
        self.sums += filled.T @ weights
        self.products += filled.T @ filled
        for column, sketch in enumerate(self.sketches):
            sketch.AddValues(pa.array(values[present[:, column], column]))

    def merge(self, other: "NumericSummary") -> None:
        self.rows += other.rows
        self.together += other.together
        self.sums += other.sums
        self.products += other.products
        for mine, theirs in zip(self.sketches, other.sketches, strict=True):
            mine.Merge(theirs)


class RowSummary:
    """Mergeable summary of raw rows: the numeric matrix, how often each category occurs, the label.

    Args:
        log: For each numeric column, whether its log is taken.
        categorical: Number of categorical columns.
        label: The section `label` of the config.
        sampled: Whether a sample of the rows is kept too.
    """

    def __init__(self, log: Sequence[bool], categorical: int, label: Label, sampled: bool = False) -> None:
        self.numeric = NumericSummary(log)
        self.label = LabelSummary(label)
        self.sample = RowSample(len(log)) if sampled else None
        self.counters: list[collections.Counter] = [collections.Counter() for _ in range(categorical)]

    def add(self, arrays: Sequence[np.ndarray]) -> None:
        """Adds a batch: the numeric matrix [batch, d] (NaN for missing) if d > 0, texts and label [batch, 1]."""
        *texts, label = arrays
        self.label.add(label)
        if self.numeric.sketches:
            matrix = texts.pop(0)
            self.numeric.add(matrix)
            if self.sample is not None:
                self.sample.add(matrix, texts)
        for counter, text in zip(self.counters, texts, strict=True):
            counter.update(text.ravel().tolist())

    def merge(self, other: "RowSummary") -> None:
        """Adds the rows of another summary."""
        self.numeric.merge(other.numeric)
        self.label.merge(other.label)
        if self.sample is not None and other.sample is not None:
            self.sample.merge(other.sample)
        for counter, theirs in zip(self.counters, other.counters, strict=True):
            counter.update(theirs)


class SummarizeRows(beam.CombineFn):
    """Combines batches of raw columns into one `RowSummary`."""

    def __init__(self, log: tuple[bool, ...], categorical: int, label: Label, sampled: bool = False) -> None:
        self._log, self._categorical, self._label, self._sampled = log, categorical, label, sampled

    def create_accumulator(self) -> RowSummary:
        return RowSummary(self._log, self._categorical, self._label, self._sampled)

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
