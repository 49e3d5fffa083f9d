"""The rows of every slice, found batch by batch, under TFMA's own keys."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from tensorflow_model_analysis.slicer import slicer_lib as slicer

# One object, so that a value that is not a number is the same value in every batch.
_NOT_A_NUMBER = float("nan")
_NO_SLICE = -1


class SliceCollector:
    """Collects which slices each row belongs to; the cost grows with the rows and not with the slices.

    Args:
        specs: TFMA's `SlicingSpec`s.
    """

    def __init__(self, specs: Sequence[Any]) -> None:
        self._specs = [_Spec(spec) for spec in specs]

    @property
    def columns(self) -> set[str]:
        """Names of the columns that `add` reads."""
        return {column for spec in self._specs for column in spec.columns}

    def add(self, columns: Mapping[str, np.ndarray], count: int) -> None:
        """Adds a batch.

        Args:
            columns: Raw columns by name, [n, 1] each.
            count: How many rows there are.
        """
        codes_and_values = {name: pd.factorize(columns[name][:, 0], use_na_sentinel=False) for name in self.columns}
        for spec in self._specs:
            spec.add(codes_and_values, count)

    def rows_by_slice(self) -> dict[tuple, np.ndarray]:
        """Returns the row numbers, ascending, by TFMA's key of the slice."""
        return {key: rows for spec in self._specs for key, rows in spec.rows_by_slice()}


class _Spec:
    def __init__(self, spec: Any) -> None:
        self.columns = sorted({*spec.feature_keys, *spec.feature_values})
        self._single = slicer.SingleSliceSpec(spec=spec)
        self._numbers: dict[tuple, int] = {}  # by the values of the columns
        self._keys: list[tuple] = []
        self._batches: list[np.ndarray] = []

    def add(self, codes_and_values: Mapping[str, tuple[np.ndarray, np.ndarray]], count: int) -> None:
        joint = np.zeros(count, np.int64)
        for name in self.columns:
            joint = joint * len(codes_and_values[name][1]) + codes_and_values[name][0]
        codes, combinations = pd.factorize(joint)
        shape = tuple(len(codes_and_values[name][1]) for name in self.columns)
        places = np.unravel_index(combinations, shape) if shape else ()
        values = [codes_and_values[name][1][of] for name, of in zip(self.columns, places, strict=True)]
        numbers = (
            [self._number(combination) for combination in zip(*values, strict=True)] if shape else [self._number(())]
        )
        self._batches.append(np.array(numbers, np.int32)[codes])

    def _number(self, values: tuple) -> int:
        values = tuple(value if value == value else _NOT_A_NUMBER for value in values)
        if values not in self._numbers:
            features = {name: np.array([value]) for name, value in zip(self.columns, values, strict=True)}
            keys = list(slicer.get_slices_for_features_dicts([], features, [self._single]))
            self._numbers[values] = len(self._keys) if keys else _NO_SLICE
            self._keys += keys
        return self._numbers[values]

    def rows_by_slice(self) -> list[tuple[tuple, np.ndarray]]:
        numbers = np.concatenate(self._batches) if self._batches else np.zeros(0, np.int32)
        order = np.argsort(numbers, kind="stable")
        ends = np.searchsorted(numbers[order], np.arange(len(self._keys) + 1))
        return [(key, order[ends[place] : ends[place + 1]]) for place, key in enumerate(self._keys)]
