"""The metrics of every task, from labels and predictions: what early stopping watches and the ladder shows."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn import metrics

_DECILES = 10


def auc(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Returns the exact area under the ROC curve; of several classes the mean over each against the rest.

    Args:
        labels: Number of the class, [n].
        predictions: Probability of each class, [n, classes].
        weights: Weight of each row, [n].

    Returns:
        The area; NaN if only one class is there. A class without any row counts for nothing.
    """
    areas = []
    for number in [1] if predictions.shape[1] == 2 else range(predictions.shape[1]):
        positive = labels == number
        if positive.any() and not positive.all():
            areas.append(metrics.roc_auc_score(positive, predictions[:, number], sample_weight=weights))
    return float(np.mean(areas)) if areas else float("nan")


def auc_pr(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Returns the average precision of class 1: the area under the precision-recall curve, without interpolation."""
    return float(metrics.average_precision_score(labels == 1, predictions[:, 1], sample_weight=weights))


def accuracy(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Returns the share of the rows whose most probable class is theirs."""
    return float(np.average(predictions.argmax(axis=1) == labels, weights=weights))


def log_loss(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Returns the mean cross-entropy, in nats; a probability counts as at least 1e-7."""
    of_label = predictions[np.arange(len(labels)), labels.astype(int)]
    return float(np.average(-np.log(np.maximum(of_label, 1e-7)), weights=weights))


def r2(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Returns the coefficient of determination: 1 less the squared error over the labels' squared deviation."""
    return float(metrics.r2_score(labels, predictions[:, 0], sample_weight=weights))


def rmse(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Returns the root of the mean squared error, in the label's unit."""
    return float(np.sqrt(np.average((labels - predictions[:, 0]) ** 2, weights=weights)))


def mae(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Returns the mean absolute error, in the label's unit."""
    return float(np.average(np.abs(labels - predictions[:, 0]), weights=weights))


MEASURES: dict[str, Callable[..., float]] = {
    "auc": auc,
    "auc_pr": auc_pr,
    "accuracy": accuracy,
    "log_loss": log_loss,
    "r2": r2,
    "rmse": rmse,
    "mae": mae,
}


def calibration(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> list[dict[str, Any]]:
    """Holds predictions against what came true, in ten groups of equally many rows by prediction.

    Args:
        labels: Number of the class, or the value, [n].
        predictions: Probabilities [n, classes], or values [n, 1]. Of two classes the probability of class 1 is held
            against how often it is right; of more, that of the most probable class; values against values.
        weights: Weight of each row, [n].

    Returns:
        For each group, smallest predictions first: `rows`, `prediction` and `label`, the weighted means.
    """
    if predictions.shape[1] > 2:
        predicted, true = predictions.max(axis=1), (predictions.argmax(axis=1) == labels).astype(float)
    else:
        predicted, true = predictions[:, -1], labels.astype(float)
    counted = np.ones(len(labels)) if weights is None else weights
    groups = []
    for rows in np.array_split(np.argsort(predicted, kind="stable"), _DECILES):
        if len(rows) and counted[rows].sum() > 0:
            means = [float(np.average(values[rows], weights=counted[rows])) for values in (predicted, true)]
            groups.append({"rows": len(rows), "prediction": means[0], "label": means[1]})
    return groups
