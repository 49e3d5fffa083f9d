"""Counterfactuals: the nearest change that changes a decision."""

from collections.abc import Callable

import numpy as np
import pytest

from modules.explaining import changeable, counterfactuals
from modules.explaining.changeable import Changeable
from modules.explaining.counterfactuals import Counterfactual
from modules.explaining.decider import Decider
from modules.explaining.raw_function import RawColumn, RawFunction, Rows

pytestmark = pytest.mark.unit

NUMBERS = [RawColumn(name, "numeric", "float32") for name in ("a", "b", "c")]
TRAINING = {
    name: (np.random.default_rng(number).normal(size=400) * (1.0, 1.0, 10.0)[number]).astype(np.float32)
    for number, name in enumerate("abc")
}


def decider_of(columns: list[RawColumn], answer: Callable[[Rows], np.ndarray], threshold: float = 0.5) -> Decider:
    def column(rows: Rows) -> np.ndarray:
        return np.asarray(answer(rows), np.float64).reshape(-1, 1)

    return Decider(RawFunction(columns, ["yes"], column), ("no", "yes"), threshold)


def linear(rows: Rows) -> np.ndarray:
    return 0.3 * rows["a"] + 0.1 * rows["b"] + 0.001 * rows["c"]


def found(
    decider: Decider, row: Rows, training: Rows, mutable: list[str] | None = None, **directions: str
) -> Counterfactual | None:
    space = changeable.learn(decider.function.columns, training, mutable or [], directions)
    return counterfactuals.find(decider, row, space)


def row_of(a: float, b: float, c: float) -> Rows:
    return {name: np.array([value], np.float32) for name, value in zip("abc", (a, b, c), strict=True)}


def test_a_counterfactual_of_a_linear_model_lies_on_the_hyperplane() -> None:
    decider = decider_of(NUMBERS, linear)
    one = found(decider, row_of(0.4, 0.2, 1.0), TRAINING)
    assert one is not None and one.decided == 1
    # 0.3 a + 0.1 · 0.2 + 0.001 · 1 = 0.5
    assert list(one.changes) == ["a"]
    assert one.changes["a"][1] == pytest.approx((0.5 - 0.02 - 0.001) / 0.3, abs=1e-4)
    assert one.probabilities[1] == pytest.approx(0.5, abs=1e-4)
    assert one.probabilities[1] > 0.5


def test_where_one_column_does_not_do_two_change_and_lie_on_the_hyperplane() -> None:
    decider = decider_of(NUMBERS, linear, 1.0)
    training = {**TRAINING, "a": np.clip(TRAINING["a"], -2, 2), "b": np.clip(TRAINING["b"], -5, 5)}
    training["b"][:10] = 5.0
    one = found(decider, row_of(0.0, 0.0, 0.0), training)
    assert one is not None
    assert len(one.changes) == 2 and "a" in one.changes
    assert float(one.changes["a"][1]) <= 2.0
    assert one.probabilities[1] == pytest.approx(1.0, abs=1e-4)


def test_a_column_moves_only_in_its_direction_and_within_what_was_seen() -> None:
    decider = decider_of(NUMBERS[:1], lambda rows: 0.3 * rows["a"])
    training = {"a": np.linspace(-1, 1, 50, dtype=np.float32)}
    assert found(decider, {"a": np.array([0.9], np.float32)}, training) is None  # 1.67 was never seen
    over = {"a": np.array([3.0], np.float32)}
    assert found(decider, over, training, a="rises") is None
    falling = found(decider, over, training, a="falls")
    assert falling is not None and falling.decided == 0
    # Seen at most 1: the value is one that was seen, or lies between it and the row's own.
    assert falling.changes["a"][1] == pytest.approx(0.5 / 0.3, abs=1e-3)


def test_only_mutable_columns_change() -> None:
    decider = decider_of(NUMBERS, lambda rows: 0.3 * rows["a"] + 0.3 * rows["b"])
    one = found(decider, row_of(0.4, 0.4, 0.0), TRAINING, mutable=["b", "c"])
    assert one is not None and list(one.changes) == ["b"]


def test_the_cheaper_of_two_columns_changes() -> None:
    decider = decider_of(NUMBERS, lambda rows: 0.1 * rows["a"] + 0.1 * rows["c"])
    one = found(decider, row_of(0.0, 0.0, 4.0), TRAINING)
    # Both would have to rise by 1: that is 0.15 of the spread of c, and 1.5 of that of a.
    assert one is not None and list(one.changes) == ["c"]


def test_of_categories_the_most_common_one_is_taken_and_only_one_that_was_seen() -> None:
    column = RawColumn("job", "categorical", "string")
    decider = decider_of([column], lambda rows: 1.0 * (rows["job"] != b"clerk"))
    training = {"job": np.array([b"rare"] + [b"clerk"] * 5 + [b"common"] * 4 + [b""] * 9, object)}
    one = found(decider, {"job": np.array([b"clerk"], object)}, training)
    assert one is not None
    assert one.changes == {"job": (b"clerk", b"common")}
    assert one.cost == pytest.approx(2 - 4 / 10)


def test_whole_numbers_stay_whole() -> None:
    for dtype in ("int64", "float32"):
        column = RawColumn("age", "numeric", dtype)
        decider = decider_of([column], lambda rows: rows["age"] / 60.0)
        training = {"age": np.arange(17, 91).astype(dtype)}
        one = found(decider, {"age": np.array([20], dtype)}, training, age="rises")
        assert one is not None
        assert one.changes["age"][1] == 31  # 30 / 60 is not above the threshold


def test_a_missing_number_may_become_one_that_was_seen() -> None:
    decider = decider_of(NUMBERS[:1], lambda rows: np.where(np.isnan(rows["a"]), 0.0, 1.0))
    one = found(decider, {"a": np.array([np.nan], np.float32)}, TRAINING)
    assert one is not None and one.cost == 1.0


def test_of_several_classes_the_class_changes() -> None:
    def answer(rows: Rows) -> np.ndarray:
        raised = np.exp(np.column_stack([rows["a"] * 0, 1.0 * rows["a"] - 1, -2.0 * rows["a"] - 2]))
        return raised / raised.sum(axis=1, keepdims=True)

    decider = Decider(RawFunction(NUMBERS[:1], ["p", "q", "r"], answer), ("p", "q", "r"), None)
    one = found(decider, {"a": np.array([0.5], np.float32)}, TRAINING)
    assert one is not None and one.decided == 1
    assert one.changes["a"][1] == pytest.approx(1.0, abs=1e-3)


def test_a_timestamp_changes_only_where_it_is_named() -> None:
    columns = [RawColumn("when", "timestamp", "int64"), RawColumn("none", "numeric", "float32")]
    training = {"when": np.arange(100), "none": np.array([np.nan, np.inf] * 50, np.float32)}

    def names(mutable: list[str]) -> list[str]:
        learnt: list[Changeable] = changeable.learn(columns, training, mutable, {})
        return [one.column.name for one in learnt]

    assert names([]) == []
    assert names(["when"]) == ["when"]


def test_leaving_the_number_that_most_rows_have_is_dear() -> None:
    columns = [RawColumn("gain", "numeric", "float32"), RawColumn("age", "numeric", "float32")]
    training = {
        "gain": np.array([0.0] * 90 + [50.0] * 10, np.float32),
        "age": np.linspace(20, 80, 100, dtype=np.float32),
    }
    # The standard deviation of gain is 15, the median absolute deviation of age 15.15.
    gain, age = changeable.learn(columns, training, [], {})
    assert gain.cost(0.0, 15.0) == pytest.approx(2.0 + 1.0)
    assert gain.cost(15.0, 0.0) == pytest.approx(2.0 - 0.9 + 1.0)
    assert age.cost(20.0, 20.0 + 2 * 500 / 33) == pytest.approx(2.0)
    decider = decider_of(columns, lambda rows: (rows["gain"] + rows["age"]) / 100.0)
    one = found(decider, {"gain": np.array([0.0], np.float32), "age": np.array([30.0], np.float32)}, training)
    assert one is not None and list(one.changes) == ["age"]
