"""For whom a promise is: all rows, every slice of some columns, or one slice."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modules.base.promises import Promises
from modules.judging import tfma_results
from modules.judging.slices import OVERALL
from modules.judging.tfma_results import Slice

# Why there is nothing to decide for a slice that the config names.
NO_ROW = "no test row is of this slice"


def slicings(promises: Promises) -> list[list[str]]:
    """Returns the lists of columns that the promises slice by, each sorted and once."""
    scoped = (*promises.quality, *promises.rates, *promises.compression)
    lists = [names for promise in scoped for names in promise.slices]
    lists += [list(promise.slice) for promise in scoped if promise.slice]
    lists += [promise.columns for promise in promises.gaps]
    return [list(names) for names in dict.fromkeys(tuple(sorted(set(names))) for names in lists)]


def of_promise(promise: Any, rows_by_key: Mapping[Slice, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns whom a promise with a scope is for: row numbers by the slice's name; none of a slice that no row is of.

    Args:
        promise: A promise with `slices` and `slice`.
        rows_by_key: Row numbers by key of the slice.
    """
    if promise.slices:
        return {name: rows for names in promise.slices for name, rows in of_columns(names, rows_by_key).items()}
    if promise.slice is None:
        return {"overall": rows_by_key[OVERALL]}
    key = find(promise.slice, rows_by_key)
    return {name_of(promise.slice): np.zeros(0, np.int64) if key is None else rows_by_key[key]}


def of_columns(names: Sequence[str], rows_by_key: Mapping[Slice, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns every slice of some columns: row numbers by the slice's name."""
    wanted = tuple(sorted(set(names)))
    return {
        tfma_results.slice_name(key): rows
        for key, rows in rows_by_key.items()
        if key and tuple(column for column, _ in key) == wanted
    }


def find(values: Mapping[str, Any], rows_by_key: Mapping[Slice, np.ndarray]) -> Slice | None:
    """Returns the key of the slice that the config means by values of columns; None if no row is of it."""
    wanted = sorted(values.items())
    for key in rows_by_key:
        if [column for column, _ in key] == [column for column, _ in wanted] and all(
            _same(held, meant) for (_, held), (_, meant) in zip(key, wanted, strict=True)
        ):
            return key
    return None


def name_of(values: Mapping[str, Any]) -> str:
    """Returns the name of the slice of some values, whether or not a row is of it."""
    return tfma_results.slice_name(tuple(sorted(values.items())))


def _same(held: Any, meant: Any) -> bool:
    if isinstance(held, bytes):
        text = str(meant).lower() if isinstance(meant, bool) else str(meant)
        return held.decode("utf-8") in {text, str(meant)}
    if isinstance(held, float) and isinstance(meant, (int, float)):
        return held == float(np.float32(meant))  # a column of floats holds float32
    return bool(held == meant)
