import json
from typing import Any

import pytest
from tensorflow_model_analysis.proto import config_pb2

from modules.base.settings import Evaluation, Label
from pipeline.wiring import evaluation

pytestmark = pytest.mark.unit


def config(**settings: Any) -> config_pb2.EvalConfig:
    settings = {"gates": {"auc": {"minimum": 0.9}}} | settings
    return evaluation.eval_config(Evaluation.model_validate(settings), Label(column="income", positive_class="yes"))


def metrics(made: config_pb2.EvalConfig) -> dict[str, config_pb2.MetricConfig]:
    found = [metric for spec in made.metrics_specs for metric in spec.metrics]
    assert len({metric.class_name for metric in found}) == len(found)
    return {metric.class_name: metric for metric in found}


def test_candidate_and_baseline_are_tflite_models_with_the_label() -> None:
    candidate, baseline = config().model_specs
    assert (candidate.name, candidate.is_baseline) == ("candidate", False)
    assert (baseline.name, baseline.is_baseline) == ("baseline", True)
    for spec in (candidate, baseline):
        assert (spec.model_type, spec.label_key) == ("tf_lite", "income")


def test_the_slices_are_overall_and_those_of_the_config() -> None:
    made = config(slices=[["sex"], ["sex", "race"]])
    assert [list(spec.feature_keys) for spec in made.slicing_specs] == [[], ["sex"], ["sex", "race"]]


def test_overall_is_always_a_slice() -> None:
    assert list(config().slicing_specs) == [config_pb2.SlicingSpec()]


def test_a_gate_holds_for_the_overall_slice_only() -> None:
    made = config(slices=[["sex"]], gates={"auc": {"minimum": 0.9, "max_drop": 0.01}, "recall": {"minimum": 0.5}})
    for name in ("AUC", "Recall"):
        metric = metrics(made)[name]
        (threshold,) = metric.per_slice_thresholds
        assert list(threshold.slicing_specs) == [config_pb2.SlicingSpec()]
        assert not metric.HasField("threshold")  # one without a slice would hold for every slice


def test_a_minimum_is_a_lower_bound_and_a_drop_a_change_in_the_metrics_direction() -> None:
    threshold = (
        metrics(config(gates={"auc": {"minimum": 0.9, "max_drop": 0.01}}))["AUC"].per_slice_thresholds[0].threshold
    )
    assert threshold.value_threshold.lower_bound.value == 0.9
    assert not threshold.value_threshold.HasField("upper_bound")
    assert threshold.change_threshold.absolute.value == -0.01
    assert threshold.change_threshold.direction == config_pb2.MetricDirection.HIGHER_IS_BETTER


def test_a_limit_that_is_not_given_is_no_threshold() -> None:
    made = metrics(config(gates={"auc": {"minimum": 0.9}, "accuracy": {"max_drop": 0.02}}))
    only_value = made["AUC"].per_slice_thresholds[0].threshold
    only_change = made["BinaryAccuracy"].per_slice_thresholds[0].threshold
    assert only_value.HasField("value_threshold")
    assert not only_value.HasField("change_threshold")
    assert not only_change.HasField("value_threshold")
    assert only_change.change_threshold.absolute.value == pytest.approx(-0.02)


def test_a_metric_without_a_gate_is_measured_and_decides_nothing() -> None:
    made = metrics(config())
    for name in ("BinaryAccuracy", "Precision", "Recall", "Calibration", "ExampleCount"):
        assert not made[name].per_slice_thresholds
        assert not made[name].HasField("threshold")


@pytest.mark.parametrize(
    ("gate", "class_name"),
    [
        ("auc", "AUC"),
        ("auc_pr", "AUCPrecisionRecall"),
        ("accuracy", "BinaryAccuracy"),
        ("precision", "Precision"),
        ("recall", "Recall"),
    ],
)
def test_every_gate_of_the_config_reaches_its_metric(gate: str, class_name: str) -> None:
    made = metrics(config(gates={gate: {"minimum": 0.25}}))
    with_gate = {name for name, metric in made.items() if metric.per_slice_thresholds}
    assert with_gate == {class_name}
    assert made[class_name].per_slice_thresholds[0].threshold.value_threshold.lower_bound.value == 0.25


def test_fairness_indicators_are_measured_at_the_thresholds_of_the_config() -> None:
    made = metrics(config(fairness_thresholds=[0.1, 0.9]))
    assert json.loads(made["FairnessIndicators"].config) == {"thresholds": [0.1, 0.9]}


def test_what_decides_is_measured_on_both_models_and_the_rest_on_the_candidate() -> None:
    for spec in config().metrics_specs:
        names = {metric.class_name for metric in spec.metrics}
        gated = names <= {"AUC", "AUCPrecisionRecall", "BinaryAccuracy", "Precision", "Recall"}
        assert list(spec.model_names) == (["candidate", "baseline"] if gated else ["candidate"])


def test_all_that_the_issue_asks_for_is_measured() -> None:
    assert {
        "AUC",
        "AUCPrecisionRecall",
        "BinaryAccuracy",
        "Precision",
        "Recall",
        "Calibration",
        "ConfusionMatrixPlot",
        "CalibrationPlot",
        "FairnessIndicators",
    } <= set(metrics(config()))


def test_tfma_takes_the_config_with_and_without_a_baseline() -> None:
    import tensorflow_model_analysis as tfma
    from fairness_indicators import fairness_indicators_metrics  # noqa: F401  registers the metrics

    made = config(slices=[["sex"]], gates={"auc": {"minimum": 0.9, "max_drop": 0.01}})
    for has_baseline in (True, False):
        used = tfma.utils.update_eval_config_with_defaults(made, has_baseline=has_baseline, rubber_stamp=True)
        assert len(used.model_specs) == 1 + has_baseline
        tfma.utils.verify_eval_config(used)
