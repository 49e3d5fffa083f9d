import numpy as np
import pytest

from modules.tasks.calibration import calibration

pytestmark = pytest.mark.unit


def two(*positive: float) -> np.ndarray:
    """Returns the probabilities of two classes from those of the positive one."""
    return np.array([[1 - share, share] for share in positive])


def values(*predictions: float) -> np.ndarray:
    return np.array(predictions, float).reshape(-1, 1)


# Three classes. Rows of the classes 0, 1, 2, 2.
SEVERAL = np.array([[0.5, 0.3, 0.2], [0.6, 0.4, 0.0], [0.1, 0.1, 0.8], [0.3, 0.2, 0.5]])
CLASSES = np.array([0, 1, 2, 2], "float32")


def test_calibration_holds_ten_groups_of_the_predictions_in_order() -> None:
    # 20 rows, shuffled: the probabilities 0.00, 0.05 … 0.95, of which every second is right.
    order = np.random.default_rng(4).permutation(20)
    found = calibration((order % 2).astype(float), two(*(order / 20)))
    assert [group["rows"] for group in found] == [2] * 10
    np.testing.assert_allclose([group["prediction"] for group in found], np.arange(10) / 10 + 0.025)
    np.testing.assert_allclose([group["label"] for group in found], 0.5)


def test_calibration_counts_rows_by_weight() -> None:
    # 11 rows: the first group has two, 0 (right) and 0.05 (wrong), with weights 3 and 1.
    labels, weights = np.array([1.0] + [0.0] * 10), np.array([3.0] + [1.0] * 10)
    first = calibration(labels, two(*np.arange(11) / 20), weights)[0]
    assert first == {"rows": 2, "prediction": pytest.approx(0.05 / 4), "label": pytest.approx(0.75)}


def test_calibration_of_several_classes_is_that_of_the_most_probable_one() -> None:
    found = calibration(CLASSES, SEVERAL)
    # 0.5 (class 0, right), 0.5 (class 2, right), 0.6 (class 0, wrong), 0.8 (class 2, right).
    assert [(group["prediction"], group["label"]) for group in found] == [(0.5, 1), (0.5, 1), (0.6, 0), (0.8, 1)]


def test_calibration_of_a_regression_holds_values_against_values() -> None:
    found = calibration(np.array([20.0, 10.0]), values(18, 12))
    assert [(group["prediction"], group["label"]) for group in found] == [(12, 10), (18, 20)]
