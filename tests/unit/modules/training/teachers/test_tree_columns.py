import numpy as np
import pytest

from modules.training.teachers.tree_columns import TreeColumns
from tests.unit.modules.training.teachers.lessons import PROFILE

pytestmark = pytest.mark.unit

NAN = float("nan")


def test_missing_values_are_marked_in_the_columns_and_what_tells_nothing_is_left_out() -> None:
    rows = {
        "numeric": np.array([[1, 2, 3, 4], [5, 6, 7, 8]], "float32"),  # size, seen, its hour, always the same
        "category": np.array([[0, 1], [2, 299]], "int32"),
        "missing": np.array([[1, 0, 0, 0, 1], [0, 1, 0, 1, 0]], "float32"),  # size, seen, same, city, customer
    }
    columns = TreeColumns.of(PROFILE)
    numbers, codes = columns.of_rows(rows)
    # The hour is missing where its timestamp is.
    np.testing.assert_array_equal(numbers, [[NAN, 2, 3], [5, NAN, NAN]])
    assert codes.tolist() == [[0, -1], [-1, 299]]
    assert rows["numeric"][0, 0] == 1
    assert rows["category"][0, 1] == 1


def test_a_table_without_numbers_or_without_categories_has_none() -> None:
    columns = TreeColumns([], [], [0], [0])
    numbers, codes = columns.of_rows({"category": np.array([[3]]), "missing": np.zeros((1, 1))})
    assert (numbers.shape, codes.tolist()) == ((1, 0), [[3]])
    columns = TreeColumns([0], [0], [], [])
    numbers, codes = columns.of_rows({"numeric": np.array([[3.0]]), "missing": np.zeros((1, 1))})
    assert (numbers.tolist(), codes.shape) == ([[3.0]], (1, 0))


def test_they_survive_json() -> None:
    columns = TreeColumns.of(PROFILE)
    assert TreeColumns(**columns.to_json()) == columns
