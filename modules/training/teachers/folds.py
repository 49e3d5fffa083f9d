"""Which training row belongs to which fold."""

import numpy as np

# What SplitMix64 adds for each next number, 2⁶⁴ over the golden ratio: seeds that differ by little draw unlike orders.
_GOLDEN = 0x9E3779B97F4A7C15


def folds_of(first: int, count: int, folds: int, seed: int) -> np.ndarray:
    """Returns the folds of rows that follow one another in the files, int64 [count], from 0.

    Of as many rows as there are folds, from the start of the files on, each lies in another fold, in an order that the
    seed draws: folds are of one size, also where the files are sorted, and a row's fold depends on its number alone.

    Args:
        first: The number of the first row, counted from 0 in file order.
        count: How many rows there are.
        folds: The number of folds.
        seed: The seed of the run.
    """
    start = first // folds
    blocks = np.arange(start, (first + count - 1) // folds + 1 if count else start, dtype=np.uint64)
    numbers = blocks[:, None] * np.uint64(folds) + np.arange(folds, dtype=np.uint64)
    order = _mixed(numbers + np.uint64(seed * _GOLDEN % 2**64)).argsort(axis=1)
    begin = first - start * folds
    return order.argsort(axis=1).reshape(-1)[begin : begin + count]


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Returns numbers that look drawn, uint64: SplitMix64 (Steele, Lea and Flood, 2014), which wraps around."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
