import math
import re
import typing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modules import tasks
from modules.base.settings import Label, TaskName
from modules.features.profile import LabelProfile, Profile
from modules.features.vocabulary import Count
from modules.tasks import Target

pytestmark = pytest.mark.unit


def binary(positive: str | int, **counts: int) -> Target:
    profile = Profile(label=LabelProfile(tuple(Count(*pair) for pair in counts.items())))
    return tasks.target_of(Label(column="y", positive_class=positive), profile)


def test_of_two_classes_the_negative_one_comes_first_with_its_count() -> None:
    assert binary("no", no=30, yes=70) == Target("binary", ("yes", "no"), (70, 30))
    assert binary("yes", no=30, yes=70) == Target("binary", ("no", "yes"), (30, 70))


def test_all_other_classes_together_are_the_negative_one() -> None:
    assert binary("b", a=5, b=7, c=11) == Target("binary", ("not b", "b"), (16, 7))


def test_a_positive_class_given_as_a_number_is_found_by_its_text() -> None:
    assert binary(1, **{"0": 3, "1": 4}) == Target("binary", ("0", "1"), (3, 4))


def test_several_classes_come_in_the_order_of_the_profile() -> None:
    profile = Profile(label=LabelProfile((Count("a", 1), Count("b", 2), Count("c", 3))))
    target = tasks.target_of(Label(column="y", task="multiclass"), profile)
    assert target == Target("multiclass", ("a", "b", "c"), (1, 2, 3))
    assert target.outputs == 3


def test_a_regression_learns_with_the_moments_of_its_label() -> None:
    profile = Profile(label=LabelProfile(mean=3.0, deviation=2.0, low=-1.0, high=9.0))
    label = Label(column="y", task="regression", log_scale=True)
    target = tasks.target_of(label, profile)
    assert target == Target("regression", (), (), 3.0, 2.0, True, -1.0, 9.0)
    assert target.outputs == 1
    assert not tasks.target_of(Label(column="y", task="regression"), profile).log


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["10", "9", "2"], ["2", "9", "10"]),
        (["1.5", "-3", "0.25"], ["-3", "0.25", "1.5"]),
        (["9", "10", "x"], ["10", "9", "x"]),
        (["b", "é", "a", "B"], ["B", "a", "b", "é"]),
    ],
    ids=["integers", "floats", "not all numbers", "text"],
)
def test_classes_are_ordered_as_numbers_where_all_are_numbers_else_as_text(names: list, expected: list) -> None:
    assert tasks.sort_classes(names) == expected


@pytest.mark.parametrize("names", [["1", "01", "1.0"], ["2", "nan", "1", "inf"]], ids=["one number", "no numbers"])
def test_the_order_of_the_classes_does_not_depend_on_the_order_in_which_they_were_met(names: list[str]) -> None:
    # Beam's bundles come in any order; texts that Python takes for one number, or for none, must not follow it.
    assert tasks.sort_classes(names) == tasks.sort_classes(names[::-1])


def test_class_weights_make_all_classes_count_alike() -> None:
    # n / (classes · n_class): 12 / (3 · 2), 12 / (3 · 4), 12 / (3 · 6); each class then counts 4 rows in all.
    weights = tasks.class_weights(Target("multiclass", ("a", "b", "c"), (2, 4, 6)))
    np.testing.assert_allclose(weights, [2, 1, 2 / 3], rtol=1e-6)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(tasks.class_weights(Target("binary", ("n", "p"), (90, 10))), [100 / 180, 5], rtol=1e-6)


def test_a_class_without_a_training_row_has_a_finite_weight() -> None:
    assert np.isfinite(tasks.class_weights(Target("binary", ("n", "p"), (10, 0)))).all()


THREE = ["2", "9", "10"]


@pytest.mark.parametrize(
    ("raw", "task", "classes", "expected"),
    [
        (np.array([[b">50K"], [b"<=50K"]], object), "binary", ["<=50K", ">50K"], [[1], [0]]),
        (np.array([b"yes", b"no"]), "binary", ["no", "yes"], [1, 0]),
        (np.array(["né".encode(), b"ne"], object), "binary", ["ne", "né"], [1, 0]),
        (np.array([0, 1, 2], np.int64), "binary", ["not 1", "1"], [0, 1, 0]),
        (np.array([0.5, 1.5], np.float32), "binary", ["0.5", "1.5"], [0, 1]),
        (np.array([b"c", b"a", b"b"], object), "multiclass", ["a", "b", "c"], [2, 0, 1]),
        (np.array([[10], [2], [9]], np.int64), "multiclass", THREE, [[2], [0], [1]]),
        (np.array([0.1, 0.25], np.float32), "multiclass", ["0.1", "0.25"], [0, 1]),
        (np.array([b"d", b"a"], object), "multiclass", ["a", "b"], [-1, 0]),
        (np.array([7, 9], np.int64), "multiclass", THREE, [-1, 1]),
        (np.array([7, -2], np.int64), "regression", [], [7, -2]),
        (np.array([[0.5]], np.float64), "regression", [], [[0.5]]),
    ],
)
def test_labels_become_what_metrics_compare_with_predictions(
    raw: np.ndarray, task: str, classes: list[str], expected: list
) -> None:
    found = tasks.encode_labels(raw, task, classes)
    assert found.dtype == np.float32
    assert found.tolist() == expected


LN3 = math.log(3)


@pytest.mark.parametrize(
    ("target", "logits", "expected"),
    [
        # sigmoid(ln 3) = 3/4.
        (Target("binary", ("no", "yes")), [[LN3], [0], [-LN3]], [[0.25, 0.75], [0.5, 0.5], [0.75, 0.25]]),
        # exp(ln 3), exp(0), exp(0) are 3, 1, 1; a number added to all logits changes nothing.
        (
            Target("multiclass", ("a", "b", "c")),
            [[LN3, 0, 0], [100, 100, 100 + LN3]],
            [[0.6, 0.2, 0.2], [0.2, 0.2, 0.6]],
        ),
        (Target("regression", mean=10.0, deviation=4.0), [[0], [1.5], [-1]], [[10], [16], [6]]),
        # Of 2z + 1 = ln 8, -ln 4 and 0 the inverse of the signed log: 8 - 1, -(4 - 1), 0.
        (
            Target("regression", mean=1.0, deviation=2.0, log=True, lowest=-50.0, highest=50.0),
            [[(math.log(8) - 1) / 2], [(-math.log(4) - 1) / 2], [-0.5]],
            [[7], [-3], [0]],
        ),
    ],
    ids=["binary", "multiclass", "regression", "regression of the log"],
)
def test_outputs_of_the_network_become_answers(target: Target, logits: list, expected: list) -> None:
    found = tasks.from_logits(target, np.array(logits, np.float32))
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_a_regression_of_the_log_stays_within_the_labels_that_it_learnt_from() -> None:
    target = Target("regression", mean=0.0, deviation=1.0, log=True, lowest=-2.0, highest=100.0)
    found = tasks.from_logits(target, np.array([[50], [5000], [-5000], [math.log(51)]]))
    np.testing.assert_allclose(found, [[100], [100], [-2], [50]])


def test_a_regression_without_the_log_may_leave_the_range_of_its_labels() -> None:
    target = Target("regression", mean=0.0, deviation=1.0, lowest=-1.0, highest=1.0)
    assert tasks.from_logits(target, np.array([[7.0]])).tolist() == [[7.0]]


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_extreme_logits_give_probabilities_and_no_overflow(task: str) -> None:
    logits = np.array([[1e4], [-1e4]]) if task == "binary" else np.array([[1e4, -1e4], [-1e4, 1e4]])
    with np.errstate(over="raise", invalid="raise"):
        found = tasks.from_logits(Target(task, ("a", "b")), logits)
    np.testing.assert_allclose(np.sort(found, axis=1), [[0, 1], [0, 1]])


@pytest.mark.parametrize(
    ("target", "tensor", "described"),
    [
        (Target("binary", ("no", "yes")), "probability", {"shape": [None, 1], "meaning": "probability of 'yes'"}),
        (Target("multiclass", ("a", "b", "c")), "probabilities", {"shape": [None, 3]}),
        (Target("regression"), "prediction", {"shape": [None, 1], "meaning": "fare, in the table's own unit"}),
    ],
)
def test_the_exported_output_is_named_and_described_by_the_task(
    target: Target, tensor: str, described: dict[str, Any]
) -> None:
    found = target.describe("fare")
    assert target.tensor == found["name"] == tensor
    assert described.items() <= found.items()
    assert found.get("classes", []) == list(target.classes)


def test_the_tasks_are_those_that_the_config_names() -> None:
    assert tuple(tasks.TASKS) == typing.get_args(TaskName)
    assert [tasks.named(name).name for name in tasks.TASKS] == list(tasks.TASKS)


def test_no_module_outside_of_tasks_compares_the_name_of_one() -> None:
    root = Path(__file__).parents[4]
    compares = re.compile(r"\btask (==|!=) |\.task (==|!=|in) |== \"(binary|multiclass|regression)\"")
    found = [
        str(path.relative_to(root))
        for room in ("components", "modules", "pipeline")
        for path in (root / room).rglob("*.py")
        if (root / "modules" / "tasks") not in path.parents and compares.search(path.read_text(encoding="utf-8"))
    ]
    assert not found
