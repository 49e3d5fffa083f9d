from collections.abc import Callable

import numpy as np
import pytest

from modules.explaining.accumulated_effects import accumulated, ends_of_bins
from modules.explaining.clock import Clock
from modules.explaining.dependence import Grid, dependence, grid_of, two_way
from modules.explaining.interactions import interactions
from modules.explaining.raw_function import RawColumn, RawFunction, Rows

pytestmark = pytest.mark.unit

X, Y, Z = (RawColumn(name, "numeric", "float32") for name in "xyz")
COLOUR = RawColumn("colour", "categorical", "string")
CODE = RawColumn("code", "categorical", "int64")
WHEN = RawColumn("when", "timestamp", "int64")


def model(answer: Callable[[Rows], np.ndarray], *columns: RawColumn) -> RawFunction:
    return RawFunction(columns or (X, Y, Z), ["out"], lambda rows: answer(rows)[:, None])


def normal(count: int = 200) -> Rows:
    generator = np.random.default_rng(0)
    return {name: generator.normal(size=count).astype(np.float32) for name in "xyz"}


def test_partial_dependence_of_an_additive_function_is_its_shape_up_to_a_constant() -> None:
    rows = normal()
    function = model(lambda rows: np.sin(rows["x"].astype(float)) + rows["y"] ** 2 - rows["z"])
    grid = grid_of(X, rows["x"])
    found = dependence(function, rows, grid)
    shape = np.sin(grid.values.astype(float))
    np.testing.assert_allclose(found.partial - found.partial[0], shape - shape[0], atol=1e-12)
    # So are all lines: an additive function has no interaction.
    np.testing.assert_allclose(found.centred, np.tile(shape - shape[0], (200, 1)), atol=1e-6)


def test_lines_that_cancel_each_other_have_a_flat_mean_and_still_a_strength() -> None:
    rows = {"x": np.array([-1, 1] * 2, np.float32), "y": np.array([-1, -1, 1, 1], np.float32)}
    found = dependence(model(lambda rows: rows["x"] * rows["y"], X, Y), rows, grid_of(X, rows["x"]))
    np.testing.assert_array_equal(found.partial, [0, 0])
    np.testing.assert_array_equal(found.answers, [[1, -1], [1, -1], [-1, 1], [-1, 1]])
    assert found.strength == 1


def test_a_missing_value_is_asked_for_where_rows_lack_one() -> None:
    rows = {"x": np.array([1, 2, np.nan], np.float32)}
    grid = grid_of(X, rows["x"])
    assert grid.has_missing and grid.values.tolist() == [1, 2]
    found = dependence(model(lambda rows: np.nan_to_num(rows["x"], nan=7.0), X), rows, grid)
    np.testing.assert_array_equal(found.partial, [1, 2, 7])
    assert not grid_of(X, rows["x"][:2]).has_missing


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        (COLOUR, np.array([b"red", b"", b"blue", b"blue"], object), [b"blue", b"red"]),
        (CODE, np.array([4, 9, 9, -(2**63)]), [9, 4]),
        (WHEN, np.array([20, 10, -(2**63), 10]), [10, 20]),
    ],
    ids=["text", "codes", "times"],
)
def test_a_grid_holds_known_values_as_the_column_does(column: RawColumn, values: np.ndarray, expected: list) -> None:
    grid = grid_of(column, values)
    assert grid.values.tolist() == expected
    assert grid.asked.dtype == values.dtype
    assert grid.asked[-1] == column.missing and len(grid.asked) == 3


def test_a_grid_of_numbers_is_of_quantiles_and_of_rare_values_too() -> None:
    grid = grid_of(X, np.arange(101, dtype=np.float32), numbers=5)
    assert grid.values.tolist() == [0, 25, 50, 75, 100]
    # Nine tenths are 0: quantiles alone would be 0, 0, 0, 0 and 9.
    spiked = np.concatenate([np.zeros(90), np.arange(10)]).astype(np.float32)
    values = grid_of(X, spiked, numbers=5).values
    assert len(values) >= 4
    assert values[0] == 0 and values[-1] == 9


def test_of_many_categories_the_most_frequent_are_asked_for() -> None:
    assert grid_of(CODE, np.repeat(np.arange(30), np.arange(30)), most=2).values.tolist() == [29, 28]


def test_accumulated_effects_of_correlated_columns_are_right_where_partial_dependence_is_not() -> None:
    # y is x, and the function bends only where y is far from x: among rows that exist, it is x.
    x = np.linspace(0, 1, 401, dtype=np.float32)
    rows = {"x": x, "y": x.copy()}

    def bent(rows: Rows) -> np.ndarray:
        return rows["x"].astype(float) + 50 * np.maximum(0, np.abs(rows["x"] - rows["y"]) - 0.2)

    function, grid = model(bent, X, Y), grid_of(X, x, numbers=11)
    effects = accumulated(function, rows, X, grid.values)
    np.testing.assert_allclose(effects, grid.values - 0.5, atol=1e-6)
    partial = dependence(function, rows, grid).partial
    assert np.abs((partial - partial.mean()) - effects).max() > 1


def test_accumulated_effects_of_an_additive_function_are_its_shape_centred_over_the_rows() -> None:
    rows = normal(2_000)
    function = model(lambda rows: rows["x"].astype(float) ** 2 + 3 * rows["y"])
    grid = grid_of(X, rows["x"], numbers=40)
    effects = accumulated(function, rows, X, grid.values)
    shape = grid.values.astype(float) ** 2
    np.testing.assert_allclose(effects - effects[0], shape - shape[0], atol=1e-5)
    at_rows = np.interp(rows["x"], grid.values, effects)
    assert at_rows.mean() == pytest.approx(0, abs=1e-6)


def test_rows_without_a_value_have_no_local_effect() -> None:
    rows = {"x": np.array([0, 1, 2, np.nan], np.float32)}
    effects = accumulated(model(lambda rows: 2 * rows["x"], X), rows, X, np.array([0, 1, 2], np.float32))
    assert effects[2] - effects[0] == pytest.approx(4)


def test_times_keep_their_seconds() -> None:
    start = 2**31 * 1_000
    rows = {"when": np.array([start, start + 1, start + 2])}
    function = model(lambda rows: (rows["when"] - start).astype(float), WHEN)
    effects = accumulated(function, rows, WHEN, grid_of(WHEN, rows["when"]).values)
    np.testing.assert_allclose(np.diff(effects), [1, 1])


def test_one_value_has_no_effect() -> None:
    assert accumulated(model(lambda rows: rows["x"]), normal(), X, np.zeros(1, np.float32)).tolist() == [0]


def test_each_bin_holds_enough_rows() -> None:
    values = np.array([0, 0, 0, 1, 2, 2, 2, 3, 4, np.nan], np.float32)
    grid = Grid(X, np.arange(5, dtype=np.float32), True)
    # With its lower end the first bin holds four rows; what is left over at the end joins the last one.
    assert ends_of_bins(grid, values, 1).tolist() == [0, 1, 2, 3, 4]
    assert ends_of_bins(grid, values, 2).tolist() == [0, 1, 2, 4]
    assert ends_of_bins(grid, values, 3).tolist() == [0, 1, 4]
    assert ends_of_bins(grid, values, 100).tolist() == [0, 4]
    assert ends_of_bins(Grid(X, np.zeros(1, np.float32), False), values, 1).tolist() == [0]


def test_h_is_zero_of_an_additive_function() -> None:
    function = model(lambda rows: np.exp(rows["x"].astype(float)) + rows["y"] - 3 * rows["z"])
    found, left = interactions(function, normal(40), ["x", "y", "z"], Clock(60))
    assert left == 0
    assert [one.h for one in found] == pytest.approx([0, 0, 0], abs=1e-6)


def test_h_is_one_of_a_product_of_centred_columns_and_zero_of_a_column_beside_it() -> None:
    both = np.array([-1, 1], np.float32)
    x, y, z = (axis.ravel() for axis in np.meshgrid(both, both * 2, both))
    function = model(lambda rows: rows["x"] * rows["y"] + rows["z"])
    found, _ = interactions(function, {"x": x, "y": y, "z": z}, ["x", "y", "z"], Clock(60))
    assert (found[0].first, found[0].second) == ("x", "y")
    assert found[0].h == pytest.approx(1)
    assert found[0].size == pytest.approx(2)
    assert [one.h for one in found[1:]] == pytest.approx([0, 0], abs=1e-7)


def test_a_pair_that_moves_nothing_has_no_interaction() -> None:
    found, _ = interactions(model(lambda rows: np.zeros(len(rows["x"]))), normal(20), ["x", "y"], Clock(60))
    assert (found[0].h, found[0].size) == (0, 0)


def test_pairs_are_left_out_when_the_seconds_are_over() -> None:
    found, left = interactions(model(lambda rows: rows["x"]), normal(20), ["x", "y", "z"], Clock(-1))
    assert (found, left) == ([], 3)


def test_two_way_partial_dependence_is_by_both_values() -> None:
    rows = {
        "x": np.array([0, 1], np.float32),
        "colour": np.array([b"red", b"blue"], object),
        "y": np.ones(2, np.float32),
    }

    def answer(rows: Rows) -> np.ndarray:
        return rows["x"] * 10 + (rows["colour"] == b"red") * 1.0 + rows["y"]

    function = model(answer, X, COLOUR, Y)
    grids = [grid_of(X, rows["x"]), grid_of(COLOUR, rows["colour"])]
    assert grids[1].values.tolist() == [b"blue", b"red"]
    np.testing.assert_array_equal(two_way(function, rows, grids), [[1, 2], [11, 12]])
