"""LIME: a linear model of the answers around one row (Ribeiro, Singh and Guestrin, 2016, arXiv:1602.04938).

Rows around a row are made cell by cell: each keeps its value, or takes that of a training row, one column independently
of the other. The linear model reads of each column only whether its value is still like the row's: the same category,
or a number in the same quarter of the training rows. It is fitted with weights that fall with the number of columns
that differ, by ridge regression, and on few columns, which are chosen one after the other.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from modules.explaining import raw_function
from modules.explaining.raw_function import RawColumn, RawFunction, Rows

# Of the kernel, per column; as in the paper's own code.
_WIDTH = 0.75
_RIDGE = 1.0
# With which chance a column keeps the row's own value.
_KEPT = 0.5
# A column that adds less to R² is not taken in.
_LEAST_GAIN = 1e-3
# Below, the linear model is no picture of what the model does.
POOR = 0.5


@dataclasses.dataclass(frozen=True)
class LocalFit:
    """The linear model around one row.

    Attributes:
        weights: By chosen column, what the answer gains as long as it is like the row's, the greatest first.
        all_weights: The same of a linear model of all columns.
        alike: By chosen column, what is like the row's: a category, or an interval of numbers.
        intercept: The answer where no chosen column is like the row's.
        fitted: What the linear model answers to the row.
        answer: What the model answers to it.
        r_squared: Share of the answers' variance around the row that the linear model explains, at most 1.
    """

    weights: Mapping[str, float]
    all_weights: Mapping[str, float]
    alike: Mapping[str, str]
    intercept: float
    fitted: float
    answer: float
    r_squared: float

    @property
    def is_poor(self) -> bool:
        """Whether the linear model is no picture of what the model does around the row."""
        return self.r_squared < POOR


def explain(
    function: RawFunction,
    row: Rows,
    training: Rows,
    output: int,
    seed: int,
    names: Sequence[str] | None = None,
    samples: int = 1_000,
    most_columns: int = 6,
) -> LocalFit:
    """Fits a linear model around a row.

    Args:
        function: The model.
        row: One row.
        training: Training rows, whose values are drawn.
        output: The output that is explained.
        seed: Of the draws.
        names: The columns that change; all by default.
        samples: How many rows are made.
        most_columns: How many columns the linear model reads at most.
    """
    random = np.random.default_rng(seed)
    columns = [column for column in function.columns if names is None or column.name in set(names)]
    around: dict[str, np.ndarray] = {}
    same, alike = np.ones((samples, len(columns))), {}
    for number, column in enumerate(columns):
        values = training[column.name]
        kept = random.random(samples) < _KEPT
        kept[0] = True
        drawn = np.where(kept, np.tile(row[column.name], samples), values[random.integers(0, len(values), samples)])
        around[column.name] = drawn
        same[:, number], alike[column.name] = _like(column, row[column.name][0], drawn, values)
    answers = function(raw_function.replaced(raw_function.repeated(row, samples), around))[:, output]
    weights = np.exp(-(1.0 - same).sum(axis=1) / (_WIDTH**2 * len(columns)))
    fit = _Weighted(same, answers, weights)
    chosen = fit.forward(most_columns)
    slopes, intercept = fit.ridge(chosen)
    order = np.argsort(-np.abs(slopes), kind="stable")
    every, _ = fit.ridge(list(range(len(columns))))
    return LocalFit(
        {columns[chosen[place]].name: float(slopes[place]) for place in order},
        {column.name: float(slope) for column, slope in zip(columns, every, strict=True)},
        {columns[chosen[place]].name: alike[columns[chosen[place]].name] for place in order},
        float(intercept),
        float(intercept + slopes.sum()),
        float(answers[0]),
        fit.r_squared(chosen),
    )


def _like(
    column: RawColumn, value: float | int | bytes, drawn: np.ndarray, training: np.ndarray
) -> tuple[np.ndarray, str]:
    """Tells which values are like a row's, and how that is called."""
    if not column.is_number or bool(column.is_missing(column.filled(1, value))[0]):
        missing = column.is_missing(drawn) & column.is_missing(column.filled(len(drawn), value))
        return (drawn == value) | missing, column.text(value)
    known = training[~column.is_missing(training)]
    edges = np.unique(np.quantile(known.astype(np.float64), (0.25, 0.5, 0.75)))
    place = int(np.searchsorted(edges, float(value)))
    here = (np.searchsorted(edges, drawn.astype(np.float64)) == place) & ~column.is_missing(drawn)
    low = "" if place == 0 else f"above {edges[place - 1]:.6g}"
    high = "" if place == len(edges) else f"at most {edges[place]:.6g}"
    return here, " and ".join(part for part in (low, high) if part) or "any number"


class _Weighted:
    """Weighted ridge regression on some of the columns, by the moments of all."""

    def __init__(self, same: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> None:
        self._means = np.average(same, axis=0, weights=weights)
        self._mean = float(np.average(answers, weights=weights))
        centred, apart = same - self._means, answers - self._mean
        self._products = (centred * weights[:, None]).T @ centred
        self._with_answers = (centred * weights[:, None]).T @ apart
        self._total = float((weights * apart**2).sum()) if np.ptp(answers) else 0.0

    def ridge(self, chosen: Sequence[int]) -> tuple[np.ndarray, float]:
        """Returns slopes and intercept."""
        places = list(chosen)
        gram = self._products[np.ix_(places, places)] + _RIDGE * np.eye(len(places))
        slopes = np.linalg.solve(gram, self._with_answers[places])
        return slopes, self._mean - float(slopes @ self._means[places])

    def r_squared(self, chosen: Sequence[int]) -> float:
        """Returns the share of the variance that is explained; 1 where there is none."""
        if self._total <= 0:
            return 1.0
        places = list(chosen)
        slopes, _ = self.ridge(places)
        explained = 2 * slopes @ self._with_answers[places] - slopes @ self._products[np.ix_(places, places)] @ slopes
        return float(explained / self._total)

    def forward(self, most: int) -> list[int]:
        """Chooses columns one after the other, each time the one that explains most."""
        chosen: list[int] = []
        reached = 0.0
        while len(chosen) < min(most, len(self._means)):
            left = [place for place in range(len(self._means)) if place not in chosen]
            found = [self.r_squared([*chosen, place]) for place in left]
            best = int(np.argmax(found))
            if self._total <= 0 or found[best] < reached + _LEAST_GAIN:
                break
            reached = found[best]
            chosen.append(left[best])
        return chosen
