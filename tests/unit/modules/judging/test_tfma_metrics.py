"""R², computed by TFMA for real."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.metrics import metric_types

from modules.judging import tfma_metrics
from modules.tasks import measures

pytestmark = pytest.mark.unit

# By slice: labels, predictions and weights.
# a: labels 1, 2, 6, mean 3, squared deviations 14; squared errors 1 + 0 + 4 = 5.
# b: labels all 4.
ROWS = pd.DataFrame(
    {
        "slice": ["a", "a", "a", "b", "b"],
        "y": [1.0, 2.0, 6.0, 4.0, 4.0],
        "prediction": [2.0, 2.0, 4.0, 4.0, 5.0],
        "w": [1.0, 0.0, 3.0, 1.0, 1.0],
    }
)


def analyze(rows: pd.DataFrame, weight: str = "") -> dict[Any, float]:
    """Returns TFMA's R² by slice."""
    from tensorflow_model_analysis.proto import config_pb2

    config = config_pb2.EvalConfig(
        model_specs=[config_pb2.ModelSpec(prediction_key="prediction", label_key="y", example_weight_key=weight)],
        slicing_specs=[config_pb2.SlicingSpec(), config_pb2.SlicingSpec(feature_keys=["slice"])],
        metrics_specs=[
            config_pb2.MetricsSpec(
                metrics=[config_pb2.MetricConfig(class_name="RSquared", module="modules.judging.tfma_metrics")]
            )
        ],
    )
    result = tfma.analyze_raw_data(rows, config)
    return {key: float(found[""][""]["r_squared"]["doubleValue"]) for key, found in result.slicing_metrics}


def test_r_squared_is_one_less_the_squared_error_over_the_squared_deviation() -> None:
    found = analyze(ROWS)
    assert found[(("slice", "a"),)] == pytest.approx(1 - 5 / 14)
    # Overall: mean 17/5, squared deviations 73 - 17²/5 = 76/5, squared errors 6.
    assert found[()] == pytest.approx(1 - 6 * 5 / 76)


def test_r_squared_counts_rows_by_weight() -> None:
    # Weights 1, 0, 3: mean 19/4, squared deviations 300/16, squared errors 1 + 3 · 4 = 13.
    assert analyze(ROWS, "w")[(("slice", "a"),)] == pytest.approx(1 - 13 * 16 / 300)


def test_r_squared_is_undefined_where_all_labels_are_equal() -> None:
    assert np.isnan(analyze(ROWS)[(("slice", "b"),)])


def test_r_squared_does_not_forgive_predictions_that_are_stretched() -> None:
    # 2y has a correlation of 1 with y = 1, 2, 3: errors 1, 4, 9 against a squared deviation of 2.
    rows = pd.DataFrame({"slice": ["a"] * 3, "y": [1.0, 2.0, 3.0], "prediction": [2.0, 4.0, 6.0]})
    assert analyze(rows)[()] == pytest.approx(1 - 14 / 2)


def sums(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray, parts: int) -> float:
    """Returns R² as the combiner gives it from so many accumulators."""
    key = metric_types.MetricKey("r_squared", example_weighted=True)
    (computation,) = tfma_metrics._computations("r_squared", example_weighted=True)
    combiner = computation.combiner
    accumulators = [combiner.create_accumulator() for _ in range(parts)]
    for number, (label, prediction, weight) in enumerate(zip(labels, predictions, weights, strict=True)):
        row = metric_types.StandardMetricInputs(
            labels=np.array([label]), predictions=np.array([prediction]), example_weights=np.array([weight])
        )
        accumulators[number % parts] = combiner.add_input(accumulators[number % parts], row)
    return combiner.extract_output(combiner.merge_accumulators(iter(accumulators)))[key]


@pytest.mark.parametrize("parts", [1, 3, 40])
def test_merged_accumulators_give_what_one_pass_does(parts: int) -> None:
    generator = np.random.default_rng(31)
    labels = generator.normal(0, 5, 30)  # of 40 accumulators, 10 stay empty
    predictions, weights = labels + generator.normal(0, 2, 30), generator.integers(0, 4, 30).astype(float)
    expected = measures.r2(labels, predictions.reshape(-1, 1), weights)
    assert sums(labels, predictions, weights, parts) == pytest.approx(expected, rel=1e-12)


def test_a_large_offset_of_the_labels_does_not_cancel_out() -> None:
    labels, predictions = np.array([1.0, 2, 6]) + 1e9, np.array([2.0, 2, 4]) + 1e9
    assert sums(labels, predictions, np.ones(3), 2) == pytest.approx(1 - 5 / 14, rel=1e-6)
