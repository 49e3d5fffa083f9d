"""Whether predictions come true: groups of rows by prediction, with what they are in the end."""

from typing import Any

import numpy as np

_DECILES = 10


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
