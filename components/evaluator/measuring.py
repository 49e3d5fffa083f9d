"""Every metric and plot that an EvalConfig asks for, on every slice, under the keys that TFMA gives them."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from fairness_indicators import fairness_indicators_metrics as fairness
from tensorflow_model_analysis.metrics import confusion_matrix_metrics, metric_specs, metric_types
from tensorflow_model_analysis.utils import model_util

from components.evaluator.formulas import formula_of
from components.evaluator.judged_rows import JudgedRows
from components.evaluator.plots import PLOTS
from components.evaluator.scored import Scored
from modules.tasks.confusion import RATES
from modules.tasks.decisions import DEFAULT_THRESHOLD

# Fairness Indicators have these two as well, which are another rate's second name.
_FAIRNESS = RATES | {"precision": (("tp",), ("tp", "fp")), "recall": RATES["true_positive_rate"]}

Measured = dict[metric_types.MetricKey, Any]


def measure(scores: JudgedRows, eval_config: Any) -> dict[tuple, Measured]:
    """Measures what an EvalConfig asks for.

    Args:
        scores: The test rows with the predictions of every model.
        eval_config: TFMA's EvalConfig, with its defaults filled in.

    Returns:
        By TFMA's key of the slice, numbers by `MetricKey` and messages by `PlotKey`; with a baseline also the numbers
        of the candidate less the baseline's, under keys with `is_diff`.

    Raises:
        NotImplementedError: There is no formula for a metric.
    """
    baseline = model_util.get_baseline_model_spec(eval_config)
    wanted = [_Wanted(*one) for one in metric_specs.keys_and_metrics_from_specs(eval_config, eval_config.metrics_specs)]
    by_slice = {}
    for slice_key, rows in scores.rows_by_slice.items():
        views = _Views(scores, rows)
        measured = {key: value for one in wanted for key, value in one.measure(views).items()}
        by_slice[slice_key] = measured | (_differences(measured, baseline.name) if baseline else {})
    return by_slice


def _differences(measured: Measured, baseline: str) -> Measured:
    pairs = [(key, key.make_baseline_key(baseline)) for key in measured if not isinstance(key, metric_types.PlotKey)]
    return {
        key.make_diff_key(): measured[key] - measured[of_baseline]
        for key, of_baseline in pairs
        if key != of_baseline and of_baseline in measured
    }


class _Views:
    """The rows of one slice, as one model, one class, with or without weights; each is made once."""

    def __init__(self, scores: JudgedRows, rows: np.ndarray) -> None:
        self._scores, self._rows = scores, rows
        self._made: dict[tuple, Scored] = {}

    def view(self, model: str, weighted: bool, number: int | None = None) -> Scored:
        name = (model, weighted, number)
        if name not in self._made:
            if number is None:
                self._made[name] = self._scores.rows(model, self._rows, weighted)
            else:
                self._made[name] = self.view(model, weighted).of_class(number)
        return self._made[name]


@dataclasses.dataclass(frozen=True)
class _Wanted:
    """A metric of one model, and maybe of one class, that the config asks for."""

    key: metric_types.MetricKey
    config: Any
    instance: metric_types.Metric

    def measure(self, views: _Views) -> Measured:
        key, name = self.key, self.config.class_name
        rows = views.view(key.model_name, bool(key.example_weighted), key.sub_key and key.sub_key.class_id)
        parameters = json.loads(self.config.config or "{}")
        if name in PLOTS:
            return {metric_types.PlotKey(*key): PLOTS[name](rows, **parameters)}
        if isinstance(self.instance, fairness.FairnessIndicators):
            return _fairness(key, rows, parameters)
        if key.aggregation_type and key.aggregation_type.macro_average:
            views_of_classes = [
                views.view(key.model_name, bool(key.example_weighted), number)
                for number in range(rows.predictions.shape[1])
            ]
            return {key: _mean_of_defined([self._number(view, parameters) for view in views_of_classes])}
        return {key: self._number(rows, parameters)}

    def _number(self, rows: Scored, parameters: Mapping[str, Any]) -> float:
        formula = formula_of(self.config.class_name, parameters)
        if formula is not None:
            return formula(rows)
        if isinstance(self.instance, confusion_matrix_metrics.ConfusionMatrixMetric):
            return float(self.instance.result(*rows.cells(parameters.get("thresholds", DEFAULT_THRESHOLD))))
        raise NotImplementedError(
            f"no formula for the metric {self.config.class_name}: add one to components/evaluator/formulas.py"
        )


def _mean_of_defined(values: list[float]) -> float:
    """Returns the mean over the classes that the rows define; a class without any row does not count."""
    defined = [value for value in values if not np.isnan(value)]
    return float(np.mean(defined)) if defined else float("nan")


def _fairness(key: metric_types.MetricKey, rows: Scored, parameters: Mapping[str, Any]) -> Measured:
    thresholds = parameters["thresholds"]
    digits = fairness.calculate_digits(thresholds)
    by_key = {}
    for threshold in thresholds:
        cells = rows.cells(threshold)._asdict()
        for rate, parts in _FAIRNESS.items():
            part, whole = (sum(cells[cell] for cell in names) for names in parts)
            of_rate = key._replace(name=f"{key.name}/{rate}@{threshold:.{digits}f}")
            by_key[of_rate] = part / whole if whole else float("nan")
    return by_key
