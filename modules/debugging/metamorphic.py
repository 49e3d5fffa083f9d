"""Changes of rows that must not move an answer by anything at all.

References:
    Chen, Cheung and Yiu, Metamorphic Testing: A New Approach for Generating Next Test Cases, 1998.
"""

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np

from modules.explaining import raw_function
from modules.explaining.raw_function import RawFunction, Rows

_ALONE = 50


@dataclasses.dataclass(frozen=True)
class Check:
    """One change.

    Attributes:
        check: Its name.
        rows: How many rows were compared.
        moved: How many of them get another answer.
        largest: By how much at most; infinite where an answer is no number after it.
    """

    check: str
    rows: int
    moved: int
    largest: float


def run(function: RawFunction, rows: Rows, seed: int) -> Iterator[Check]:
    """Changes rows, and compares the answers exactly.

    Args:
        function: The model.
        rows: The rows.
        seed: Draws the order, and what an unused column holds.

    Yields:
        `unused_column`: one more column in the table; `row_order`: the rows in another order; `batch_of_one`: the first
        50 rows one by one; `unseen_category`: another name for a category that no row has, in every categorical column.
    """
    generator, count = np.random.default_rng(seed), raw_function.count(rows)
    usual = function(rows)
    unused = {"a column that no model reads": generator.normal(size=count).astype(np.float32)}
    yield _compared("unused_column", usual, function(raw_function.replaced(rows, unused)))
    order = generator.permutation(count)
    yield _compared("row_order", usual[order], function(raw_function.taken(rows, order)))
    alone = [function(raw_function.taken(rows, np.array([place]))) for place in range(min(_ALONE, count))]
    yield _compared("batch_of_one", usual[: len(alone)], np.concatenate(alone))
    if any(not column.is_number for column in function.columns):
        one, other = (function(raw_function.replaced(rows, _unseen(function, rows, number))) for number in (0, 1))
        yield _compared("unseen_category", one, other)


def _unseen(function: RawFunction, rows: Rows, number: int) -> Mapping[str, np.ndarray]:
    """Returns the categorical columns with a category that no row has, one of two."""
    made = {}
    for column in function.columns:
        if not column.is_number:
            name = (b"never seen", b"unbekannt!")[number]
            value = name if column.dtype == "string" else np.iinfo(np.int64).max - number
            made[column.name] = column.filled(raw_function.count(rows), value)
    return made


def _compared(name: str, before: np.ndarray, after: np.ndarray) -> Check:
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    distance = np.where(same, 0.0, np.nan_to_num(np.abs(after - before), nan=np.inf))
    return Check(name, len(before), int((~same).any(axis=1).sum()), float(distance.max(initial=0.0)))
