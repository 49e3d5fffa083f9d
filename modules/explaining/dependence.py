"""How the answer changes with one column: partial dependence, and the answers to single rows that it is the mean of.

References:
    Friedman, Greedy Function Approximation, 2001 (doi:10.1214/aos/1013203451): partial dependence.
    Goldstein et al., Peeking Inside the Black Box, 2015 (arXiv:1309.6392): individual conditional expectation, ICE.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from modules.explaining import raw_function
from modules.explaining.raw_function import RawColumn, RawFunction, Rows

MOST_NUMBERS, MOST_CATEGORIES = 20, 12


@dataclasses.dataclass(frozen=True, eq=False)
class Grid:
    """The values of a column at which the model is asked.

    Attributes:
        column: The column.
        values: Known values, as the column holds them: numbers ascend, categories begin with the most frequent, [k].
        has_missing: Whether rows lack a value: the model is then asked about a missing one, too.
    """

    column: RawColumn
    values: np.ndarray
    has_missing: bool

    @property
    def asked(self) -> np.ndarray:
        """The values, a missing one at the end where rows lack one, [k] or [k + 1]."""
        return np.concatenate([self.values, self.column.filled(int(self.has_missing), self.column.missing)])


@dataclasses.dataclass(frozen=True, eq=False)
class Dependence:
    """Answers to the rows while a column has each value of a grid.

    Attributes:
        grid: The values.
        answers: One output of the answer, float64 [n, len(grid.asked)]: the ICE lines.
    """

    grid: Grid
    answers: np.ndarray

    @property
    def partial(self) -> np.ndarray:
        """Partial dependence: the mean of the lines, [len(grid.asked)]."""
        return self.answers.mean(axis=0)

    @property
    def centred(self) -> np.ndarray:
        """The lines less what they are at the first value of the grid, as `answers`."""
        return self.answers - self.answers[:, :1]

    @property
    def strength(self) -> float:
        """How far the column moves an answer: root mean square of the lines around their own means."""
        return float(np.sqrt(((self.answers - self.answers.mean(axis=1, keepdims=True)) ** 2).mean()))


def grid_of(column: RawColumn, values: np.ndarray, numbers: int = MOST_NUMBERS, most: int = MOST_CATEGORIES) -> Grid:
    """Chooses the values at which the model is asked.

    Args:
        column: The column.
        values: Its values in some rows, [n].
        numbers: At most so many numbers: all that there are, or quantiles; where a few values fill most quantiles,
            quantiles of the distinct values as well.
        most: At most so many categories: the most frequent ones.
    """
    is_missing = column.is_missing(values)
    known, counts = np.unique(values[~is_missing], return_counts=True)
    if not column.is_number:
        known = known[np.argsort(-counts, kind="stable")[:most]]
    elif len(known) > numbers:
        places = np.quantile(np.repeat(np.arange(len(known)), counts), np.linspace(0, 1, numbers), method="nearest")
        chosen = np.unique(places)
        others = np.linspace(0, len(known) - 1, numbers - len(chosen) + 2)[1:-1].round().astype(int)
        known = known[np.unique(np.concatenate([chosen, others]))]
    return Grid(column, known, bool(is_missing.any()))


def dependence(function: RawFunction, rows: Rows, grid: Grid, output: int = 0) -> Dependence:
    """Asks about the same rows once for each value of a grid.

    Args:
        function: The model.
        rows: The rows.
        grid: The values of one column.
        output: Which number of an answer.
    """
    total, asked = raw_function.count(rows), grid.asked
    changed = {grid.column.name: np.repeat(asked, total)}
    answers = function(raw_function.replaced(raw_function.repeated(rows, len(asked)), changed))[:, output]
    return Dependence(grid, answers.reshape(len(asked), total).T)


def two_way(function: RawFunction, rows: Rows, grids: Sequence[Grid], output: int = 0) -> np.ndarray:
    """Returns the partial dependence on two columns, without missing values, float64 [k, l].

    Args:
        function: The model.
        rows: The rows.
        grids: The values of both columns.
        output: Which number of an answer.
    """
    total = raw_function.count(rows)
    first, second = (grid.values for grid in grids)
    changed = {
        grids[0].column.name: np.repeat(first, len(second) * total),
        grids[1].column.name: np.tile(np.repeat(second, total), len(first)),
    }
    many = raw_function.repeated(rows, len(first) * len(second))
    answers = function(raw_function.replaced(many, changed))[:, output]
    return answers.reshape(len(first), len(second), total).mean(axis=2)
