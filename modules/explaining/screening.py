"""Which columns count at all: a cheap look at wide tables, before a method that asks much of each column."""

from collections.abc import Sequence

import numpy as np

from modules.explaining import raw_function
from modules.explaining.raw_function import RawFunction, Rows

# How many columns the methods look at closely.
MOST_COLUMNS = 32
# How many rows are asked in all; of each column at least as many as the second.
_ASKED, _LEAST = 20_000, 4
# How many cells are in memory at once.
_CELLS = 20_000_000


def strongest(
    function: RawFunction, rows: Rows, seed: int, most: int = MOST_COLUMNS, among: Sequence[str] | None = None
) -> list[str]:
    """Returns the columns that move the answers most when their values are exchanged between rows.

    Nothing is asked of a table that has no more columns than wanted.

    Args:
        function: The model.
        rows: Rows to draw from.
        seed: The same seed draws the same rows.
        most: How many columns are wanted.
        among: The columns to choose from, in the model's order; None for all.

    Returns:
        Names, at most so many, in the model's order.
    """
    names = [column.name for column in function.columns] if among is None else [*among]
    if len(names) <= most:
        return names
    total = raw_function.count(rows)
    wanted = min(total, max(_LEAST, _ASKED // len(names)))
    drawn = raw_function.taken(rows, np.random.default_rng(seed).choice(total, wanted, replace=False))
    usual = function(drawn)
    at_once = max(1, _CELLS // (wanted * len(function.columns)))
    moved = np.zeros(len(names))
    for start in range(0, len(names), at_once):
        part = names[start : start + at_once]
        asked, changed = raw_function.repeated(drawn, len(part)), {}
        for number, name in enumerate(part):
            # Each row gets the value of the one before: none keeps its own.
            changed[name] = np.tile(drawn[name], len(part))
            changed[name][number * wanted : (number + 1) * wanted] = np.roll(drawn[name], 1)
        answers = function(raw_function.replaced(asked, changed)).reshape(len(part), wanted, -1)
        moved[start : start + len(part)] = np.abs(answers - usual).mean(axis=(1, 2))
    return [names[place] for place in sorted(np.argsort(-moved, kind="stable")[:most])]
