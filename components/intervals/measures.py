"""The gated metrics of every task on the rows of a slice, each with its interval."""

from collections.abc import Callable
from typing import Any

import numpy as np

from components.intervals import entries, ranking, rates
from components.intervals.resampling import LEAST_ROWS, TOO_FEW, Resampler
from modules import tasks

Entries = dict[str, dict[str, Any]]


def metrics(
    task: str,
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: list[str],
    resampler: Resampler,
) -> Entries:
    """Measures what `tasks.GATES` names for the task, as the Evaluator does.

    Args:
        task: `binary`, `multiclass` or `regression`.
        labels: The number of the class, or the value, [n].
        predictions: The probability of each class, [n, classes], or the value, [n, 1].
        weights: Weight of each row, [n], if there are any.
        classes: Names of the classes, in order.
        resampler: Draws the replicates.

    Returns:
        An entry a metric: see `entries.entry`. That of an area has `positives` and `negatives` too.
    """
    if task == "regression":
        found = _errors(labels, predictions[:, 0], weights, resampler)
    elif task == "binary":
        found = _binary(labels == 1, predictions[:, 1], weights, resampler)
    else:
        found = _multiclass(labels, predictions, weights, classes, resampler)
    return {name: found[name] for name in tasks.GATES[task]}


def _binary(positive: np.ndarray, scores: np.ndarray, weights: np.ndarray | None, resampler: Resampler) -> Entries:
    every, called = np.ones(len(positive), bool), scores > 0.5
    roc, precision_recall = _areas(positive, scores, weights, resampler)
    return {
        "auc": roc,
        "auc_pr": precision_recall,
        "accuracy": rates.proportion(called == positive, every, weights, resampler),
        "precision": rates.proportion(positive, called, weights, resampler),
        "recall": rates.proportion(called, positive, weights, resampler),
    }


def _areas(
    positive: np.ndarray, scores: np.ndarray, weights: np.ndarray | None, resampler: Resampler
) -> tuple[dict[str, Any], dict[str, Any]]:
    counts = {"positives": int(positive.sum()), "negatives": int((~positive).sum())}
    lacking = [name for name, count in counts.items() if not count]
    if lacking:
        both = entries.undefined(f"no {' and no '.join(lacking)}", len(scores)) | counts
        return both, both
    found = ranking.areas(scores, positive, weights, resampler)
    few = [f"{count} {name}, {TOO_FEW}" for name, count in counts.items() if count < LEAST_ROWS]
    first, second = (_area(area, len(scores), few) | counts for area in found)
    return first, second


def _area(area: ranking.Area, rows: int, few: list[str]) -> dict[str, Any]:
    if few and not np.isnan(area.value):
        return entries.undecided(area.value, rows, "bootstrap", "; ".join(few))
    return entries.bootstrapped(area.value, rows, area.replicates)


def _multiclass(
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: list[str],
    resampler: Resampler,
) -> Entries:
    every = np.ones(len(labels), bool)
    top = np.argpartition(-predictions, min(3, predictions.shape[1]) - 1, axis=1)[:, :3]
    right, near = predictions.argmax(axis=1) == labels, (top == labels[:, None]).any(axis=1)
    return {
        "accuracy": rates.proportion(right, every, weights, resampler),
        "auc": _mean_area(labels, predictions, weights, classes, resampler),
        "top_3_accuracy": rates.proportion(near, every, weights, resampler),
    }


def _mean_area(
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: list[str],
    resampler: Resampler,
) -> dict[str, Any]:
    """Measures the mean area of each class against the rest; one without a row counts for nothing, as in the ladder."""
    found, few = [], []
    for number, name in enumerate(classes):
        positive = labels == number
        rows = int(positive.sum())
        if 0 < rows < len(labels):
            found.append(ranking.areas(predictions[:, number], positive, weights, resampler)[0])
            if min(rows, len(labels) - rows) < LEAST_ROWS:
                few.append(f"{rows} of {name}, {len(labels) - rows} of others: {TOO_FEW}")
    if not found:
        return entries.undefined("rows of one class only", len(labels))
    # All classes were drawn from the same rows, so that a replicate of the mean is the mean of their replicates.
    mean = ranking.Area(
        float(np.mean([area.value for area in found])), np.mean([area.replicates for area in found], axis=0)
    )
    return _area(mean, len(labels), few)


def _errors(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None, resampler: Resampler) -> Entries:
    labels, predictions = labels.astype(np.float64), predictions.astype(np.float64)
    rows, counted = len(labels), np.ones(len(labels)) if weights is None else weights
    if counted.sum() <= 0:
        return dict.fromkeys(tasks.GATES["regression"], entries.undefined("no row counts", rows))
    error = labels - predictions
    # Deviations from the mean, and not the labels themselves, whose squares would cancel.
    deviation = labels - np.average(labels, weights=counted)
    columns = [np.ones(rows), deviation, deviation**2, error**2, np.abs(error)]
    summands = counted[:, None] * np.stack(columns, axis=1)
    drawn = resampler.sums(summands) if rows >= LEAST_ROWS else None
    found = {}
    for name, measure in _ERRORS.items():
        value = float(measure(*summands.sum(axis=0)))
        if drawn is None and not np.isnan(value):
            found[name] = entries.undecided(value, rows, "bootstrap", TOO_FEW)
        else:
            found[name] = entries.bootstrapped(value, rows, measure(*drawn) if drawn is not None else np.zeros(0))
    return found


def _r2(weight: np.ndarray, deviation: np.ndarray, squared: np.ndarray, error: np.ndarray, _: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = squared - deviation**2 / weight
        return np.where(spread > 1e-12 * squared, 1 - error / spread, np.nan)


def _rmse(weight: np.ndarray, _: np.ndarray, __: np.ndarray, error: np.ndarray, ___: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sqrt(error / weight)


def _mae(weight: np.ndarray, _: np.ndarray, __: np.ndarray, ___: np.ndarray, absolute: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return absolute / weight


_ERRORS: dict[str, Callable[..., np.ndarray]] = {"r2": _r2, "rmse": _rmse, "mae": _mae}
