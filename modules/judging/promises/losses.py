"""What a model loses against another one on the same rows: how much worse a metric or a rate is."""

import numpy as np

from modules import tasks
from modules.judging.promises import paired, scopes
from modules.judging.promises.compared import ComparedRows
from modules.judging.promises.estimate import Estimate, undefined
from modules.tasks import confusion

# Rates of which more is better, and those that are neither good nor bad, of which any change is a loss.
_BETTER_HIGH = ("true_positive_rate", "true_negative_rate")
_NEUTRAL = ("positive_rate", "negative_rate")


def of_metric(
    metric: str, rows: ComparedRows, other: np.ndarray, of_slice: np.ndarray, other_threshold: float | None = None
) -> Estimate:
    """Measures how much worse a metric is under the model that would ship.

    Args:
        metric: Its name in the registry.
        rows: The rows.
        other: What the other model predicts of all of them.
        of_slice: The numbers of the rows that are meant.
        other_threshold: The other model's decision threshold; None takes that of the rows.
    """
    if not len(of_slice):
        return undefined(scopes.NO_ROW, 0, "exact")
    models = [of[of_slice].astype(np.float64) for of in (other, rows.shipped)]
    labels, own = rows.labels[of_slice], rows.weights_of(of_slice)
    measure = rows.measure(metric)
    both = measure.at(other_threshold), measure
    found = paired.difference(both, labels, models[0], models[1], own, rows.resampler)
    return found if tasks.METRICS[metric].higher_is_better else found.negated()


def of_rate(rate: str, number: int, rows: ComparedRows, other: np.ndarray, of_slice: np.ndarray) -> Estimate:
    """Measures how much worse a rate of one class is under the model that would ship; arguments as of `of_metric`.

    Args:
        rate: Its name in `confusion.RATES`.
        number: The number of the class.
        rows: The rows.
        other: What the other model predicts.
        of_slice: The rows that are meant.
    """
    positive = rows.labels[of_slice] == number
    counted = [
        confusion.rows_of(confusion.RATES[rate], positive, rows.decisions(of[of_slice]) == number)
        for of in (other, rows.shipped)
    ]
    found = paired.share_difference(counted[0], counted[1], rows.weights_of(of_slice), rows.resampler)
    if rate in _NEUTRAL:
        return found.folded()
    return found if rate in _BETTER_HIGH else found.negated()
