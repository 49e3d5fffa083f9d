"""TFMA's plots from whole vectors: confusion matrices at many thresholds, calibration, and classes against classes."""

from collections.abc import Callable
from typing import Any

import numpy as np
from tensorflow_model_analysis.metrics import binary_confusion_matrices
from tensorflow_model_analysis.metrics import multi_class_confusion_matrix_metrics as multi_class
from tensorflow_model_analysis.proto import metrics_for_slice_pb2

from components.evaluator.scored import Scored

# TFMA sorts scores into buckets of this many to one before it compares them with the thresholds of a plot, and
# moves the thresholds up a little: a bucket begins at a threshold or above it.
_BUCKETS, _STEP = 10_000, 1e-7


def _confusion_matrices(rows: Scored, num_thresholds: int) -> Any:
    thresholds = [-1e-6, *(number / num_thresholds for number in range(num_thresholds + 1))]
    starts = [threshold + _STEP if threshold else threshold for threshold in thresholds]
    places = _places(rows.scores, starts)
    sums = [np.bincount(places, rows.weights * (rows.labels == label), len(starts)) for label in (1, 0)]
    above = [np.cumsum(weights[::-1])[::-1] for weights in sums]
    below = [np.cumsum(weights) - weights for weights in sums]
    matrices = binary_confusion_matrices.Matrices(thresholds, tp=above[0], fp=above[1], fn=below[0], tn=below[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return matrices.to_proto().confusion_matrix_at_thresholds


def _calibration_histogram(rows: Scored, num_buckets: int) -> Any:
    starts = [-np.inf, *(number / num_buckets for number in range(num_buckets + 1))]
    places = _places(rows.scores, starts)
    values = (rows.weights * rows.labels, rows.weights * rows.scores, rows.weights)
    sums = [np.bincount(places, value, len(starts)) for value in values]
    histogram = metrics_for_slice_pb2.CalibrationHistogramBuckets()
    for start, end, label, prediction, weight in zip(starts, [*starts[1:], np.inf], *sums, strict=True):
        histogram.buckets.add(
            lower_threshold_inclusive=start,
            upper_threshold_exclusive=end,
            total_weighted_label={"value": label},
            total_weighted_refined_prediction={"value": prediction},
            num_weighted_examples={"value": weight},
        )
    return histogram


def _places(scores: np.ndarray, starts: list[float]) -> np.ndarray:
    """Returns the interval that the bucket of each score falls into, [n]; what lies below the first is in it."""
    bucket = np.clip((scores * _BUCKETS + 1).astype(np.int64), 0, _BUCKETS + 1)
    left = (bucket - 1) / _BUCKETS
    left[bucket == 0], left[bucket == _BUCKETS + 1] = -np.inf, np.inf
    return np.searchsorted(starts[1:], left, side="right")


def _classes_against_classes(rows: Scored) -> Any:
    most_probable = rows.predictions.argmax(axis=1)
    # TFMA counts a row whose best class has no probability as without a prediction, which is class -1.
    predicted = np.where(rows.predictions.max(axis=1) > 0, most_probable, -1)
    width = rows.predictions.shape[1] + 1
    pairs, places = np.unique((rows.labels.astype(np.int64) + 1) * width + predicted + 1, return_inverse=True)
    entries = {
        multi_class.MatrixEntryKey(int(pair // width) - 1, int(pair % width) - 1): float(weight)
        for pair, weight in zip(pairs, np.bincount(places, rows.weights), strict=True)
    }
    return multi_class.Matrices({0.0: entries}).to_proto().multi_class_confusion_matrix_at_thresholds


PLOTS: dict[str, Callable[..., Any]] = {
    "ConfusionMatrixPlot": _confusion_matrices,
    "CalibrationPlot": _calibration_histogram,
    "MultiClassConfusionMatrixPlot": _classes_against_classes,
}
