"""One pass over raw rows: everything that preprocessing must know of them, in a summary that merges."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from modules.base.settings import Label
from modules.features import magnitude
from modules.features.counting import BoundedCounter
from modules.features.integers import IntegerSummary
from modules.features.labels import LabelSummary
from modules.features.logarithm import signed_log
from modules.features.moments import ExactMoments, SeparateMoments
from modules.features.quantiles import QuantileSummary, float_keys
from modules.features.sampling import RowSample
from modules.tables.missing import MISSING


class NumericSummary:
    """Mergeable summary of numeric columns: floating-point ones first, whole numbers after them.

    It holds the exact moments after the log, where a column has one, and quantiles before it: bin edges are compared
    with the raw value, so that no rounding of a logarithm moves a row into another bin on device. A logarithm is
    rounded to float32, as in the graph.

    Args:
        log: For each column, whether its log is taken.
        integers: How many of the columns, at the end, hold whole numbers.
        paired: Whether to sum the products of each two columns, too: their number grows with that of columns squared.
    """

    def __init__(self, log: Sequence[bool], integers: int = 0, paired: bool = True) -> None:
        self.log = np.array(log, bool)
        self.rows = 0
        self.floats = [QuantileSummary() for _ in range(len(log) - integers)]
        self.integers = [IntegerSummary(taken) for taken in log[len(log) - integers :]]
        self.paired = paired
        kind: Any = ExactMoments if paired else SeparateMoments
        self.moments = kind(len(log))

    def add(self, floats: np.ndarray, integers: np.ndarray) -> None:
        """Adds a batch: float32 [batch, f], NaN for missing, and int64 [batch, i], the smallest for missing."""
        floats = magnitude.flushed(floats)
        present, known = np.isfinite(floats), integers != MISSING["int64"]
        for column, quantiles in enumerate(self.floats):
            quantiles.add(float_keys(floats[present[:, column], column]))
        for column, summary in enumerate(self.integers):
            summary.add(integers[known[:, column], column])
        numbers = np.hstack([floats, integers.astype(np.float64)])
        there = np.hstack([present, known])
        numbers[:, len(self.floats) :][:, ~self.log[len(self.floats) :]] = 0.0
        numbers = np.where(there, numbers, 0.0)
        numbers[:, self.log] = signed_log(numbers[:, self.log]).astype(np.float32)
        whole = np.zeros(numbers.shape, np.int64)
        whole[:, len(self.floats) :] = np.where(known & ~self.log[len(self.floats) :], integers, 0)
        self.rows += len(floats)
        self.moments.add(numbers, whole, there)

    def merge(self, other: "NumericSummary") -> None:
        """Adds the rows of another summary."""
        for mine, theirs in zip(self.floats, other.floats, strict=True):
            mine.merge(theirs)
        for ours, others in zip(self.integers, other.integers, strict=True):
            ours.merge(others)
        self.rows += other.rows
        self.moments.merge(other.moments)


class RowSummary:
    """Mergeable summary of raw rows: the numeric columns, how often each category occurs, the label.

    Args:
        log: For each numeric column, whether its log is taken.
        categorical: Number of categorical columns.
        label: The section `label` of the config.
        sampled: Whether a sample of the rows is kept too.
        integers: How many of the numeric columns, at the end, hold whole numbers.
        paired: Whether to sum the products of each two numeric columns.
    """

    def __init__(
        self,
        log: Sequence[bool],
        categorical: int,
        label: Label,
        sampled: bool = False,
        integers: int = 0,
        paired: bool = True,
    ) -> None:
        self.numeric = NumericSummary(log, integers, paired)
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
        floats = texts.pop(0) if self.numeric.floats else np.zeros((len(label), 0), np.float32)
        integers = texts.pop(0) if self.numeric.integers else np.zeros((len(label), 0), np.int64)
        if len(self.numeric.log):
            self.numeric.add(floats, integers)
            if self.sample is not None:
                known = np.where(integers == MISSING["int64"], np.nan, integers.astype(np.float64))
                self.sample.add(np.hstack([magnitude.flushed(floats), known]), texts)
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
