import numpy as np
import pytest

from modules.debugging import levels
from modules.explaining.raw_function import RawColumn

pytestmark = pytest.mark.unit

LEAST = np.iinfo(np.int64).min


def test_numbers_are_cut_by_quantile_and_missing_ones_are_a_level_of_their_own() -> None:
    column = RawColumn("age", "numeric", "float32")
    values = np.array([1, 2, 3, 4, 5, 6, 7, 8, np.nan], np.float32)
    cut = levels.of_column(column, values, 4)
    assert [level.text for level in cut] == ["age 1 to 2", "age 3 to 4", "age 5 to 6", "age 7 to 8", "age missing"]
    assert levels.numbers(cut, values).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4]


def test_a_value_as_frequent_as_a_part_is_a_level_by_itself() -> None:
    column = RawColumn("gain", "numeric", "int64")
    values = np.array([0] * 70 + list(range(1, 31)), np.int64)
    cut = levels.of_column(column, values, 4)
    assert cut[0].text == "gain = 0"
    assert [int(level.holds(values).sum()) for level in cut] == [70, 5, 25]


def test_categories_are_levels_by_frequency_and_text_that_is_empty_is_missing() -> None:
    column = RawColumn("sex", "categorical", "string")
    values = np.array([b"F", b"M", b"", b"M"], object)
    cut = levels.of_column(column, values)
    assert [level.text for level in cut] == ["sex = M", "sex = F", "sex missing"]
    assert levels.numbers(cut, np.array([b"M", b"other", b""], object)).tolist() == [0, -1, 2]


def test_integers_and_times_are_written_for_people() -> None:
    times = RawColumn("when", "timestamp", "int64")
    (first, last) = levels.of_column(times, np.array([0, 86_400, LEAST]), 1)
    assert first.text == "when 1970-01-01T00:00:00Z to 1970-01-02T00:00:00Z"
    assert last.text == "when missing"
    few, many, name = levels.undeclared(
        {"few": np.array([1, 2] * 30), "many": np.arange(60), "name": np.array([b"a"] * 60, object)}
    )
    assert [column.kind for column in (few, many, name)] == ["categorical", "numeric", "categorical"]
    assert levels.of_column(few, np.array([2, 2, 1]))[0].text == "few = 2"
