import numpy as np
import pytest

from modules.metrics import binary_metrics

pytestmark = pytest.mark.unit


def test_auc_and_accuracy_of_a_hand_made_table() -> None:
    # Positives 0.9, 0.4; negatives 0.6, 0.4, 0.1. Of the 6 pairs, 0.9 wins 3; 0.4 wins 1, ties 1, loses 1: 4.5 / 6.
    # At 0.5: 0.9 right, 0.4 wrong, 0.6 wrong, 0.4 right, 0.1 right: 3 / 5.
    labels = np.array([1, 1, 0, 0, 0], "float32")
    probabilities = np.array([0.9, 0.4, 0.6, 0.4, 0.1], "float32")
    assert binary_metrics(labels, probabilities) == {"auc": pytest.approx(0.75), "accuracy": pytest.approx(0.6)}


def test_a_probability_of_exactly_one_half_is_the_negative_class() -> None:
    assert binary_metrics(np.array([0, 1]), np.array([0.5, 0.5]))["accuracy"] == 0.5
    assert binary_metrics(np.array([0, 0, 1]), np.array([0.5, 0.5, 0.5]))["accuracy"] == pytest.approx(2 / 3)
