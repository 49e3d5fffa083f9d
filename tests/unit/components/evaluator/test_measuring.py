"""Metrics on rows that somebody worked out by hand. That they are TFMA's is tested beside TFMA."""

import json
from typing import Any

import numpy as np
import pytest
from tensorflow_model_analysis.proto import config_pb2

from components.evaluator import measuring
from components.evaluator.formulas import formula_of
from components.evaluator.judged_rows import JudgedRows
from components.evaluator.scored import Scored
from modules.judging import tfma_metrics  # noqa: F401 - registers a metric

pytestmark = pytest.mark.unit


def two(scores: list[float]) -> np.ndarray:
    return np.stack([1 - np.array(scores), scores], axis=1)


# Above 1/2: the first, right, and the third, wrong.
BINARY = Scored(np.array([1.0, 1, 0, 0, 0]), two([0.9, 0.4, 0.6, 0.3, 0.1]), np.array([2.0, 1, 1, 1, 1]))
CLASSES = Scored(
    np.array([0.0, 1, 2, 2, -1]),
    np.array([[0.5, 0.3, 0.2], [0.4, 0.4, 0.2], [0.1, 0.1, 0.8], [0.6, 0.15, 0.25], [0.2, 0.2, 0.6]]),
    np.ones(5),
)
# Errors -1, 0, 2 with weights 1, 0, 3; the mean label is 19/4, around which squares add up to 300/16.
VALUES = Scored(np.array([1.0, 2, 6]), np.array([[2.0], [2], [4]]), np.array([1.0, 0, 3]))


def measured(name: str, rows: Scored) -> float:
    formula = formula_of(name, {"k": 3} if "TopK" in name else {})
    assert formula is not None
    return formula(rows)


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("ExampleCount", BINARY, 6),
        ("MeanLabel", BINARY, 3 / 6),
        ("MeanPrediction", BINARY, (1.8 + 0.4 + 0.6 + 0.3 + 0.1) / 6),
        ("Calibration", BINARY, 3.2 / 3),
        ("AUC", BINARY, (2 * 3 + 1 * 2) / (3 * 3)),
        ("AUCPrecisionRecall", BINARY, (2 * 1 + 3 / 4) / 3),
        ("SparseCategoricalAccuracy", CLASSES, 2 / 5),
        ("SparseTopKCategoricalAccuracy", CLASSES, 4 / 5),
        ("BinaryAccuracy", BINARY, 4 / 6),
        ("RootMeanSquaredError", VALUES, (13 / 4) ** 0.5),
        ("MeanAbsoluteError", VALUES, 7 / 4),
        ("RSquared", VALUES, 1 - 13 * 16 / 300),
    ],
)
def test_each_formula_gives_what_was_worked_out(name: str, rows: Scored, expected: float) -> None:
    assert measured(name, rows) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["AUC", "MeanLabel", "RootMeanSquaredError", "RSquared", "Calibration"])
def test_rows_that_weigh_nothing_define_nothing(name: str) -> None:
    assert np.isnan(measured(name, Scored(np.array([1.0, 0]), two([0.5, 0.2]), np.zeros(2))))


def test_rows_of_one_class_have_no_area() -> None:
    rows = Scored(np.zeros(2), two([0.5, 0.2]), np.ones(2))
    assert np.isnan(measured("AUC", rows))
    assert np.isnan(measured("AUCPrecisionRecall", rows))


def judged(predictions: dict[str, np.ndarray], labels: np.ndarray, weights: np.ndarray | None = None) -> JudgedRows:
    return JudgedRows(labels, predictions, weights, {(): np.arange(len(labels)), (("g", "x"),): np.array([0, 1])})


def config(metric: str, parameters: dict[str, Any] | None = None, **options: Any) -> config_pb2.EvalConfig:
    found = config_pb2.MetricConfig(class_name=metric, config=json.dumps(parameters) if parameters else "")
    names = options.setdefault("model_names", [""])
    specs = [config_pb2.ModelSpec(name=name, label_key="y", is_baseline=name == "baseline") for name in names]
    return config_pb2.EvalConfig(model_specs=specs, metrics_specs=[config_pb2.MetricsSpec(metrics=[found], **options)])


def values(found: dict) -> dict[str, float]:
    return {key.name: value for key, value in found.items()}


def test_a_metric_is_measured_on_every_slice() -> None:
    rows = judged({"": BINARY.predictions.astype(np.float32)}, BINARY.labels.astype(np.float32))
    found = measuring.measure(rows, config("Precision"))
    assert {key: values(of_slice) for key, of_slice in found.items()} == {
        (): {"precision": 0.5},
        (("g", "x"),): {"precision": 1},
    }


@pytest.mark.parametrize(
    ("metric", "parameters", "expected"),
    [("Specificity", None, 2 / 3), ("F1Score", None, 0.5), ("Recall", {"thresholds": 0.3}, 1)],
)
def test_a_metric_of_the_confusion_matrix_needs_no_formula_here(metric: str, parameters: Any, expected: float) -> None:
    rows = judged({"": BINARY.predictions}, BINARY.labels)
    (value,) = measuring.measure(rows, config(metric, parameters))[()].values()
    assert value == pytest.approx(expected)


def test_fairness_indicators_are_named_by_rate_and_threshold_and_undefined_without_rows() -> None:
    rows = judged({"": BINARY.predictions}, BINARY.labels)
    found = values(measuring.measure(rows, config("FairnessIndicators", {"thresholds": [0.25, 0.5]}))[(("g", "x"),)])
    assert len(found) == 20
    assert found["fairness_indicators_metrics/true_positive_rate@0.25"] == 1
    assert found["fairness_indicators_metrics/false_negative_rate@0.50"] == 0.5
    assert np.isnan(found["fairness_indicators_metrics/false_positive_rate@0.50"])


def test_the_mean_over_classes_leaves_out_one_without_a_row() -> None:
    aggregate = config_pb2.AggregationOptions(macro_average=True, class_weights={0: 1, 1: 1, 2: 1})
    rows = judged({"": CLASSES.predictions[:2]}, CLASSES.labels[:2])
    (found,) = measuring.measure(rows, config("AUC", aggregate=aggregate))[()].values()
    # Class 0: 0.5 above 0.4; class 1: 0.4 above 0.3; class 2 has no row.
    assert found == 1
    binarize = config_pb2.BinarizationOptions(class_ids={"values": [0, 2]})
    of_each = measuring.measure(rows, config("AUC", binarize=binarize))[()]
    assert {key.sub_key.class_id: value for key, value in of_each.items()} == {
        0: 1,
        2: pytest.approx(np.nan, nan_ok=True),
    }


def test_a_baseline_is_taken_from_the_candidate_under_a_key_of_the_difference() -> None:
    rows = judged({"candidate": VALUES.predictions, "baseline": VALUES.labels[:, None]}, VALUES.labels)
    found = measuring.measure(rows, config("MeanAbsoluteError", model_names=["candidate", "baseline"]))[()]
    assert {(key.model_name, key.is_diff): value for key, value in found.items()} == {
        ("candidate", False): 1,
        ("baseline", False): 0,
        ("candidate", True): 1,
    }


def test_a_metric_without_a_formula_is_refused_by_its_name() -> None:
    with pytest.raises(NotImplementedError, match="no formula for the metric NDCG"):
        measuring.measure(judged({"": BINARY.predictions}, BINARY.labels), config("NDCG", {"gain_key": "g"}))
