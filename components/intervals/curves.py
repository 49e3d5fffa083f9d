"""What the report draws of a model of classes: ROC, precision and recall, calibration, predictions, confusion."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.intervals.simplify import simplify
from modules.judging.statistics import wilson
from modules.tasks import BINARY, MULTICLASS, areas, decisions

_POINTS = 200  # of a curve at most
_CALIBRATION_BINS, _HISTOGRAM_BINS = 10, 50
_SLICES = 40  # whose counts are kept: more would make summary.json and the page large
# As TFMA's ConfusionMatrixPlot has them.
_THRESHOLDS = np.arange(101) / 100


def binary(
    labels: np.ndarray, scores: np.ndarray, weights: np.ndarray | None, threshold: float = decisions.DEFAULT_THRESHOLD
) -> dict[str, Any]:
    """Makes the figures of a binary task.

    Args:
        labels: 1 for the positive class, else 0, [n].
        scores: Its probability, [n].
        weights: Weight of each row, [n], if there are any; everything but `rows` is weighted then.
        threshold: The decision threshold.

    Returns:
        `task`; `weighted`; `rows`;
        `roc`: `false_positive_rate`, `true_positive_rate`, `threshold`, each [points]; a row is predicted positive if
        its score is at least the threshold, which is null where none is; and `auc`;
        `precision_recall`: `recall`, `precision`, `threshold`, each [points]; and `auc_pr`;
        `calibration`: for each of ten groups of equally many rows by score: `rows`, `prediction`, `label` (means),
        `low`, `high` (Wilson's interval of `label`);
        `histogram`: `edges` [51], `negatives` [50], `positives` [50]: rows by score;
        `confusion`: `threshold` [thresholds], the hundredths from 0 to 1 and the decision threshold, and
        `true_positives`, `false_positives`, `true_negatives`, `false_negatives`, each [thresholds]; a row is predicted
        positive if its score is above the threshold;
        `threshold`: the decision threshold.
        A curve is null where one class has no rows. Areas are of all points, and not of those that are left.
    """
    positive, scores = labels == 1, scores.astype(np.float64)
    counted = np.ones(len(scores)) if weights is None else weights
    steps = _Steps(scores, positive, counted)
    return {
        "task": BINARY.name,
        "weighted": weights is not None,
        "rows": len(scores),
        "roc": steps.roc(_POINTS),
        "precision_recall": steps.precision_recall(_POINTS),
        "calibration": _calibration(positive, scores, counted),
        "histogram": _histogram(positive, scores, counted),
        "confusion": _confusion(positive, scores, counted, threshold),
        "threshold": threshold,
    }


def by_slice(
    labels: np.ndarray,
    scores: np.ndarray,
    weights: np.ndarray | None,
    slices: Mapping[str, np.ndarray],
    threshold: float = decisions.DEFAULT_THRESHOLD,
) -> list[dict[str, Any]]:
    """Counts what is predicted right and wrong in each slice, at every threshold.

    Args:
        labels: 1 for the positive class, else 0, [n].
        scores: Its probability, [n].
        weights: Weight of each row, [n], if there are any.
        slices: Numbers of the rows of each slice, by its name.
        threshold: The decision threshold.

    Returns:
        Of the 40 slices with the most rows, in the given order: `slice`, `rows`, and the counts of `confusion` as
        `binary` has them, but for its thresholds.
    """
    largest = set(sorted(slices, key=lambda name: -len(slices[name]))[:_SLICES])
    counted = np.ones(len(scores)) if weights is None else weights
    entries = []
    for name, rows in slices.items():
        if name in largest:
            counts = _confusion(labels[rows] == 1, scores[rows].astype(np.float64), counted[rows], threshold)
            del counts["threshold"]
            entries.append({"slice": name, "rows": len(rows)} | counts)
    return entries


def multiclass(
    labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None, classes: Sequence[str]
) -> dict[str, Any]:
    """Makes the figures of a task of several classes.

    Args:
        labels: The number of the class, [n].
        predictions: The probability of each class, [n, classes].
        weights: Weight of each row, [n], if there are any.
        classes: Names of the classes, in order.

    Returns:
        `task`; `weighted`; `rows`; `classes`;
        `confusion`: rows by class (outer list) and by most probable class (inner list);
        `roc`: by class against the rest, as `binary` has it, with fewer points where there are more than ten classes;
        `calibration`: of the most probable class: how often it is right, in ten groups, as `binary` has it.
    """
    counted = np.ones(len(labels)) if weights is None else weights
    predictions, count = predictions.astype(np.float64), len(classes)
    guessed, known = predictions.argmax(axis=1), labels >= 0
    pairs = labels[known].astype(np.int64) * count + guessed[known]
    confusion = np.bincount(pairs, counted[known], count * count).reshape(count, count)
    points = max(20, min(_POINTS, 10 * _POINTS // count))
    roc = {
        name: _Steps(predictions[:, number], labels == number, counted).roc(points)
        for number, name in enumerate(classes)
    }
    return {
        "task": MULTICLASS.name,
        "weighted": weights is not None,
        "rows": len(labels),
        "classes": list(classes),
        "confusion": confusion.tolist(),
        "roc": roc,
        "calibration": _calibration(guessed == labels, predictions.max(axis=1), counted),
    }


class _Steps:
    """True and false positives from the highest score down.

    Args:
        scores: The score of each row, [n].
        positive: Whether the row is of the class, bool [n].
        counted: Weight of each row, [n].
    """

    def __init__(self, scores: np.ndarray, positive: np.ndarray, counted: np.ndarray) -> None:
        order = np.argsort(-scores, kind="stable")
        starts = np.flatnonzero(np.diff(scores[order], prepend=np.inf) != 0)
        self._scores = scores[order][starts]
        self._positives = np.add.reduceat(np.where(positive, counted, 0.0)[order], starts)
        self._negatives = np.add.reduceat(np.where(positive, 0.0, counted)[order], starts)
        self._drawn = self._positives.sum() > 0 and self._negatives.sum() > 0

    def roc(self, points: int) -> dict[str, Any] | None:
        if not self._drawn:
            return None
        true, false = (
            np.concatenate([[0.0], np.cumsum(steps) / steps.sum()]) for steps in (self._positives, self._negatives)
        )
        kept = simplify(false, true, points)
        thresholds = [None, *self._scores.tolist()]
        return {
            "auc": float(areas.roc_area(self._positives, self._negatives)),
            "false_positive_rate": false[kept].tolist(),
            "true_positive_rate": true[kept].tolist(),
            "threshold": [thresholds[place] for place in kept],
        }

    def precision_recall(self, points: int) -> dict[str, Any] | None:
        if not self._drawn:
            return None
        true, called = np.cumsum(self._positives), np.cumsum(self._positives + self._negatives)
        counts = called > 0  # the rows of the highest scores may weigh nothing
        recall, precision = true[counts] / true[-1], true[counts] / called[counts]
        kept = simplify(recall, precision, points)
        return {
            "auc_pr": float(areas.average_precision(self._positives, self._negatives)),
            "recall": recall[kept].tolist(),
            "precision": precision[kept].tolist(),
            "threshold": self._scores[counts][kept].tolist(),
        }


def _calibration(positive: np.ndarray, scores: np.ndarray, counted: np.ndarray) -> list[dict[str, Any]]:
    groups = []
    for rows in np.array_split(np.argsort(scores, kind="stable"), _CALIBRATION_BINS):
        weight = counted[rows].sum()
        if weight <= 0:
            continue
        share = float(np.average(positive[rows], weights=counted[rows]))
        # Weighted rows tell as much as this many that weigh the same (Kish, Survey Sampling, 1965).
        effective = weight**2 / (counted[rows] ** 2).sum()
        low, high = wilson.interval(share * effective, effective)
        prediction = float(np.average(scores[rows], weights=counted[rows]))
        groups.append({"rows": len(rows), "prediction": prediction, "label": share, "low": low, "high": high})
    return groups


def _histogram(positive: np.ndarray, scores: np.ndarray, counted: np.ndarray) -> dict[str, Any]:
    edges = np.linspace(0, 1, _HISTOGRAM_BINS + 1)
    counts = {
        name: np.histogram(scores[rows], edges, weights=counted[rows])[0].tolist()
        for name, rows in (("negatives", ~positive), ("positives", positive))
    }
    return {"edges": edges.tolist()} | counts


def _confusion(positive: np.ndarray, scores: np.ndarray, counted: np.ndarray, threshold: float) -> dict[str, Any]:
    thresholds = np.unique([*_THRESHOLDS, threshold])
    counts: dict[str, Any] = {"threshold": thresholds.tolist()}
    for rows, above, below in (
        (positive, "true_positives", "false_negatives"),
        (~positive, "false_positives", "true_negatives"),
    ):
        order = np.argsort(scores[rows], kind="stable")
        sums = np.concatenate([[0.0], np.cumsum(counted[rows][order])])
        at_most = sums[np.searchsorted(scores[rows][order], decisions.as_compared(thresholds), side="right")]
        counts |= {above: (sums[-1] - at_most).tolist(), below: at_most.tolist()}
    return counts
