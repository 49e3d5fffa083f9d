"""Shapley values: numbers that somebody worked out by hand."""

import functools
import itertools
from collections.abc import Callable

import numpy as np
import pytest

from modules.explaining import raw_function
from modules.explaining.clock import Clock
from modules.explaining.raw_function import RawColumn, RawFunction, Rows
from modules.explaining.shapley import exact, packaged, players, sampled
from modules.explaining.shapley.players import Attribution, Players

pytestmark = pytest.mark.unit

Explain = Callable[[RawFunction, Rows, Rows, Players], Attribution]
BY_HAND = [1.5, 0.75, 0.75]
EXPLAINERS: dict[str, Explain] = {
    "enumeration": exact.explain,
    "sampling": functools.partial(sampled.explain, seed=1),
    "kernel": functools.partial(packaged.by_kernel, coalitions=64, seed=1),
    "permutation": functools.partial(packaged.by_permutation, orders=4, seed=1),
}


def function_of(count: int, answer: Callable[[np.ndarray], np.ndarray], outputs: int = 1) -> RawFunction:
    """Returns a function of float columns `x0`, `x1`, …; it is given their matrix."""
    columns = [RawColumn(f"x{number}", "numeric", "float32") for number in range(count)]

    def of_rows(rows: Rows) -> np.ndarray:
        matrix = np.column_stack([rows[column.name] for column in columns]).astype(np.float64)
        return answer(matrix).reshape(-1, outputs)

    return RawFunction(columns, [f"y{number}" for number in range(outputs)], of_rows)


def rows_of(matrix: list[list[float]] | np.ndarray) -> Rows:
    return {f"x{number}": values for number, values in enumerate(np.array(matrix, np.float32).T)}


def everyone(function: RawFunction) -> Players:
    return Players.of([column.name for column in function.columns])


BACKGROUND = rows_of([[0, 0, 0], [1, 1, 0], [0, 1, 1], [1, 0, 1]])


@pytest.mark.parametrize("name", EXPLAINERS)
def test_values_are_those_that_were_worked_out_by_hand(name: str) -> None:
    function = function_of(3, lambda x: 3 * x[:, 0] + 2 * x[:, 1] * x[:, 2])
    found = EXPLAINERS[name](function, rows_of([[1, 1, 1]]), BACKGROUND, everyone(function))
    np.testing.assert_allclose(found.values[0, :, 0], BY_HAND, atol=1e-9)
    assert found.base == pytest.approx([2.0])
    assert found.additivity_error < 1e-9


@pytest.mark.parametrize("name", EXPLAINERS)
def test_every_output_has_values_of_its_own(name: str) -> None:
    function = function_of(3, lambda x: np.column_stack([3 * x[:, 0] + 2 * x[:, 1] * x[:, 2], -x[:, 2]]), outputs=2)
    found = EXPLAINERS[name](function, rows_of([[1, 1, 1], [0, 0, 0]]), BACKGROUND, everyone(function))
    assert found.values.shape == (2, 3, 2)
    np.testing.assert_allclose(found.values[0, :, 0], BY_HAND, atol=1e-9)
    np.testing.assert_allclose(found.values[:, :, 1], [[0, 0, -0.5], [0, 0, 0.5]], atol=1e-9)


def test_enumeration_is_the_mean_over_all_orders() -> None:
    random = np.random.default_rng(3)
    function = function_of(4, lambda x: np.prod(1 + x, axis=1) + np.sin(x[:, 0] * x[:, 3]))
    rows, background = random.normal(size=(2, 4)), random.normal(size=(3, 4))
    found = exact.explain(function, rows_of(rows), rows_of(background), everyone(function))

    def worth(row: np.ndarray, members: set[int]) -> float:
        mixed = np.where([player in members for player in range(4)], row, background)
        return float(function(rows_of(mixed)).mean())

    for number, row in enumerate(rows):
        gained = np.zeros(4)
        for order in itertools.permutations(range(4)):
            for place, player in enumerate(order):
                gained[player] += worth(row, set(order[: place + 1])) - worth(row, set(order[:place]))
        np.testing.assert_allclose(found.values[number, :, 0], gained / 24, atol=1e-6)


def test_sampling_comes_near_to_enumeration_and_adds_up_exactly() -> None:
    random = np.random.default_rng(4)
    function = function_of(6, lambda x: np.prod(1 + 0.5 * x, axis=1))
    rows, background = rows_of(random.normal(size=(5, 6))), rows_of(random.normal(size=(80, 6)))
    true = exact.explain(function, rows, background, everyone(function))
    found = sampled.explain(function, rows, background, everyone(function), 7)
    assert np.abs(found.values - true.values).max() < 0.1 * np.abs(true.values).max()
    assert found.additivity_error < 1e-9
    again = sampled.explain(function, rows, background, everyone(function), 7)
    np.testing.assert_array_equal(found.values, again.values)


def test_columns_that_join_together_share_one_value() -> None:
    function = function_of(3, lambda x: 3 * x[:, 0] + 2 * x[:, 1] * x[:, 2])
    joined = Players.of(["x0", "x1", "x2"], ["x0"])
    assert joined.names == ["x0", players.OTHERS]
    for explain in EXPLAINERS.values():
        found = explain(function, rows_of([[1, 1, 1]]), BACKGROUND, joined)
        np.testing.assert_allclose(found.values[0, :, 0], [1.5, 1.5], atol=1e-9)


def test_categories_and_missing_values_are_mixed_as_they_are() -> None:
    columns = [RawColumn("colour", "categorical", "string"), RawColumn("size", "numeric", "float32")]
    function = RawFunction(
        columns, ["y"], lambda rows: (2.0 * (rows["colour"] == b"red") + np.isnan(rows["size"]))[:, None]
    )
    rows = {"colour": np.array([b"red"], object), "size": np.array([np.nan], np.float32)}
    background = {"colour": np.array([b"red", b"blue"], object), "size": np.array([1.0, np.nan], np.float32)}
    for explain in EXPLAINERS.values():
        found = explain(function, rows, background, everyone(function))
        np.testing.assert_allclose(found.values[0, :, 0], [1.0, 0.5], atol=1e-9)


def test_the_columns_that_tell_most_are_found() -> None:
    function = function_of(30, lambda x: x[:, 7] + 3 * x[:, 21])
    random = np.random.default_rng(5)
    rows, background = rows_of(random.normal(size=(40, 30))), rows_of(random.normal(size=(40, 30)))
    assert players.telling(function, rows, background, 2, asked=300) == ["x7", "x21"]
    assert len(players.telling(function, rows, background, 40)) == 30


def test_what_is_over_explains_the_first_rows() -> None:
    function = function_of(2, lambda x: x.sum(axis=1))
    rows = rows_of(np.ones((20_000, 2)))
    found = sampled.explain(function, rows, rows_of([[0, 0]]), everyone(function), 1, Clock(0.0))
    assert 0 < len(found.values) == len(found.answers) < raw_function.count(rows)
    np.testing.assert_allclose(found.values, 1.0)


def test_the_mean_absolute_value_is_over_rows_and_outputs_the_greatest_first() -> None:
    values = np.array([[[1.0], [-3.0]], [[-1.0], [1.0]]])
    found = Attribution(["a", "b"], values, np.zeros(1), np.array([[-2.0], [0.5]]))
    assert list(found.mean_absolute.items()) == [("b", 2.0), ("a", 1.0)]
    assert found.additivity_error == 0.5
