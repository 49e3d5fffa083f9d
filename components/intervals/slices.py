"""The rows of every slice, under the names that the Evaluator's results have."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modules.judging import tfma_results


def rows_by_slice(columns: Mapping[str, np.ndarray], slices: Sequence[Sequence[str]]) -> dict[str, np.ndarray]:
    """Finds the rows of every slice, as TFMA does: one slice a combination of raw values that occurs.

    Args:
        columns: Raw columns by name, [n, 1] each.
        slices: Lists of columns to slice by.

    Returns:
        The row numbers, ascending, by slice name: `overall` first, the others sorted. Missing values are a value too.
    """
    count = len(next(iter(columns.values())))
    row_numbers = {}
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
            row_numbers[tfma_results.slice_name(key)] = rows
    return {"overall": np.arange(count)} | dict(sorted(row_numbers.items()))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
