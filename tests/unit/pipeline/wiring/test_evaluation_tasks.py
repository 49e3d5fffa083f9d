"""The EvalConfig of several classes and of a regression, and that TFMA takes it."""

import json
from typing import Any

import pytest
from tensorflow_model_analysis.proto import config_pb2

from modules.base.settings import Evaluation, Label
from pipeline.wiring import evaluation

pytestmark = pytest.mark.unit

LABELS = {
    "binary": Label(column="y", positive_class="yes"),
    "multiclass": Label(column="y", task="multiclass"),
    "regression": Label(column="y", task="regression"),
}
GATES = {"binary": "auc", "multiclass": "accuracy", "regression": "r2"}


def config(task: str, gates: dict | None = None, label: Label | None = None, **settings: Any) -> config_pb2.EvalConfig:
    settings = {"gates": gates or {GATES[task]: {"minimum": 0.5}}} | settings
    return evaluation.eval_config(Evaluation.model_validate(settings), label or LABELS[task])


def spec_of(made: config_pb2.EvalConfig, class_name: str, of_each_class: bool = False) -> config_pb2.MetricsSpec:
    """Returns the only spec that holds a metric; of two, the one of each class or the other."""
    (found,) = [
        spec
        for spec in made.metrics_specs
        if class_name in [metric.class_name for metric in spec.metrics]
        and (spec.HasField("binarize") and not spec.HasField("aggregate")) == of_each_class
    ]
    return found


def metric_of(made: config_pb2.EvalConfig, class_name: str) -> config_pb2.MetricConfig:
    (found,) = [metric for metric in spec_of(made, class_name).metrics if metric.class_name == class_name]
    return found


def names(spec: config_pb2.MetricsSpec) -> set[str]:
    return {metric.class_name for metric in spec.metrics}


def test_the_classes_are_told_apart_by_accuracy_and_by_the_mean_auc_of_each_against_the_rest() -> None:
    made = config("multiclass")
    decides = spec_of(made, "SparseCategoricalAccuracy")
    assert names(decides) == {"SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy"}
    assert json.loads(metric_of(made, "SparseTopKCategoricalAccuracy").config) == {"k": 3}
    mean = spec_of(made, "AUC")
    assert mean.HasField("binarize")
    assert mean.aggregate.macro_average
    for spec in (decides, mean):
        assert list(spec.model_names) == ["candidate", "baseline"]


def test_each_class_is_measured_against_the_rest_on_the_candidate() -> None:
    spec = spec_of(config("multiclass"), "Precision", of_each_class=True)
    assert names(spec) == {
        "AUC",
        "Precision",
        "Recall",
        "MeanLabel",
        "MeanPrediction",
        "Calibration",
        "FairnessIndicators",
    }
    assert list(spec.model_names) == ["candidate"]
    assert not any(metric.per_slice_thresholds for metric in spec.metrics)


def test_rows_are_counted_and_confusions_plotted_over_all_classes_at_once() -> None:
    made = config("multiclass")
    for name in ("ExampleCount", "MultiClassConfusionMatrixPlot"):
        assert not spec_of(made, name).HasField("binarize")
        assert list(spec_of(made, name).model_names) == ["candidate"]


def test_a_regression_is_measured_by_its_errors_and_means() -> None:
    made = config("regression")
    decides, *others = made.metrics_specs
    assert names(decides) == {"RSquared", "RootMeanSquaredError", "MeanAbsoluteError"}
    assert list(decides.model_names) == ["candidate", "baseline"]
    assert set().union(*map(names, others)) == {"ExampleCount", "MeanLabel", "MeanPrediction", "Calibration"}
    assert all(list(spec.model_names) == ["candidate"] for spec in others)
    assert metric_of(made, "RSquared").module == "modules.judging.tfma_metrics"
    assert not any(spec.HasField("binarize") for spec in made.metrics_specs)


@pytest.mark.parametrize(
    ("task", "gate", "class_name"),
    [
        ("multiclass", "accuracy", "SparseCategoricalAccuracy"),
        ("multiclass", "auc", "AUC"),
        ("multiclass", "top_3_accuracy", "SparseTopKCategoricalAccuracy"),
        ("regression", "r2", "RSquared"),
    ],
)
def test_a_score_must_reach_its_minimum_and_must_not_fall_by_more_than_its_drop(
    task: str, gate: str, class_name: str
) -> None:
    made = config(task, {gate: {"minimum": 0.5, "max_drop": 0.25}})
    gated = {m.class_name for spec in made.metrics_specs for m in spec.metrics if m.per_slice_thresholds}
    assert gated == {class_name}
    (found,) = metric_of(made, class_name).per_slice_thresholds
    assert list(found.slicing_specs) == [config_pb2.SlicingSpec()]
    assert found.threshold.value_threshold.lower_bound.value == 0.5
    assert not found.threshold.value_threshold.HasField("upper_bound")
    assert found.threshold.change_threshold.absolute.value == -0.25
    assert found.threshold.change_threshold.direction == config_pb2.MetricDirection.HIGHER_IS_BETTER


@pytest.mark.parametrize(("gate", "class_name"), [("rmse", "RootMeanSquaredError"), ("mae", "MeanAbsoluteError")])
def test_an_error_must_stay_below_its_maximum_and_must_not_rise_by_more_than_its_rise(
    gate: str, class_name: str
) -> None:
    made = config("regression", {gate: {"maximum": 12.5, "max_rise": 0.75}})
    gated = {m.class_name for spec in made.metrics_specs for m in spec.metrics if m.per_slice_thresholds}
    assert gated == {class_name}
    (found,) = metric_of(made, class_name).per_slice_thresholds
    assert list(found.slicing_specs) == [config_pb2.SlicingSpec()]
    assert found.threshold.value_threshold.upper_bound.value == 12.5
    assert not found.threshold.value_threshold.HasField("lower_bound")
    assert found.threshold.change_threshold.absolute.value == 0.75
    assert found.threshold.change_threshold.direction == config_pb2.MetricDirection.LOWER_IS_BETTER


def test_an_error_with_one_limit_has_one_threshold() -> None:
    made = config("regression", {"rmse": {"maximum": 3.0}, "mae": {"max_rise": 0.0}})
    rmse, mae = (
        metric_of(made, name).per_slice_thresholds[0].threshold
        for name in ("RootMeanSquaredError", "MeanAbsoluteError")
    )
    assert rmse.HasField("value_threshold")
    assert not rmse.HasField("change_threshold")
    assert not mae.HasField("value_threshold")
    assert mae.change_threshold.absolute.value == 0
    assert mae.change_threshold.direction == config_pb2.MetricDirection.LOWER_IS_BETTER


@pytest.mark.parametrize("task", LABELS)
def test_example_weights_count_in_every_metric_of_both_models(task: str) -> None:
    label = LABELS[task].model_copy(update={"weight_column": "w"})
    assert [spec.example_weight_key for spec in config(task, label=label).model_specs] == ["w", "w"]
    assert [spec.example_weight_key for spec in config(task).model_specs] == ["", ""]


@pytest.mark.parametrize("has_baseline", [True, False])
@pytest.mark.parametrize("task", LABELS)
def test_tfma_takes_the_config_with_and_without_a_baseline(task: str, has_baseline: bool) -> None:
    import tensorflow_model_analysis as tfma
    from fairness_indicators import fairness_indicators_metrics  # noqa: F401  registers the metrics
    from tensorflow_model_analysis.metrics import metric_specs

    made = config(task, slices=[["sex"]])
    for spec in made.metrics_specs:
        if spec.HasField("binarize"):
            spec.binarize.class_ids.values[:] = range(3)
        if spec.HasField("aggregate"):
            spec.aggregate.class_weights.update(dict.fromkeys(range(3), 1.0))
    used = tfma.utils.update_eval_config_with_defaults(made, has_baseline=has_baseline, rubber_stamp=True)
    assert len(used.model_specs) == 1 + has_baseline
    tfma.utils.verify_eval_config(used)
    assert metric_specs.to_computations(used.metrics_specs, used)
