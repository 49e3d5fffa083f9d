"""Whether the validation rows flatter a model: their metric beside that of the test rows, with an interval of both.

References:
    Zou and Donner, Construction of Confidence Limits About Effect Measures: A General Approach, Statistics in Medicine
    27, 2008: an interval of a difference from the intervals of its parts.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from modules import tasks
from modules.judging.estimates import measures
from modules.judging.statistics.resampling import Resampler


@dataclasses.dataclass(frozen=True, eq=False)
class Answered:
    """Rows of a split: labels [n], answers as metrics take them [n, classes] or [n, 1], and weights, if any."""

    labels: np.ndarray
    answers: np.ndarray
    weights: np.ndarray | None


@dataclasses.dataclass(frozen=True)
class Compared:
    """A metric on the validation and on the test rows.

    Attributes:
        metric: Its name.
        validation: Its value there, with the ends of its interval, if there is one.
        test: The same of the test rows.
        better: By how much the validation rows are better: above 0 also where low values are better.
        low: Lower end of its 95 % interval; None where one of the values has no interval.
        high: Its upper end.
    """

    metric: str
    validation: tuple[float, float | None, float | None]
    test: tuple[float, float | None, float | None]
    better: float
    low: float | None
    high: float | None

    @property
    def beyond_chance(self) -> bool:
        """Whether the validation rows are better by more than chance makes of it."""
        return self.low is not None and self.low > 0


def compare(
    task: str,
    classes: Sequence[str],
    validation: Answered,
    test: Answered,
    threshold: float | None,
    seed: int,
) -> list[Compared]:
    """Measures what can be gated on both splits, first the metric that decides on the ladder.

    Args:
        task: The task's name.
        classes: Names of the classes.
        validation: The validation rows.
        test: The test rows.
        threshold: The decision threshold of two classes.
        seed: Draws the resamples.

    Returns:
        A metric that one of the splits does not define is left out.
    """
    resampler = Resampler(seed, max(len(validation.labels), len(test.labels)))
    first = tasks.LADDER[task][0]
    made = []
    for name in [first, *(name for name in tasks.GATES[task] if name != first)]:
        measure = tasks.METRICS[name].measure(task, threshold)
        on_validation, on_test = (
            measures.metric(measure, rows.labels, rows.answers, rows.weights, classes, resampler)
            for rows in (validation, test)
        )
        if on_validation["value"] is None or on_test["value"] is None:
            continue
        sign = 1 if tasks.METRICS[name].higher_is_better else -1
        first_value, second_value = ((of["value"], of["low"], of["high"]) for of in (on_validation, on_test))
        made.append(Compared(name, first_value, second_value, *_difference(first_value, second_value, sign)))
    return made


Value = tuple[float, float | None, float | None]


def _difference(first: Value, second: Value, sign: int) -> tuple[float, float | None, float | None]:
    (value, low, high), (other, other_low, other_high) = first, second
    difference = sign * (value - other)
    if low is None or high is None or other_low is None or other_high is None:
        return difference, None, None
    below, above = math.hypot(value - low, other_high - other), math.hypot(high - value, other - other_low)
    return difference, difference - (below if sign > 0 else above), difference + (above if sign > 0 else below)
