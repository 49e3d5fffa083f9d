"""Plain models on rows whose answer is known."""

from typing import Any

import numpy as np
import pytest

from modules import tasks
from modules.debugging import benchmark_models, telling_columns
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import RawColumn
from modules.explaining.row_set import RowSet

pytestmark = pytest.mark.unit

COLUMNS = [RawColumn("x", "numeric", "float32"), RawColumn("city", "categorical", "string")]
BINARY = tasks.Target("binary", ("no", "yes"), (300, 300))


def made_up(rows: int, seed: int, labels: Any = None) -> RowSet:
    """Returns rows where `yes` is x > 0 in Rome, and x < 0 elsewhere."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=rows).astype(np.float32)
    city = np.where(generator.random(rows) < 0.5, b"Rome", b"Oslo").astype(object)
    known = ((x > 0) == (city == b"Rome")).astype(np.float32) if labels is None else labels(x)
    return RowSet({"x": x, "city": city}, known, None, np.arange(rows))


def answered(name: str, target: tasks.Target, training: RowSet, test: RowSet) -> np.ndarray:
    plain = PlainColumns.learn(COLUMNS, training.rows)
    return benchmark_models.answers(name, training, test.rows, plain, target, seed=1)


def test_trees_see_what_a_linear_model_cannot() -> None:
    training, test = made_up(600, 1), made_up(400, 2)
    accuracy = {
        name: np.mean(answered(name, BINARY, training, test).argmax(axis=1) == test.labels)
        for name in benchmark_models.LEARNERS
    }
    assert accuracy["boosted_trees"] > 0.95
    assert accuracy["linear"] < 0.7
    assert np.array_equal(answered("constant", BINARY, training, test), np.full((400, 2), 0.5))


def test_a_ridge_regression_finds_the_line_in_the_labels_unit() -> None:
    def line(x: np.ndarray) -> np.ndarray:
        return (3 * x + 100).astype(np.float32)

    training, test = made_up(600, 1, line), made_up(100, 2, line)
    target = tasks.Target("regression", mean=100.0, deviation=3.0)
    assert answered("linear", target, training, test)[:, 0] == pytest.approx(test.labels, abs=0.1)
    assert answered("boosted_trees", target, training, test)[:, 0] == pytest.approx(test.labels, abs=3)


def test_of_a_log_scale_the_log_is_learnt() -> None:
    def steep(x: np.ndarray) -> np.ndarray:
        return np.expm1(x + 5).astype(np.float32)

    training, test = made_up(600, 1, steep), made_up(100, 2, steep)
    target = tasks.Target("regression", mean=5.0, deviation=1.0, log=True, lowest=0.0, highest=1e5)
    assert answered("linear", target, training, test)[:, 0] == pytest.approx(test.labels, rel=0.05)


def test_a_class_that_no_training_row_has_is_never_answered_and_unknown_ones_are_left_out() -> None:
    target = tasks.Target("multiclass", ("a", "b", "c"), (10, 0, 10))
    training = made_up(200, 1, lambda x: np.where(x > 1, -1, np.where(x > 0, 2, 0)).astype(np.float32))
    for name in ("linear", "boosted_trees"):
        found = answered(name, target, training, training)
        assert np.allclose(found.sum(axis=1), 1)
        assert not found[:, 1].any()


@pytest.mark.parametrize("name", list(benchmark_models.LEARNERS))
def test_rows_of_one_class_or_few_rows_are_answered_all_the_same(name: str) -> None:
    one_class = made_up(30, 1, lambda x: np.ones(30, np.float32))
    assert np.array_equal(answered(name, BINARY, one_class, one_class), np.full((30, 2), 0.5))
    few = made_up(6, 1, lambda x: np.array([0, 1, 1, 1, 1, 1], np.float32))
    assert answered(name, BINARY, few, few).shape == (6, 2)


def test_of_a_wide_table_the_columns_stay_that_tell_most() -> None:
    generator = np.random.default_rng(1)
    columns = [RawColumn(f"x{number}", "numeric", "float32") for number in range(40)]
    rows = {column.name: generator.normal(size=300).astype(np.float32) for column in columns}
    labels = (rows["x7"] - rows["x31"] > 0).astype(np.float32)
    plain = PlainColumns.learn(columns, rows)
    narrow = telling_columns.narrowed(plain, rows, labels, True, 2)
    assert [column.name for column in narrow.columns] == ["x7", "x31"]
    assert narrow.ordinal(rows).shape == (300, 2)
    assert telling_columns.narrowed(plain, rows, labels, True, 40) is plain
