"""How the metrics that are one number are measured, by TFMA's class: those of the registry as the registry says."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from components.evaluator.scored import Scored
from modules.tasks import metrics
from modules.tasks.measures import Measure

Formula = Callable[[Scored], float]

_NAN = float("nan")


def formula_of(class_name: str, parameters: Mapping[str, Any]) -> Formula | None:
    """Returns the formula of a metric of TFMA, if there is one.

    Args:
        class_name: The name of TFMA's class.
        parameters: The class's parameters.
    """
    threshold = metrics.TFMA_THRESHOLDS.get(class_name, "")
    measure = _MEASURES.get(_key(class_name, {name: value for name, value in parameters.items() if name != threshold}))
    return _on_rows(measure.at(parameters.get(threshold))) if measure else _FORMULAS.get(class_name)


def _key(class_name: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
    return class_name, json.dumps(dict(parameters), sort_keys=True)


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


# The mean over classes is taken of the metric of each class, which is that of two classes.
_MEASURES = {
    _key(of_tfma.class_name, of_tfma.parameters): metric.measures[task]
    for metric in metrics.METRICS.values()
    for task, of_tfma in metric.tfma.items()
    if not of_tfma.mean_of_classes
}
_FORMULAS: dict[str, Formula] = {
    "ExampleCount": _example_count,
    "MeanLabel": _mean_label,
    "MeanPrediction": _mean_prediction,
    "Calibration": _calibration,
}
