"""The gated metrics of a task on the rows of a slice, each with its interval: a method for each shape of a measure."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from modules import tasks
from modules.judging.estimates import entries, ranking, rates
from modules.judging.statistics.resampling import LEAST_ROWS, TOO_FEW, Resampler
from modules.tasks import measures
from modules.tasks.measures import Measure

Entry = dict[str, Any]

# An area says little of the truth if the rarer class has fewer rows: its interval, by any method, is then too narrow.
LEAST_OF_CLASS = 20
FEW_OF_CLASS = f"fewer than {LEAST_OF_CLASS} rows"


def metrics(
    task: str,
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: Sequence[str],
    resampler: Resampler,
    threshold: float | None = None,
) -> dict[str, Entry]:
    """Measures what `tasks.GATES` names for the task, as the Evaluator does.

    Args:
        task: The task's name.
        labels: The number of the class, or the value, [n].
        predictions: The probability of each class, [n, classes], or the value, [n, 1].
        weights: Weight of each row, [n], if there are any.
        classes: Names of the classes, in order.
        resampler: Draws the replicates.
        threshold: The decision threshold; None is the default one, if the task has any.

    Returns:
        An entry a metric: see `entries.entry`. That of an area has `rarest` too, the rows of the rarest class or of
        its rest, and that of an area of one class `positives` and `negatives`.
    """
    return {
        name: metric(tasks.METRICS[name].measure(task, threshold), labels, predictions, weights, classes, resampler)
        for name in tasks.GATES[task]
    }


def metric(
    measure: Measure,
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: Sequence[str],
    resampler: Resampler,
) -> Entry:
    """Measures one metric, by the method of its shape; arguments and entry as of `metrics`."""
    return _METHODS[type(measure)](measure, labels, predictions, weights, classes, resampler)


def _share(
    measure: measures.Share,
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: Sequence[str],
    resampler: Resampler,
) -> Entry:
    having, among = measure.rows(labels, predictions)
    return rates.proportion(having, among, weights, resampler)


def _area(
    measure: measures.Area,
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: Sequence[str],
    resampler: Resampler,
) -> Entry:
    if measure.of_each_class:
        return _mean_area(measure, labels, predictions, weights, classes, resampler)
    positive = labels == 1
    counts = {"positives": int(positive.sum()), "negatives": int((~positive).sum())}
    known = counts | {"rarest": min(counts.values())}
    lacking = [name for name, count in counts.items() if not count]
    if lacking:
        return entries.undefined(f"no {' and no '.join(lacking)}", len(labels)) | known
    drawn = ranking.replicates(measure.under, predictions[:, 1], positive, weights, resampler)
    few = [f"{count} {name}, {FEW_OF_CLASS}" for name, count in counts.items() if count < LEAST_OF_CLASS]
    return _of_replicates(measure(labels, predictions, weights), len(labels), drawn, few) | known


def _mean_area(
    measure: measures.Area,
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: Sequence[str],
    resampler: Resampler,
) -> Entry:
    """Measures the mean area of each class against the rest; one without a row counts for nothing."""
    drawn, few, rarest = [], [], len(labels)
    for number, name in enumerate(classes):
        positive = labels == number
        rows = int(positive.sum())
        if 0 < rows < len(labels):
            of_class = ranking.replicates(measure.under, predictions[:, number], positive, weights, resampler)
            if np.isnan(of_class).all():  # its rows weigh nothing
                continue
            drawn.append(of_class)
            rarest = min(rarest, rows, len(labels) - rows)
            if min(rows, len(labels) - rows) < LEAST_OF_CLASS:
                few.append(f"{rows} of {name}, {len(labels) - rows} of others: {FEW_OF_CLASS}")
    if not drawn:
        return entries.undefined("rows of one class only", len(labels))
    # All classes were drawn from the same rows, so that a replicate of the mean is the mean of their replicates.
    value = measure(labels, predictions, weights)
    return _of_replicates(value, len(labels), np.mean(drawn, axis=0), few) | {"rarest": rarest}


def _of_replicates(value: float, rows: int, replicates: np.ndarray, few: list[str]) -> Entry:
    if few and not np.isnan(value):
        return entries.undecided(value, rows, "bootstrap", "; ".join(few))
    return entries.bootstrapped(value, rows, replicates)


def _sums(
    measure: measures.Sums,
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: Sequence[str],
    resampler: Resampler,
) -> Entry:
    rows = len(labels)
    if weights is not None and weights.sum() <= 0:
        return entries.undefined("no row counts", rows)
    value = measure(labels, predictions, weights)
    if rows < LEAST_ROWS:
        return _of_replicates(value, rows, np.zeros(0), [TOO_FEW])
    drawn = measure.combine(*resampler.sums(measure.summands(labels, predictions, weights).T))
    return entries.bootstrapped(value, rows, drawn)


_METHODS: dict[type, Callable[..., Entry]] = {measures.Share: _share, measures.Area: _area, measures.Sums: _sums}
