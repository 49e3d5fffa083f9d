"""The registry of metrics, and that what derives from it fits together."""

import typing

import pytest

from modules.base.settings import Error, Gates, Objective, Score, TaskName
from modules.tasks import metrics
from modules.tasks.metrics import GATES, LADDER, METRICS, OBJECTIVES

pytestmark = pytest.mark.unit


def test_what_is_gated_watched_or_shown_of_a_task_can_be_measured() -> None:
    for by_task in (GATES, LADDER, OBJECTIVES):
        for task, names in by_task.items():
            for name in names:
                assert task in METRICS[name].measures, (task, name)


def test_what_can_be_gated_of_a_task_is_what_tfma_validates() -> None:
    for task, names in GATES.items():
        assert set(names) == {name for name, metric in METRICS.items() if task in metric.tfma}


def test_every_task_has_its_lists() -> None:
    for by_task in (GATES, LADDER, OBJECTIVES):
        assert tuple(by_task) == typing.get_args(TaskName)


def test_the_settings_have_a_gate_for_each_metric_that_can_be_gated_by_its_direction() -> None:
    assert list(Gates.model_fields) == [
        "auc",
        "auc_pr",
        "accuracy",
        "precision",
        "recall",
        "top_3_accuracy",
        "r2",
        "rmse",
        "mae",
    ]
    for name, field in Gates.model_fields.items():
        kind = Score if METRICS[name].higher_is_better else Error
        assert field.annotation == kind | None, name
        assert not field.is_required()


def test_the_settings_let_be_watched_what_some_task_watches() -> None:
    watched = ("auc", "auc_pr", "log_loss", "accuracy", "r2", "rmse", "mae")
    assert typing.get_args(Objective) == watched == metrics.names_of(OBJECTIVES)


def test_tfmas_names_are_ours_again_whatever_the_task() -> None:
    assert metrics.from_tfma("binary_accuracy") == metrics.from_tfma("sparse_categorical_accuracy") == "accuracy"
    assert metrics.from_tfma("auc_precision_recall") == "auc_pr"
    assert metrics.from_tfma("mean_label") == "mean_label"
    ours = {tfma.result: metric.name for metric in METRICS.values() for tfma in metric.tfma.values()}
    assert len(ours) == sum(len({tfma.result for tfma in metric.tfma.values()}) for metric in METRICS.values())
