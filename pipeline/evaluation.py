"""What the Evaluator measures, for whom, and what decides: TFMA's EvalConfig, built from the config."""

import json
from typing import Any

from modules.settings import Evaluation, Label

CANDIDATE, BASELINE = "candidate", "baseline"

# The config's name of a gated metric, TFMA's class for it, and its name in TFMA's results.
GATED = {
    "auc": ("AUC", "auc"),
    "accuracy": ("BinaryAccuracy", "binary_accuracy"),
    "precision": ("Precision", "precision"),
    "recall": ("Recall", "recall"),
}

# TFMA's AUC interpolates between this many thresholds; 10,000 bring it within 1e-4 of the exact one.
_AUC_THRESHOLDS = 10_000


def eval_config(settings: Evaluation, label: Label) -> Any:
    """Builds the EvalConfig.

    Value thresholds and change thresholds hold for the overall slice only: a threshold without a slice would hold for
    every slice, and a slice with a handful of rows would decide by chance.

    Args:
        settings: The section `evaluation` of the config.
        label: The section `label`.

    Returns:
        A `config_pb2.EvalConfig` with a candidate and, for the change thresholds, a baseline; the Evaluator drops the
        baseline when no model has been blessed yet.
    """
    from tensorflow_model_analysis.proto import config_pb2

    gated = [_gated_metric(config_pb2, name, settings) for name in GATED]
    metrics = [config_pb2.MetricConfig(class_name=name) for name in ("ExampleCount", "MeanLabel", "MeanPrediction")]
    metrics.append(config_pb2.MetricConfig(class_name="Calibration"))
    metrics.append(config_pb2.MetricConfig(class_name="AUCPrecisionRecall"))
    metrics.append(config_pb2.MetricConfig(class_name="ConfusionMatrixPlot", config='{"num_thresholds": 100}'))
    metrics.append(config_pb2.MetricConfig(class_name="CalibrationPlot", config='{"num_buckets": 10}'))
    thresholds = json.dumps({"thresholds": settings.fairness_thresholds})
    metrics.append(config_pb2.MetricConfig(class_name="FairnessIndicators", config=thresholds))
    return config_pb2.EvalConfig(
        model_specs=[
            config_pb2.ModelSpec(name=CANDIDATE, model_type="tf_lite", label_key=label.column),
            config_pb2.ModelSpec(name=BASELINE, model_type="tf_lite", label_key=label.column, is_baseline=True),
        ],
        slicing_specs=[
            config_pb2.SlicingSpec(),
            *(config_pb2.SlicingSpec(feature_keys=columns) for columns in settings.slices),
        ],
        # What decides is measured on both models, the rest on the candidate alone: it is most of the work.
        metrics_specs=[
            config_pb2.MetricsSpec(metrics=gated, model_names=[CANDIDATE, BASELINE]),
            config_pb2.MetricsSpec(metrics=metrics, model_names=[CANDIDATE]),
        ],
    )


def _gated_metric(config_pb2: Any, name: str, settings: Evaluation) -> Any:
    class_name, _ = GATED[name]
    config = json.dumps({"num_thresholds": _AUC_THRESHOLDS}) if name == "auc" else ""
    metric = config_pb2.MetricConfig(class_name=class_name, config=config)
    gate = getattr(settings.gates, name)
    if gate is None:
        return metric
    threshold = config_pb2.MetricThreshold()
    if gate.minimum is not None:
        threshold.value_threshold.lower_bound.value = gate.minimum
    if gate.max_drop is not None:
        threshold.change_threshold.absolute.value = -gate.max_drop
        threshold.change_threshold.direction = config_pb2.MetricDirection.HIGHER_IS_BETTER
    overall = config_pb2.PerSliceMetricThreshold(slicing_specs=[config_pb2.SlicingSpec()], threshold=threshold)
    metric.per_slice_thresholds.append(overall)
    return metric
