"""Names and numbers of what the Evaluator leaves, as TFMA writes them for real."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow_model_analysis as tfma
from fairness_indicators import fairness_indicators_metrics  # noqa: F401  registers the metrics
from tensorflow_model_analysis.proto import config_pb2

from modules import tasks
from modules.base.settings import Evaluation, Label
from modules.judging import tfma_results
from modules.judging.tfma_results import slice_name
from pipeline.wiring import evaluation

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ((), "overall"),
        ((("sex", "Female"),), "sex=Female"),
        ((("sex", b"Female"), ("race", "Black")), "sex=Female, race=Black"),
        ((("age", 3),), "age=3"),
    ],
)
def test_a_slice_is_named_by_its_columns_and_values(key: tuple, name: str) -> None:
    assert slice_name(key) == name


CLASSES = ["a", "b", "c"]
LABELS: dict[str, dict[str, Any]] = {
    "binary": {"column": "y", "positive_class": "yes"},
    "multiclass": {"column": "y", "task": "multiclass"},
    "regression": {"column": "y", "task": "regression"},
}


def evaluate(folder: Path, task: str, rows: pd.DataFrame, weight: str = "") -> str:
    """Lets TFMA measure predictions with the metrics of a task; returns where it wrote them."""
    gate = {"binary": "auc", "multiclass": "auc", "regression": "r2"}[task]
    settings = Evaluation.model_validate({"slices": [["g"]], "gates": {gate: {"minimum": 0.5}}})
    label = Label.model_validate(LABELS[task] | ({"weight_column": weight} if weight else {}))
    config = evaluation.eval_config(settings, label)
    del config.model_specs[:]
    config.model_specs.append(
        config_pb2.ModelSpec(prediction_key="prediction", label_key="y", example_weight_key=weight)
    )
    for spec in config.metrics_specs:
        del spec.model_names[:]
        if spec.HasField("binarize"):
            spec.binarize.class_ids.values[:] = range(len(CLASSES))
        if spec.HasField("aggregate"):
            spec.aggregate.class_weights.update(dict.fromkeys(range(len(CLASSES)), 1.0))
    tfma.analyze_raw_data(rows, config, output_path=str(folder))
    return str(folder)


def gated(task: str, metrics: dict[str, float]) -> dict[str, float]:
    """Returns what can be gated by the config's names."""
    return {name: metrics[name] for name in tasks.GATES[task] if name in metrics}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> str:
    # Rows of the classes 0, 1, 2, 2; the first three are right.
    probabilities = [[0.5, 0.3, 0.2], [0.25, 0.65, 0.1], [0.1, 0.1, 0.8], [0.6, 0.15, 0.25]]
    rows = {"y": [0.0, 1.0, 2.0, 2.0], "g": ["x", "x", "y", "y"], "prediction": [np.array(p) for p in probabilities]}
    return evaluate(tmp_path_factory.mktemp("several"), "multiclass", pd.DataFrame(rows))


def test_what_can_be_gated_of_several_classes_has_the_names_that_the_gates_look_for(several: str) -> None:
    found = tfma_results.overall_metrics(several, CLASSES)
    # Class 0: 0.5 beats 0.25 and 0.1, not 0.6: 2/3. Class 1: 0.65 beats all: 1. Class 2: 0.8 beats both, 0.25 beats 0.2
    # and 0.1: 1. TFMA interpolates between 10,000 thresholds.
    assert gated("multiclass", found) == {
        "accuracy": 0.75,
        "auc": pytest.approx((2 / 3 + 1 + 1) / 3, abs=1e-3),
        "top_3_accuracy": 1.0,
    }


def test_metrics_of_one_class_against_the_rest_carry_its_name(several: str) -> None:
    found = tfma_results.overall_metrics(several, CLASSES)
    # Above 1/2: of class a the last row alone, which is wrong (the first is not above); of b and c one row each, right.
    assert (found["precision/a"], found["recall/a"]) == (0, 0)
    assert (found["precision/b"], found["recall/b"]) == (1, 1)
    assert (found["precision/c"], found["recall/c"]) == (1, 0.5)
    assert found["auc/a"] == pytest.approx(2 / 3, abs=1e-3)
    assert found["mean_label/c"] == 0.5
    assert found["false_positive_rate@0.50/a"] == pytest.approx(1 / 3)
    assert not [name for name in found if "classId" in name or "\n" in name or name.startswith("fairness")]


def test_slices_come_with_overall_first_and_with_their_rows_counted(several: str) -> None:
    found = tfma_results.metrics_by_slice(several, CLASSES)
    assert list(found) == ["overall", "g=x", "g=y"]
    assert [metrics["example_count"] for metrics in found.values()] == [4, 2, 2]
    assert [metrics["accuracy"] for metrics in found.values()] == [0.75, 1, 0.5]


def test_a_metric_that_is_undefined_on_a_slice_is_None_there(several: str) -> None:
    # No row of the slice y is of class a, so it has no recall there.
    found = tfma_results.metrics_by_slice(several, CLASSES)
    assert "recall/a" in found["overall"]
    assert found["g=y"]["recall/a"] is None
    assert all(value is None or np.isfinite(value) for metrics in found.values() for value in metrics.values())
    assert None not in tfma_results.overall_metrics(several, CLASSES).values()


def test_a_class_that_no_name_is_given_for_keeps_its_number(several: str) -> None:
    assert "precision/classId:2" in tfma_results.overall_metrics(several, ["a", "b"])


def test_the_errors_of_a_regression_are_measured_with_example_weights(tmp_path: Path) -> None:
    # Errors 1, 0, -2 with weights 1, 0, 3: MAE 7/4, MSE 13/4; squared deviations 300/16 around 19/4.
    rows = {"y": [1.0, 2, 6], "prediction": [2.0, 2, 4], "w": [1.0, 0, 3], "g": ["x", "x", "y"]}
    found = tfma_results.overall_metrics(evaluate(tmp_path, "regression", pd.DataFrame(rows), "w"))
    assert gated("regression", found) == {
        "r2": pytest.approx(1 - 13 * 16 / 300),
        "rmse": pytest.approx((13 / 4) ** 0.5),
        "mae": pytest.approx(7 / 4),
    }
    assert found["mean_label"] == pytest.approx(19 / 4)
    assert found["mean_prediction"] == pytest.approx(14 / 4)


def test_rows_are_counted_whatever_they_weigh(tmp_path: Path) -> None:
    # A slice is too small to judge by its rows: a few that count much are few.
    rows = {"y": [1.0, 2, 6], "prediction": [2.0, 2, 4], "w": [100.0, 100, 0.5], "g": ["x", "x", "y"]}
    found = tfma_results.metrics_by_slice(evaluate(tmp_path, "regression", pd.DataFrame(rows), "w"))
    assert {name: metrics["example_count"] for name, metrics in found.items()} == {"overall": 3, "g=x": 2, "g=y": 1}


def test_what_can_be_gated_of_two_classes_has_the_names_that_the_gates_look_for(tmp_path: Path) -> None:
    # Positives 0.9, 0.4; negatives 0.6, 0.3, 0.1: five of six pairs in order. Above 1/2 are 0.9, right, and 0.6, wrong.
    # At the two positives the precision is 1 and 2/3, in the mean 5/6, and TFMA interpolates.
    rows = {"y": [1.0, 1, 0, 0, 0], "prediction": [0.9, 0.4, 0.6, 0.3, 0.1], "g": ["x"] * 5}
    found = tfma_results.overall_metrics(evaluate(tmp_path, "binary", pd.DataFrame(rows)), ["no", "yes"])
    assert gated("binary", found) == {
        "auc": pytest.approx(5 / 6, abs=1e-3),
        "auc_pr": pytest.approx(5 / 6, abs=0.05),
        "accuracy": pytest.approx(0.6),
        "precision": 0.5,
        "recall": 0.5,
    }
    assert tfma_results.baseline_metrics(str(tmp_path)) == {}
