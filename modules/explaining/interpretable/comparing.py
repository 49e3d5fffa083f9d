"""What interpretability would cost: readable models against the one that ships, on the same test rows."""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from modules import tasks
from modules.explaining.clock import Clock
from modules.explaining.interpretable import (
    calibrated_linear,
    explainable_boosting,
    linear,
    monotone_trees,
    neighbours,
    rule_fit,
    shallow_tree,
)
from modules.explaining.interpretable.given import Given, Readable
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.row_set import RowSet
from modules.judging.promises import paired
from modules.judging.statistics.resampling import Resampler

LEARNERS: Mapping[str, Callable[[Given], Readable]] = {
    "linear": linear.fit,
    "shallow_tree": shallow_tree.fit,
    "rule_fit": rule_fit.fit,
    "calibrated_linear": calibrated_linear.fit,
    "explainable_boosting": explainable_boosting.fit,
    "monotone_trees": monotone_trees.fit,
    "neighbours": neighbours.fit,
}
# Those that have nothing to do without a constraint.
CONSTRAINED = ("monotone_trees",)
_BYTES = 4


@dataclasses.dataclass(frozen=True)
class Cost:
    """What one readable model would cost.

    Attributes:
        model: Its name.
        value: What it has by the metric.
        difference: How much more that is than what the model that ships has; None where the rows do not define it.
        low: Lower end of the 95 % interval of the difference, on the same rows.
        high: Upper end.
        reason: Why there is no difference, or no interval.
        bytes: Four for each number that it has to store, and those of the texts of the categories.
        holds: What it consists of.
        rows: How many rows it learnt from.
    """

    model: str
    value: float
    difference: float | None
    low: float | None
    high: float | None
    reason: str
    bytes: int
    holds: str
    rows: int


def compare(given: Given, test: RowSet, shipped: np.ndarray, clock: Clock) -> list[Cost]:
    """Fits every model, and holds it against the one that ships.

    Args:
        given: What they learn from; more than one class, where there are classes.
        test: The rows that they are judged on.
        shipped: What the model that ships answers to them, float64 [n, classes] or [n, 1].
        clock: No model is begun when it is over.

    Returns:
        By the first metric of the task's ladder, in the order of `LEARNERS`; without those that have nothing to do, and
        those that there was no time for.
    """
    task = given.target.task
    measure = tasks.METRICS[tasks.LADDER[task][0]].measures[task]
    resampler = Resampler(given.seed, len(test))
    costs = []
    for name, fit in wanted(given).items():
        if clock.over:
            break
        model = fit(given)
        answers = model.answer(test.rows)
        found = paired.difference((measure, measure), test.labels, answers, shipped, test.weights, resampler)
        value = float(measure(test.labels, answers, test.weights))
        size = _BYTES * model.numbers + text_bytes(given.plain)
        costs.append(Cost(name, value, found.value, found.low, found.high, found.reason, size, model.holds, model.rows))
    return costs


def wanted(given: Given) -> dict[str, Callable[[Given], Readable]]:
    """Returns the models that have something to do."""
    return {name: fit for name, fit in LEARNERS.items() if given.signs or name not in CONSTRAINED}


def text_bytes(plain: PlainColumns) -> int:
    """Returns how long the categories are that a model has to recognize: a text its UTF-8, a number four bytes."""
    known = [value for values in plain.categories.values() for value in values]
    return sum(len(value) if isinstance(value, bytes) else _BYTES for value in known)
