"""Every slice with its metrics and, of classes, its rates."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modules import tasks
from modules.contracts.intervals import IntervalsOfSlices, SliceIntervals
from modules.judging.estimates import measures, rates
from modules.judging.statistics import normal, resampling
from modules.tasks import decisions


def intervals(
    task: str,
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: Sequence[str],
    rows_by_slice: Mapping[str, np.ndarray],
    thresholds: Sequence[float],
    seed: int,
    threshold: float | None = None,
) -> IntervalsOfSlices:
    """Measures all slices.

    Args:
        task: The task's name.
        labels: The number of the class, or the value, [n].
        predictions: The probability of each class, [n, classes], or the value, [n, 1].
        weights: Weight of each row, [n], if there are any.
        classes: Names of the classes, in order.
        rows_by_slice: Row numbers by slice name.
        thresholds: The thresholds of Fairness Indicators.
        seed: The same seed gives the same intervals.
        threshold: The decision threshold; None is the default one, if the task has any.

    Returns:
        The slices. A metric and a rate are objects with `value`, `low`, `high`, `rows` (those that it is over),
        `method` (`wilson` or `bootstrap`) and `reason`: why there is no interval, or no value. An area under a curve
        has `positives` and `negatives` too.
    """
    resampler = resampling.Resampler(seed, len(labels))
    predictions = predictions.astype(np.float64)
    at = decisions.shown(thresholds, threshold)
    measured_slices = []
    for name, rows in rows_by_slice.items():
        own = None if weights is None else weights[rows]
        metrics = measures.metrics(task, labels[rows], predictions[rows], own, list(classes), resampler, threshold)
        of_slice: dict[str, Any] = {}
        for number, of_class in tasks.named(task).rated(classes):
            scores, positive = predictions[rows, number], labels[rows] == number
            measured = rates.rates(scores, positive, own, at, resampler)
            of_slice |= {rate + (of_class and f"/{of_class}"): entry for rate, entry in measured.items()}
        measured_slices.append(SliceIntervals(name, len(rows), metrics, of_slice))
    return IntervalsOfSlices(normal.CONFIDENCE, resampling.REPLICATES, measured_slices)
