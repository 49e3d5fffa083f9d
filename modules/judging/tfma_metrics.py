"""A metric that TFMA has no class for: the coefficient of determination."""

from collections.abc import Iterable
from typing import Any

import apache_beam as beam
import numpy as np
from tensorflow_model_analysis.metrics import metric_types, metric_util


class RSquared(metric_types.Metric):
    """R² = 1 − Σw(y − ŷ)² / Σw(y − ȳ)², ȳ being the weighted mean of the labels; NaN where all labels are equal.

    TFMA's `SquaredPearsonCorrelation` is another figure: it forgives predictions that are all too high, or stretched.

    Args:
        name: The metric's name in TFMA's results.
    """

    def __init__(self, name: str = "r_squared") -> None:
        super().__init__(metric_util.merge_per_key_computations(_computations), name=name)


metric_types.register_metric(RSquared)


def _computations(
    name: str,
    eval_config: Any = None,
    model_name: str = "",
    output_name: str = "",
    sub_key: Any = None,
    aggregation_type: Any = None,
    class_weights: Any = None,
    example_weighted: bool = False,
) -> list[Any]:
    key = metric_types.MetricKey(
        name=name,
        model_name=model_name,
        output_name=output_name,
        sub_key=sub_key,
        example_weighted=example_weighted,
    )
    return [metric_types.MetricComputation(keys=[key], preprocessors=None, combiner=_Sums(key, eval_config))]


class _Sums(beam.CombineFn):
    """Combines rows into [weight, mean label, squared deviation of the labels, squared error]."""

    def __init__(self, key: Any, eval_config: Any) -> None:
        self._key, self._eval_config = key, eval_config

    def create_accumulator(self) -> np.ndarray:
        return np.zeros(4)

    def add_input(self, accumulator: np.ndarray, element: Any) -> np.ndarray:
        for label, prediction, weight in metric_util.to_label_prediction_example_weight(
            element,
            eval_config=self._eval_config,
            model_name=self._key.model_name,
            output_name=self._key.output_name,
            example_weighted=self._key.example_weighted,
        ):
            label, prediction, weight = (float(np.squeeze(value)) for value in (label, prediction, weight))
            row = np.array([weight, label, 0.0, weight * (label - prediction) ** 2])
            accumulator = _join(accumulator, row)
        return accumulator

    def merge_accumulators(self, accumulators: Iterable[np.ndarray]) -> np.ndarray:
        joined = self.create_accumulator()
        for accumulator in accumulators:
            joined = _join(joined, accumulator)
        return joined

    def extract_output(self, accumulator: np.ndarray) -> dict[Any, float]:
        _, _, deviation, error = accumulator
        return {self._key: float(1.0 - error / deviation) if deviation > 0 else float("nan")}


def _join(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Joins two summaries without the cancellation of plain sums (Chan, Golub and LeVeque, 1983)."""
    weight = one[0] + other[0]
    if weight == 0:
        return one
    difference = other[1] - one[1]
    mean = one[1] + difference * other[0] / weight
    deviation = one[2] + other[2] + difference**2 * one[0] * other[0] / weight
    return np.array([weight, mean, deviation, one[3] + other[3]])
