"""How the metrics that are one number are measured, by TFMA's class: those of the registry as the registry says."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from components.evaluator.scored import Scored
from modules.tasks.measures import Measure
from modules.tasks.metrics import METRICS

Formula = Callable[[Scored], float]

_NAN = float("nan")


def formula_of(class_name: str, parameters: Mapping[str, Any]) -> Formula | None:
    """Returns the formula of a metric of TFMA, if there is one.

    Args:
        class_name: The name of TFMA's class.
        parameters: The class's parameters.
    """
    return _FORMULAS.get(_key(class_name, parameters))


def _key(class_name: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
    return class_name, json.dumps(dict(parameters), sort_keys=True)


def _registered() -> dict[tuple[str, str], Formula]:
    # The mean over classes is taken of the metric of each class, which is that of two classes.
    return {
        _key(of_tfma.class_name, of_tfma.parameters): _on_rows(metric.measures[task])
        for metric in METRICS.values()
        for task, of_tfma in metric.tfma.items()
        if not of_tfma.mean_of_classes
    }


def _on_rows(measure: Measure) -> Formula:
    return lambda rows: measure(rows.labels, rows.predictions, rows.weights)


def _example_count(rows: Scored) -> float:
    return float(rows.weights.sum())


# As TFMA does: rows that weigh next to nothing have no mean.
def _mean_label(rows: Scored) -> float:
    return _ratio(rows.weights @ rows.labels, rows.weights.sum())


def _mean_prediction(rows: Scored) -> float:
    return _ratio(rows.weights @ rows.scores, rows.weights.sum())


def _calibration(rows: Scored) -> float:
    return _ratio(rows.weights @ rows.scores, rows.weights @ rows.labels)


def _ratio(part: float, whole: float) -> float:
    return _NAN if np.isclose(whole, 0) else float(part / whole)


_FORMULAS = _registered() | {
    _key("ExampleCount", {}): _example_count,
    _key("MeanLabel", {}): _mean_label,
    _key("MeanPrediction", {}): _mean_prediction,
    _key("Calibration", {}): _calibration,
}
