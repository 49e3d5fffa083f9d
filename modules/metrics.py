"""The ladder's metrics of a binary classifier, from labels and probabilities."""

import numpy as np
from sklearn.metrics import roc_auc_score


def binary_metrics(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Measures a binary classifier.

    Args:
        labels: 0 or 1, shape [n], both present.
        probabilities: Probability of class 1, shape [n].

    Returns:
        `auc`, the exact area under the ROC curve, and `accuracy` at the threshold 0.5.
    """
    return {
        "auc": float(roc_auc_score(labels, probabilities)),
        "accuracy": float(np.mean((probabilities > 0.5) == (labels > 0.5))),
    }
