"""What the report draws of a regression: predicted against actual, residuals, calibration."""

from typing import Any

import numpy as np
from scipy import stats

from modules.judging.statistics.normal import CONFIDENCE
from modules.tasks import REGRESSION

_CELLS, _BINS, _DECILES = 40, 50, 10
# Figures span these percentiles: a single odd row would else leave them empty but for one corner.
_SPAN = (0.5, 99.5)


def regression(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None) -> dict[str, Any]:
    """Makes the figures of a regression.

    Args:
        labels: The values, [n].
        predictions: What the model says, [n].
        weights: Weight of each row, [n], if there are any; everything but `rows` is weighted then.

    Returns:
        `task`; `weighted`; `rows`;
        `predicted_against_actual`: `edges` [41], the same of both axes, `counts` [40][40], the outer list by label and
        the inner by prediction, and `outside`, what lies beyond the edges;
        `residuals` (label less prediction): `edges` [51], `counts` [50], `outside`;
        `calibration`: for each of ten groups of equally many rows by prediction: `rows`, `prediction`, `label` (means),
        `low`, `high` (Student's interval of the mean label, null for a single row).
    """
    labels, predictions = labels.astype(np.float64), predictions.astype(np.float64)
    counted = np.ones(len(labels)) if weights is None else weights
    edges = _edges(np.concatenate([labels, predictions]), _CELLS)
    counts = np.histogram2d(labels, predictions, [edges, edges], weights=counted)[0]
    residuals = labels - predictions
    residual_edges = _edges(residuals, _BINS)
    residual_counts = np.histogram(residuals, residual_edges, weights=counted)[0]
    total = counted.sum()
    return {
        "task": REGRESSION.name,
        "weighted": weights is not None,
        "rows": len(labels),
        "predicted_against_actual": {
            "edges": edges.tolist(),
            "counts": counts.tolist(),
            "outside": max(0.0, float(total - counts.sum())),
        },
        "residuals": {
            "edges": residual_edges.tolist(),
            "counts": residual_counts.tolist(),
            "outside": max(0.0, float(total - residual_counts.sum())),
        },
        "calibration": _calibration(labels, predictions, counted),
    }


def _edges(values: np.ndarray, bins: int) -> np.ndarray:
    low, high = np.percentile(values, _SPAN)
    if not low < high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, bins + 1)


def _calibration(labels: np.ndarray, predictions: np.ndarray, counted: np.ndarray) -> list[dict[str, Any]]:
    groups = []
    for rows in np.array_split(np.argsort(predictions, kind="stable"), _DECILES):
        weights = counted[rows]
        if weights.sum() <= 0:
            continue
        mean, prediction = (float(np.average(values[rows], weights=weights)) for values in (labels, predictions))
        low, high = _mean_interval(labels[rows], weights, mean)
        groups.append({"rows": len(rows), "prediction": prediction, "label": mean, "low": low, "high": high})
    return groups


def _mean_interval(values: np.ndarray, weights: np.ndarray, mean: float) -> tuple[float | None, float | None]:
    """Returns Student's interval of a mean; weighted, with the standard error of a ratio of sums."""
    count = int((weights > 0).sum())
    if count < 2:
        return None, None
    squared = ((weights * (values - mean)) ** 2).sum() / weights.sum() ** 2
    error = np.sqrt(squared * count / (count - 1)) * stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)
    return float(mean - error), float(mean + error)
