import numpy as np
import pytest

from modules.judging.slices import rows_by_slice

pytestmark = pytest.mark.unit


def column(values: list, dtype: object = None) -> np.ndarray:
    return np.array(values, dtype).reshape(-1, 1)  # type: ignore[call-overload]


COLUMNS = {
    "sex": column([b"m", b"f", b"m", b""], object),
    "race": column([b"x", b"x", b"\xc3\xa9", b"x"], object),
    "day": column([2, 10, 2, 2], np.int64),
    "size": column([0.5, 0.1, 0.5, 0.5], np.float32),
}


def plain(slices: list[list[str]]) -> dict[str, list[int]]:
    return {name: rows.tolist() for name, rows in rows_by_slice(COLUMNS, slices).items()}


def test_without_slices_there_is_the_overall_one() -> None:
    assert plain([]) == {"overall": [0, 1, 2, 3]}


def test_a_column_makes_a_slice_a_value_and_missing_is_a_value() -> None:
    found = plain([["sex"], ["day"]])
    assert found == {
        "overall": [0, 1, 2, 3],
        "day=10": [1],
        "day=2": [0, 2, 3],
        "sex=": [3],
        "sex=f": [1],
        "sex=m": [0, 2],
    }
    assert list(found)[0] == "overall"


def test_columns_together_make_a_slice_a_combination_that_occurs_named_in_the_order_of_their_names() -> None:
    assert plain([["sex", "race"]]) == {
        "overall": [0, 1, 2, 3],
        "race=x, sex=": [3],
        "race=x, sex=f": [1],
        "race=x, sex=m": [0],
        "race=é, sex=m": [2],
    }


def test_numbers_are_written_as_tfma_writes_float32() -> None:
    assert set(plain([["size"]])) == {"overall", "size=0.5", "size=0.10000000149011612"}
