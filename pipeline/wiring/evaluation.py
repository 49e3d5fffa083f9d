"""What the Evaluator measures, for whom, and what decides: TFMA's EvalConfig, built from the config."""

import json
from collections.abc import Sequence
from typing import Any

from modules import tasks
from modules.base.settings import Error, Evaluation, Label, Score
from modules.tasks.metrics import TfmaMetric

CANDIDATE, BASELINE = "candidate", "baseline"


def eval_config(settings: Evaluation, label: Label) -> Any:
    """Builds the EvalConfig.

    Value thresholds and change thresholds hold for the overall slice only: a threshold without a slice would hold for
    every slice, and a slice with a handful of rows would decide by chance.

    Args:
        settings: The section `evaluation` of the config.
        label: The section `label`.

    Returns:
        A `config_pb2.EvalConfig` with a candidate and, for the change thresholds, a baseline; the Evaluator drops the
        baseline when no model has been blessed yet. Where a metric is taken of one class against the rest, the numbers
        of the classes are left to the Evaluator: the config does not know them.
    """
    from tensorflow_model_analysis.proto import config_pb2

    key = {"label_key": label.column, "example_weight_key": label.weight_column or ""}
    return config_pb2.EvalConfig(
        model_specs=[
            config_pb2.ModelSpec(name=CANDIDATE, model_type="tf_lite", **key),
            config_pb2.ModelSpec(name=BASELINE, model_type="tf_lite", is_baseline=True, **key),
        ],
        slicing_specs=[
            config_pb2.SlicingSpec(),
            *(config_pb2.SlicingSpec(feature_keys=columns) for columns in settings.slices),
        ],
        metrics_specs=_metrics_specs(config_pb2, settings, label),
    )


def _metrics_specs(config_pb2: Any, settings: Evaluation, label: Label) -> list[Any]:
    """Returns the metrics: what decides on both models, the rest, which is most of the work, on the candidate alone."""

    def metric(class_name: str, **parameters: Any) -> Any:
        return config_pb2.MetricConfig(class_name=class_name, config=json.dumps(parameters) if parameters else "")

    def spec(metrics: list[Any], *models: str, **options: Any) -> Any:
        return config_pb2.MetricsSpec(metrics=metrics, model_names=models, **options)

    task = tasks.named(label.task)
    plain: list[Any] = []
    mean_of_classes: list[Any] = []
    for name in task.gates:
        tfma = tasks.METRICS[name].tfma[task.name]
        kind = mean_of_classes if tfma.mean_of_classes else plain
        kind.append(_gated_metric(config_pb2, tfma, settings.gates.given.get(name)))
    one_against_rest = config_pb2.BinarizationOptions()
    specs = [spec(plain, CANDIDATE, BASELINE)]
    if mean_of_classes:
        average = config_pb2.AggregationOptions(macro_average=True)
        specs.append(spec(mean_of_classes, CANDIDATE, BASELINE, binarize=one_against_rest, aggregate=average))
    # Rows are counted whatever they weigh: whether a slice is too small goes by them.
    plainly = {"example_weights": config_pb2.ExampleWeightOptions(unweighted=True)} if label.weight_column else {}
    specs.append(spec([metric("ExampleCount")], CANDIDATE, **plainly))
    overall, of_each_class = _ALSO_MEASURED[task]
    thresholds = {"FairnessIndicators": {"thresholds": settings.fairness_thresholds}}
    for measured, options in ((overall, {}), (of_each_class, {"binarize": one_against_rest})):
        if measured:
            made = [metric(name, **parameters, **thresholds.get(name, {})) for name, parameters in measured]
            specs.append(spec(made, CANDIDATE, **options))
    return specs


_Classes = Sequence[tuple[str, dict[str, Any]]]
_MEANS: _Classes = (("MeanLabel", {}), ("MeanPrediction", {}), ("Calibration", {}))
_PLOTS: _Classes = (("ConfusionMatrixPlot", {"num_thresholds": 100}), ("CalibrationPlot", {"num_buckets": 10}))
_FAIRNESS: _Classes = (("FairnessIndicators", {}),)
# TFMA's classes, with their parameters, that decide nothing: of all rows, and of each class against the rest. TFMA's
# calibration plot is for probabilities; the Ladder has a regression's calibration, by decile.
_ALSO_MEASURED: dict[tasks.Task, tuple[_Classes, _Classes]] = {
    tasks.BINARY: ([*_MEANS, *_PLOTS, *_FAIRNESS], []),
    tasks.MULTICLASS: (
        [("MultiClassConfusionMatrixPlot", {})],
        [("AUC", {}), ("Precision", {}), ("Recall", {}), *_MEANS, *_FAIRNESS],
    ),
    tasks.REGRESSION: (_MEANS, []),
}


def _gated_metric(config_pb2: Any, tfma: TfmaMetric, gate: Score | Error | None) -> Any:
    metric = config_pb2.MetricConfig(
        class_name=tfma.class_name,
        module=tfma.module,
        config=json.dumps(tfma.parameters) if tfma.parameters else "",
    )
    if gate is None:
        return metric
    threshold = config_pb2.MetricThreshold()
    value, change = threshold.value_threshold, threshold.change_threshold
    if isinstance(gate, Score):
        if gate.minimum is not None:
            value.lower_bound.value = gate.minimum
        if gate.max_drop is not None:
            change.absolute.value, change.direction = -gate.max_drop, config_pb2.MetricDirection.HIGHER_IS_BETTER
    else:
        if gate.maximum is not None:
            value.upper_bound.value = gate.maximum
        if gate.max_rise is not None:
            change.absolute.value, change.direction = gate.max_rise, config_pb2.MetricDirection.LOWER_IS_BETTER
    overall = config_pb2.PerSliceMetricThreshold(slicing_specs=[config_pb2.SlicingSpec()], threshold=threshold)
    metric.per_slice_thresholds.append(overall)
    return metric
