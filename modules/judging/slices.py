"""The rows of every slice, under the keys and the names that the Evaluator's results have."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modules.judging import tfma_results
from modules.judging.tfma_results import Slice

OVERALL: Slice = ()


def rows_by_key(columns: Mapping[str, np.ndarray], slices: Sequence[Sequence[str]]) -> dict[Slice, np.ndarray]:
    """Finds the rows of every slice, as TFMA does: one slice a combination of raw values that occurs.

    Args:
        columns: Raw columns by name, [n, 1] each.
        slices: Lists of columns to slice by.

    Returns:
        The row numbers, ascending, by TFMA's key of the slice, whose columns are sorted: the overall one first, the
        others by name. Missing values are a value too.
    """
    count = len(next(iter(columns.values())))
    row_numbers: dict[Slice, np.ndarray] = {}
    for names in slices:
        # TFMA sorts the columns of a slice by name.
        names = sorted(names)
        values, codes = zip(*(np.unique(columns[name][:, 0], return_inverse=True) for name in names), strict=True)
        shape = tuple(len(of_column) for of_column in values)
        joint, row_codes = np.unique(np.ravel_multi_index(codes, shape), return_inverse=True)
        ends = np.cumsum(np.bincount(row_codes))[:-1]
        row_sets = np.split(np.argsort(row_codes, kind="stable"), ends)
        for places, rows in zip(np.transpose(np.unravel_index(joint, shape)), row_sets, strict=True):
            key = tuple((name, _plain(of[place])) for name, of, place in zip(names, values, places, strict=True))
            row_numbers[key] = rows
    return {OVERALL: np.arange(count)} | dict(
        sorted(row_numbers.items(), key=lambda of: tfma_results.slice_name(of[0]))
    )


def rows_by_slice(columns: Mapping[str, np.ndarray], slices: Sequence[Sequence[str]]) -> dict[str, np.ndarray]:
    """Returns the row numbers by the slice's name, `overall` first; else as `rows_by_key`."""
    return {tfma_results.slice_name(key): rows for key, rows in rows_by_key(columns, slices).items()}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
