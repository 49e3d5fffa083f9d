"""Readable models on made-up rows whose truth is known, for all three tasks."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from modules import tasks
from modules.explaining.clock import Clock
from modules.explaining.interpretable import (
    calibrated_linear,
    comparing,
    linear,
    monotone_trees,
    neighbours,
    rule_fit,
    shallow_tree,
)
from modules.explaining.interpretable.given import Given
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import RawColumn
from modules.explaining.row_set import RowSet
from modules.tasks import Target

pytestmark = pytest.mark.unit

COLUMNS = [
    RawColumn("size", "numeric", "float32"),
    RawColumn("age", "numeric", "int64"),
    RawColumn("town", "categorical", "string"),
    RawColumn("zone", "categorical", "int64"),
]
TARGETS = {
    "binary": Target("binary", ("no", "yes"), (1, 1)),
    "multiclass": Target("multiclass", ("a", "b", "c", "never seen"), (1, 1, 1, 0)),
    "regression": Target("regression", mean=10.0, deviation=2.0),
}


def made(task: str, count: int, seed: int) -> RowSet:
    generator = np.random.default_rng(seed)
    rows: dict[str, np.ndarray] = {
        "size": generator.normal(size=count).astype(np.float32),
        "age": generator.integers(18, 80, count),
        "town": generator.choice(np.array([b"Rome", b"Oslo", b""], object), count),
        "zone": generator.integers(1, 4, count),
    }
    score = 2 * rows["size"] + (rows["town"] == b"Rome") - (rows["zone"] == 2) + 0.3 * generator.normal(size=count)
    rows["size"][::17] = np.nan
    labels: Any = {
        "binary": score > 0,
        "multiclass": np.digitize(score, [-1, 1]),
        "regression": 10 + score,
    }[task]
    return RowSet(rows, labels.astype(np.float32), None, np.arange(count))


def given(task: str, training: RowSet | None = None, **monotone: Any) -> Given:
    rows = training or made(task, 600, 1)
    return Given(PlainColumns.learn(COLUMNS, rows.rows), rows, TARGETS[task], monotone, 3)


@pytest.mark.parametrize("task", TARGETS)
def test_every_model_learns_every_task_and_is_held_against_what_ships(task: str) -> None:
    test = made(task, 500, 2)
    learns = given(task, size="rises")
    measure = tasks.METRICS[tasks.LADDER[task][0]].measures[task]
    usual = np.repeat(TARGETS[task].kind.constant(TARGETS[task]), 500, axis=0)
    nearly = linear.fit(learns).answer(test.rows)
    costs = comparing.compare(learns, test, nearly, Clock(600))
    assert [its.model for its in costs] == [
        name for name in comparing.LEARNERS if name != "monotone_trees" or task != "multiclass"
    ]
    for its in costs:
        assert its.value > measure(test.labels, usual, None) + 0.2, its.model
        assert its.difference == pytest.approx(its.value - measure(test.labels, nearly, None), abs=1e-12)
        assert its.difference is not None
        assert its.low is None or its.high is None or its.low <= its.difference <= its.high
        assert its.bytes > 4 * 2
    assert costs[0].difference == 0
    assert comparing.compare(learns, test, nearly, Clock(600)) == costs
    assert comparing.compare(learns, test, nearly, Clock(-1)) == []


@pytest.mark.parametrize("task", TARGETS)
@pytest.mark.parametrize("name", comparing.LEARNERS)
def test_rows_that_count_nothing_teach_nothing(name: str, task: str) -> None:
    """Half of the rows have wrong labels, and no weight."""
    if name not in comparing.wanted(given(task, size="rises")):
        return
    right = made(task, 600, 1)
    wrong = right.labels.copy()
    wrong[::2] = {"binary": 1 - wrong, "multiclass": 2 - wrong, "regression": 20 - wrong}[task][::2]
    weights = np.where(np.arange(600) % 2, 1.0, 0.0)
    answers = []
    for of_rows in (weights, None):
        training = dataclasses.replace(right, labels=wrong, weights=of_rows)
        answers.append(comparing.LEARNERS[name](given(task, training, size="rises")).answer(right.rows))
    measure = tasks.METRICS[tasks.LADDER[task][0]].measures[task]
    with_weights, without = (measure(right.labels, of, None) for of in answers)
    assert with_weights > without + 0.05


def test_the_size_of_a_model_is_four_bytes_for_each_number_and_the_texts_of_the_categories() -> None:
    learns = given("binary")
    # Two numbers with their marks, three towns and three zones: ten weights, one start, two centres and two scales.
    assert linear.fit(learns).numbers == 10 + 1 + 4
    assert comparing.text_bytes(learns.plain) == len(b"Rome" + b"Oslo") + 3 * 4
    kept = neighbours.fit(learns)
    assert (kept.numbers, kept.rows) == (300 * 5, 300)
    tree = shallow_tree.fit(learns)
    questions = int(tree.holds.split()[0])
    assert tree.numbers == 3 * questions + questions + 1
    cost = comparing.compare(learns, made("binary", 300, 2), np.full((300, 2), 0.5), Clock(600))[0]
    assert cost.bytes == 4 * 15 + 20


def test_the_rule_that_made_the_labels_is_found_and_few_others_stay() -> None:
    rows = made("binary", 2_000, 5)
    size, age = np.nan_to_num(rows.rows["size"]), rows.rows["age"]
    labels = ((size > 0.5) & (age > 40)).astype(np.float32)
    model = rule_fit.fit(given("binary", dataclasses.replace(rows, labels=labels)))
    test = made("binary", 2_000, 6).rows
    expected = (np.nan_to_num(test["size"]) > 0.5) & (test["age"] > 40)
    assert ((model.answer(test)[:, 1] > 0.5) == expected).mean() > 0.97
    assert int(model.holds.split()[0]) < 60
    rule = rule_fit.Rule(((0, True, 0.5), (2, False, 1.0)))
    assert rule.holds(np.array([[1.0, 9, 1], [0.5, 9, 0], [2, 9, 3]])).tolist() == [True, False, False]


@pytest.mark.parametrize("fit", [calibrated_linear.fit, monotone_trees.fit])
def test_an_answer_that_may_only_rise_never_falls_though_the_rows_say_so(fit: Any) -> None:
    rows = made("regression", 1_000, 7)
    labels = np.abs(np.nan_to_num(rows.rows["size"])).astype(np.float32) * 3
    bent = dataclasses.replace(rows, labels=labels)
    asked = {name: np.repeat(values[:1], 101) for name, values in rows.rows.items()}
    asked["size"] = np.linspace(-2.5, 2.5, 101).astype(np.float32)
    free = fit(given("regression", bent)).answer(asked)[:, 0]
    assert free[0] - free[50] > 4
    assert free[-1] - free[50] > 4
    rising = fit(given("regression", bent, size="rises")).answer(asked)[:, 0]
    assert np.diff(rising).min() > -1e-9
    assert rising[-1] - rising[0] > 2
    falling = fit(given("regression", bent, size="falls")).answer(asked)[:, 0]
    assert np.diff(falling).max() < 1e-9


def test_of_several_classes_nothing_is_constrained() -> None:
    assert given("multiclass", size="rises").signs == {}
    assert given("binary", size="rises", age="falls").signs == {"size": 1, "age": -1}
