"""What the model loses when a column is shuffled.

References:
    Breiman, Random Forests, 2001 (doi:10.1023/A:1010933404324).
    Fisher, Rudin and Dominici, All Models are Wrong, but Many are Useful, 2019 (arXiv:1801.01489).
"""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from modules.explaining import raw_function
from modules.explaining.raw_function import RawFunction
from modules.explaining.row_set import RowSet
from modules.judging.statistics.normal import Z

# How bad answers are, of labels, answers [n, outputs] and weights of the rows or None; NaN where they do not define it.
Loss = Callable[[np.ndarray, np.ndarray, np.ndarray | None], float]

REPEATS = 10
# How often the rows are drawn anew: a standard error is then known to 13 %.
_DRAWS = 30


@dataclasses.dataclass(frozen=True)
class Importance:
    """What shuffling costs.

    Attributes:
        value: How much greater the loss is, mean of the repeats; 0 exactly where no answer changes.
        low: Lower end of its 95 % interval.
        high: Upper end.
    """

    value: float
    low: float
    high: float


class Shuffler:
    """Shuffles columns of the same rows, always in the same orders.

    Args:
        function: The model.
        rows: The rows, at least one.
        loss: What is lost, in any unit.
        seed: The same seed gives the same orders.
        repeats: How often a column is shuffled.
    """

    def __init__(self, function: RawFunction, rows: RowSet, loss: Loss, seed: int, repeats: int = REPEATS) -> None:
        generator = np.random.default_rng(seed)
        self._function, self._rows, self._loss = function, rows, loss
        self._orders = [generator.permutation(len(rows)) for _ in range(repeats)]
        self._counts = generator.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), _DRAWS)
        usual = function(rows.rows)
        self._before = np.array([self._measured(usual, order) for order in self._orders])

    @property
    def loss(self) -> float:
        """The loss while nothing is shuffled; NaN where the rows do not define it."""
        return float(self._before[0, 0])

    def importance(self, columns: Sequence[str]) -> Importance:
        """Shuffles columns together: each row gets all their values from one other row.

        The interval is for other rows of the same kind (the bootstrap) and for other shuffles: both variances are
        added, and the sum is taken as normal.

        Args:
            columns: Their names, at least one.
        """
        many = raw_function.repeated(self._rows.rows, len(self._orders))
        changed = {name: np.concatenate([self._rows.rows[name][order] for order in self._orders]) for name in columns}
        answers = self._function(raw_function.replaced(many, changed))
        by_repeat = zip(np.split(answers, len(self._orders)), self._orders, strict=True)
        lost = np.array([self._measured(part, order) for part, order in by_repeat]) - self._before
        value = float(lost[:, 0].mean())
        of_rows = np.nanvar(lost[:, 1:].mean(axis=0), ddof=1)
        of_orders = np.var(lost[:, 0], ddof=1) / len(self._orders)
        half = Z * float(np.sqrt(of_rows + of_orders))
        return Importance(value, value - half, value + half)

    def _measured(self, answers: np.ndarray, order: np.ndarray) -> np.ndarray:
        """Returns the loss of all rows, and then of each draw of them, [1 + draws].

        A row counts in a draw as often as it is drawn, times how often the row is that its values come from.
        """
        own = np.ones(len(order)) if self._rows.weights is None else self._rows.weights
        draws = self._counts * self._counts[:, order] * own
        return np.array([self._loss(self._rows.labels, answers, of_rows) for of_rows in (self._rows.weights, *draws)])
