import numpy as np
import pytest

from modules.tasks import confusion, decisions, measures

pytestmark = pytest.mark.unit


def two(*positive: float) -> np.ndarray:
    """Returns the probabilities of two classes from those of the positive one."""
    return np.array([[1 - share, share] for share in positive])


def values(*predictions: float) -> np.ndarray:
    return np.array(predictions, float).reshape(-1, 1)


# Positives 0.9, 0.4; negatives 0.6, 0.4, 0.1.
LABELS, PROBABILITIES = np.array([1, 1, 0, 0, 0], "float32"), two(0.9, 0.4, 0.6, 0.4, 0.1)


def test_the_auc_is_the_share_of_the_pairs_in_the_right_order() -> None:
    # Of the 6 pairs, 0.9 wins 3; 0.4 wins 1, ties 1, loses 1: 4.5 / 6.
    assert measures.auc(LABELS, PROBABILITIES) == pytest.approx(0.75)


def test_a_row_counts_for_the_auc_as_often_as_its_weight_says() -> None:
    # The positive 0.4 thrice: pairs weigh 3 + 9, of which 3 + 3 · 1.5 are won.
    assert measures.auc(LABELS, PROBABILITIES, np.array([1.0, 3, 1, 1, 1])) == pytest.approx(7.5 / 12)


def test_the_average_precision_is_the_precision_at_each_positive() -> None:
    # 0.9: 1 of 1; then both rows of 0.4 at once, after 0.6: 2 of 4. Mean (1 + 1/2) / 2.
    assert measures.auc_pr(LABELS, PROBABILITIES) == pytest.approx(0.75)
    # With the first positive thrice: 1 for 3 of 4 of the recall, then 4 of 6.
    assert measures.auc_pr(LABELS, PROBABILITIES, np.array([3.0, 1, 1, 1, 1])) == pytest.approx(0.75 + 0.25 * 4 / 6)


def test_the_accuracy_is_the_share_of_rows_whose_most_probable_class_is_theirs() -> None:
    # 0.9 right, 0.4 wrong, 0.6 wrong, 0.4 right, 0.1 right: 3 of 5; by weight 1 + 1 + 1 of 10.
    assert measures.accuracy(LABELS, PROBABILITIES) == pytest.approx(0.6)
    assert measures.accuracy(LABELS, PROBABILITIES, np.array([1.0, 4, 3, 1, 1])) == pytest.approx(0.3)


def test_a_share_of_the_confusion_matrix_moves_with_the_threshold() -> None:
    # Above 0.3 lie both positives, 0.9 and 0.4, and two negatives, 0.6 and 0.4: tp 2, fp 2, tn 1.
    assert measures.accuracy.at(0.3)(LABELS, PROBABILITIES) == pytest.approx(3 / 5)
    precision = measures.share_of_cells((("tp",), ("tp", "fp")))
    assert precision.at(0.3)(LABELS, PROBABILITIES) == 0.5
    assert precision.at(0.7).at(0.3)(LABELS, PROBABILITIES) == 0.5
    assert precision.at(0.7)(LABELS, PROBABILITIES) == 1.0
    assert precision.at(None) is precision
    assert measures.auc.at(0.3) is measures.auc
    assert measures.accuracy_of_classes.at(0.3) is measures.accuracy_of_classes


def test_a_score_that_is_the_threshold_is_not_above_it_as_a_device_compares_them() -> None:
    # float32 holds 0.3 as 0.300000012, which is more than 0.3.
    scores = np.array([0.3, np.nextafter(np.float32(0.3), np.float32(1))], "float32")
    assert decisions.above(scores, 0.3).tolist() == [False, True]
    assert decisions.above(scores.astype(np.float64), 0.3).tolist() == [False, True]


def test_a_row_is_taken_for_the_positive_class_above_the_threshold_or_for_the_most_probable_one() -> None:
    assert decisions.classes(two(0.9, 0.5, 0.3), 0.4).tolist() == [1, 1, 0]
    assert decisions.classes(two(0.9, 0.5, 0.3), 0.5).tolist() == [1, 0, 0]
    assert decisions.classes(SEVERAL, None).tolist() == [0, 0, 2, 2]


def test_rates_are_shown_at_the_decision_threshold_as_well() -> None:
    assert decisions.shown([0.25, 0.5], 0.5) == decisions.shown([0.25, 0.5], None) == [0.25, 0.5]
    assert decisions.shown([0.25, 0.5], 0.3) == [0.25, 0.3, 0.5]


def test_a_probability_of_exactly_one_half_is_the_negative_class() -> None:
    assert measures.accuracy(np.array([0, 1]), two(0.5, 0.5)) == 0.5
    assert measures.accuracy(np.array([0, 0, 1]), two(0.5, 0.5, 0.5)) == pytest.approx(2 / 3)


# Three classes. Rows of the classes 0, 1, 2, 2.
SEVERAL = np.array([[0.5, 0.3, 0.2], [0.6, 0.4, 0.0], [0.1, 0.1, 0.8], [0.3, 0.2, 0.5]])
CLASSES = np.array([0, 1, 2, 2], "float32")


def test_the_auc_of_several_classes_is_the_mean_of_each_against_the_rest() -> None:
    # Class 0: 0.5 beats 0.1 and 0.3, not 0.6: 2/3. Class 1: 0.4 beats 0.3, 0.1, 0.2: 1. Class 2: 0.8 and 0.5 beat all.
    assert measures.mean_auc(CLASSES, SEVERAL) == pytest.approx((2 / 3 + 1 + 1) / 3)
    # With the row of 0.6 thrice, class 0 wins 2 of 5.
    assert measures.mean_auc(CLASSES, SEVERAL, np.array([1.0, 3, 1, 1])) == pytest.approx((2 / 5 + 1 + 1) / 3)


def test_a_class_without_a_row_counts_for_nothing_in_the_auc() -> None:
    # Without the row of class 1: class 0 beats both (1), class 2 is above all (1), and class 1 is left out.
    assert measures.mean_auc(CLASSES[[0, 2, 3]], SEVERAL[[0, 2, 3]]) == 1.0
    # Classes 0 and 1 alone: 0.5 loses to 0.6, and 0.4 beats 0.3: (0 + 1) / 2.
    assert measures.mean_auc(CLASSES[:2], SEVERAL[:2]) == 0.5


def test_the_auc_of_one_class_alone_is_undefined() -> None:
    assert np.isnan(measures.auc(np.ones(3), two(0.1, 0.5, 0.9)))
    assert np.isnan(measures.mean_auc(np.full(2, 2.0), SEVERAL[2:]))


def test_the_log_loss_is_the_mean_of_the_logs_of_the_labels_probabilities() -> None:
    # 0.5, 0.4, 0.8, 0.5.
    assert measures.log_loss(CLASSES, SEVERAL) == pytest.approx(-np.log(0.5 * 0.4 * 0.8 * 0.5) / 4)
    expected = -(np.log(0.5) + 2 * np.log(0.4) + np.log(0.8)) / 4
    assert measures.log_loss(CLASSES, SEVERAL, np.array([1.0, 2, 1, 0])) == pytest.approx(expected)


def test_a_label_that_was_thought_impossible_costs_a_finite_log_loss() -> None:
    assert measures.log_loss(np.array([2]), SEVERAL[1:2]) == pytest.approx(np.log(1e7))


def test_the_errors_of_a_regression_are_those_worked_out_by_hand() -> None:
    # Labels 1, 2, 6, mean 3: squared deviations 4 + 1 + 9 = 14. Errors 1, 0, -2: squares 1 + 0 + 4 = 5.
    labels, predictions = np.array([1.0, 2, 6]), values(2, 2, 4)
    assert measures.r2(labels, predictions) == pytest.approx(1 - 5 / 14)
    assert measures.rmse(labels, predictions) == pytest.approx((5 / 3) ** 0.5)
    assert measures.mae(labels, predictions) == pytest.approx(1)


def test_the_errors_of_a_regression_count_by_weight() -> None:
    # Weights 1, 0, 3: mean 19/4, squared deviations 225/16 + 3 · 25/16 = 300/16. Errors 1 and -2: 1 + 3 · 4 = 13.
    labels, predictions, weights = np.array([1.0, 2, 6]), values(2, 2, 4), np.array([1.0, 0, 3])
    assert measures.r2(labels, predictions, weights) == pytest.approx(1 - 13 * 16 / 300)
    assert measures.rmse(labels, predictions, weights) == pytest.approx((13 / 4) ** 0.5)
    assert measures.mae(labels, predictions, weights) == pytest.approx(7 / 4)


def test_a_prediction_worse_than_the_mean_has_a_negative_r2() -> None:
    assert measures.r2(np.array([1.0, 3]), values(3, 1)) == pytest.approx(1 - 8 / 2)


def test_a_share_of_the_confusion_matrix_is_of_the_rows_above_one_half() -> None:
    # Above 1/2 are 0.9, a positive, and 0.6, a negative: tp 1, fp 1, fn 1, tn 2.
    precision = measures.share_of_cells((("tp",), ("tp", "fp")))
    specificity = measures.share_of_cells(confusion.RATES["true_negative_rate"])
    assert precision(LABELS, PROBABILITIES) == 0.5
    assert specificity(LABELS, PROBABILITIES) == pytest.approx(2 / 3)
    assert specificity(LABELS, PROBABILITIES, np.array([1.0, 1, 3, 1, 0])) == pytest.approx(1 / 4)


def test_a_share_over_no_rows_or_over_rows_that_weigh_nothing_is_undefined() -> None:
    precision = measures.share_of_cells((("tp",), ("tp", "fp")))
    assert np.isnan(precision(LABELS, two(0.1, 0.2, 0.3, 0.4, 0.5)))
    assert np.isnan(precision(LABELS, PROBABILITIES, np.array([0.0, 1, 0, 1, 1])))


def test_a_label_is_among_the_top_classes_if_fewer_than_so_many_are_more_probable() -> None:
    # The classes 0, 1, 2, 2: in the first place or tied with it are rows 0, 2 and 3; in the second at most row 1, too.
    assert measures.top(1)(CLASSES, SEVERAL) == 0.75
    assert measures.top(2)(CLASSES, SEVERAL) == 1
    assert measures.top(1)(np.array([1, 0]), two(0.5, 0.5)) == 1  # ties with the last are among them
    assert measures.top(3)(np.array([-1]), SEVERAL[:1]) == 0  # a class that no row taught


def test_rows_that_weigh_nothing_define_no_error() -> None:
    for measure in (measures.rmse, measures.mae, measures.r2):
        assert np.isnan(measure(np.array([1.0, 2]), values(1, 2), np.zeros(2)))


def test_labels_that_are_all_equal_define_no_r2() -> None:
    assert np.isnan(measures.r2(np.array([0.1, 0.1, 0.1]), values(0.1, 0.2, 0.3)))
