"""Who shares an answer out: columns, or groups of columns that join together."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from modules.explaining import raw_function
from modules.explaining.raw_function import RawFunction, Rows

# The name of the group of all columns that have no player of their own.
OTHERS = "all other columns"


@dataclasses.dataclass(frozen=True)
class Players:
    """Groups of columns; each column is in one of them.

    Attributes:
        names: Name of each: of a column alone the column's.
        columns: The columns of each.
    """

    names: Sequence[str]
    columns: Sequence[Sequence[str]]

    @classmethod
    def of(cls, names: Sequence[str], own: Sequence[str] | None = None) -> "Players":
        """Returns a player for each column.

        Args:
            names: The columns.
            own: Which have a player of their own; all by default. The others share one.
        """
        alone = list(names if own is None else own)
        others = [name for name in names if name not in set(alone)]
        groups = [[name] for name in alone] + ([others] if others else [])
        return cls([*alone, *([OTHERS] if others else [])], groups)

    def __len__(self) -> int:
        return len(self.names)

    def rows(self, pool: Rows, places: np.ndarray) -> Rows:
        """Puts rows together from the cells of others.

        Args:
            pool: The rows that cells are taken from.
            places: Which row of the pool each player's cells come from, int64 [n, players].
        """
        largest = max(range(len(self)), key=lambda number: len(self.columns[number]))
        others = {
            column: pool[column][places[:, number]]
            for number, group in enumerate(self.columns)
            if number != largest
            for column in group
        }
        return raw_function.composed(pool, places[:, largest], others)


@dataclasses.dataclass(frozen=True, eq=False)
class Attribution:
    """What each player contributed to the answers to some rows.

    Attributes:
        players: Their names.
        values: Shapley values, float64 [n, players, outputs], in the unit of the answers.
        base: The mean answer to the background, [outputs].
        answers: The answers to the rows, [n, outputs].
    """

    players: Sequence[str]
    values: np.ndarray
    base: np.ndarray
    answers: np.ndarray

    @property
    def additivity_error(self) -> float:
        """By how much base and values together miss an answer at most."""
        return float(np.abs(self.base + self.values.sum(axis=1) - self.answers).max(initial=0.0))

    @property
    def mean_absolute(self) -> dict[str, float]:
        """How far each player moves an answer in the mean, over rows and outputs; the greatest first."""
        means = np.abs(self.values).mean(axis=(0, 2))
        return {self.players[place]: float(means[place]) for place in np.argsort(-means, kind="stable")}


def telling(
    function: RawFunction,
    rows: Rows,
    background: Rows,
    most: int,
    asked: int = 20_000,
    among: Sequence[str] | None = None,
) -> Sequence[str]:
    """Returns the columns that move answers most when they alone take another row's value, in the function's order.

    Args:
        function: The model.
        rows: Rows whose answers are to be explained.
        background: Rows that other values are taken from.
        most: How many columns to return; all where there are no more.
        asked: How many rows the model may be asked in all; at least two by column.
        among: The columns to choose from; all by default.
    """
    names = [column.name for column in function.columns if among is None or column.name in set(among)]
    if len(names) <= most:
        return names
    count = min(raw_function.count(rows), raw_function.count(background), max(2, asked // len(names)))
    given, other = (raw_function.taken(part, np.arange(count)) for part in (rows, background))
    answers = function(given)
    together = max(1, 4_096 // count)
    moved = []
    for start in range(0, len(names), together):
        some = names[start : start + together]
        asked_rows = raw_function.joined([raw_function.replaced(given, {name: other[name]}) for name in some])
        found = function(asked_rows).reshape(len(some), count, -1)
        moved.append(np.abs(found - answers).mean(axis=(1, 2)))
    best = np.argsort(-np.concatenate(moved), kind="stable")[:most]
    return [names[place] for place in np.sort(best)]
