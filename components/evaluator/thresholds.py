"""The decision thresholds of the models, which the EvalConfig is built without: each model is judged at its own."""

import json
from collections.abc import Mapping
from typing import Any

from modules.tasks import decisions, metrics

_FAIRNESS = "FairnessIndicators"


def fill_in(eval_config: Any, thresholds: Mapping[str, float]) -> None:
    """Fills in the thresholds where a metric depends on one; Fairness Indicators are taken at it as well.

    Where two models have different ones, the metrics of both become metrics of each, under the keys that they had, so
    that change thresholds compare what the one model decides with what the other does.

    Args:
        eval_config: TFMA's EvalConfig of a task with a positive class, with its defaults filled in; it is changed.
        thresholds: By the model's name in it, the candidate first.
    """
    for spec in list(eval_config.metrics_specs):
        first, *others = spec.model_names or thresholds
        for name in others:
            if thresholds[name] != thresholds[first] and any(
                one.class_name in metrics.TFMA_THRESHOLDS for one in spec.metrics
            ):
                own = eval_config.metrics_specs.add()
                own.CopyFrom(spec)
                own.model_names[:] = [name]
                for metric in own.metrics:  # the limits of the gates are the candidate's
                    metric.ClearField("per_slice_thresholds")
                spec.model_names.remove(name)
                _fill_in(own, thresholds[name])
        _fill_in(spec, thresholds[first])


def _fill_in(spec: Any, threshold: float) -> None:
    for metric in spec.metrics:
        parameters = json.loads(metric.config or "{}")
        if metric.class_name in metrics.TFMA_THRESHOLDS:
            parameters[metrics.TFMA_THRESHOLDS[metric.class_name]] = threshold
        elif metric.class_name == _FAIRNESS:
            parameters["thresholds"] = decisions.shown(parameters["thresholds"], threshold)
        else:
            continue
        metric.config = json.dumps(parameters)
