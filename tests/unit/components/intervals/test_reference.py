import json

import numpy as np
import pytest

from components.intervals.reference import reference
from modules.tasks import Target

pytestmark = pytest.mark.unit


def test_the_majority_class_of_the_training_rows_is_measured_on_the_test_rows() -> None:
    made = reference(Target("binary", ("no", "yes"), (30, 10)), np.array([0.0, 0.0, 0.0, 1.0]), None)
    assert (made.name, made.answer) == ("majority class", "no")
    assert made.metrics == {"auc": 0.5, "auc_pr": 0.25, "accuracy": 0.75, "precision": None, "recall": 0.0}


def test_weights_count_in_the_reference_as_in_the_models_metrics() -> None:
    target = Target("binary", ("no", "yes"), (30, 10))
    made = reference(target, np.array([0.0, 0.0, 0.0, 1.0]), np.array([1.0, 1.0, 1.0, 5.0]))
    assert made.metrics["accuracy"] == pytest.approx(3 / 8)


def test_of_several_classes_the_most_frequent_one_is_the_reference() -> None:
    made = reference(Target("multiclass", ("a", "b", "c"), (2, 7, 1)), np.array([0.0, 1.0, 1.0, 2.0]), None)
    assert (made.answer, made.metrics["accuracy"], made.metrics["auc"]) == ("b", 0.5, 0.5)
    assert made.metrics["log_loss"] == pytest.approx(-np.log([0.2, 0.7, 0.7, 0.1]).mean())


def test_the_mean_of_the_training_rows_explains_nothing_of_the_test_rows() -> None:
    made = reference(Target("regression", mean=2.0, deviation=4.0), np.array([1.0, 3.0]), None)
    assert (made.name, made.answer) == ("mean of the training rows", 2.0)
    assert made.metrics == {"r2": 0.0, "rmse": 1.0, "mae": 1.0}


def test_where_the_log_is_learnt_the_reference_is_in_the_labels_unit() -> None:
    target = Target("regression", mean=np.log(10.0), deviation=1.0, log=True, lowest=0.0, highest=100.0)
    assert reference(target, np.array([9.0, 9.0]), None).answer == pytest.approx(9.0)


def test_a_reference_that_the_rows_do_not_define_is_null_and_not_NaN() -> None:
    made = reference(Target("binary", ("no", "yes"), (3, 3)), np.zeros(3), None)
    assert (made.metrics["auc"], made.metrics["auc_pr"], made.metrics["recall"]) == (None, None, None)
    json.dumps(made.metrics, allow_nan=False)
