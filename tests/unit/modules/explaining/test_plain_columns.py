import numpy as np
import pytest

from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import RawColumn

pytestmark = pytest.mark.unit

COLUMNS = [
    RawColumn("x", "numeric", "float32"),
    RawColumn("n", "numeric", "int64"),
    RawColumn("c", "categorical", "string"),
    RawColumn("code", "categorical", "int64"),
    RawColumn("same", "numeric", "float32"),
    RawColumn("none", "numeric", "float32"),
]
ROWS = {
    "x": np.array([1, 3, np.nan, 5], np.float32),
    "n": np.array([10, -(2**63), 20, 30]),
    "c": np.array([b"b", b"a", b"b", b""], object),
    "code": np.array([7, 7, 9, 7]),
    "same": np.array([2, 2, 2, 2], np.float32),
    "none": np.full(4, np.nan, np.float32),
}


@pytest.fixture
def learnt() -> PlainColumns:
    return PlainColumns.learn(COLUMNS, ROWS)


def test_numbers_stay_and_categories_are_numbered_by_frequency(learnt: PlainColumns) -> None:
    assert learnt.is_categorical == [False, False, True, True, False, False]
    nan = np.nan
    expected = [[1, 10, 0, 0, 2, nan], [3, nan, 2, 0, 2, nan], [nan, 20, 0, 1, 2, nan], [5, 30, 1, 0, 2, nan]]
    np.testing.assert_array_equal(learnt.ordinal(ROWS), expected)


def test_unseen_categories_share_the_place_behind_the_last(learnt: PlainColumns) -> None:
    unseen = ROWS | {"c": np.array([b"z", b"q", b"a", b"b"], object)}
    assert learnt.ordinal(unseen)[:, 2].tolist() == [3, 3, 2, 0]
    of_c = [name == "c" for name, _ in learnt.wide_names]
    assert learnt.wide(unseen)[0, of_c].tolist() == [0, 0, 0]


def test_a_linear_model_gets_scaled_numbers_marks_of_missing_ones_and_a_place_a_category(
    learnt: PlainColumns,
) -> None:
    wide = dict(zip(learnt.wide_names, learnt.wide(ROWS).T, strict=True))
    deviation = np.std([1.0, 3.0, 5.0])
    np.testing.assert_allclose(wide["x", "value"], np.array([-2, 0, 0, 2]) / deviation)
    assert wide["x", "missing"].tolist() == [0, 0, 1, 0]
    assert wide["c", "b"].tolist() == [1, 0, 1, 0]
    assert wide["c", "(missing)"].tolist() == [0, 0, 0, 1]
    assert wide["code", "9"].tolist() == [0, 0, 1, 0]
    assert wide["same", "value"].tolist() == [0, 0, 0, 0]
    assert np.isfinite(learnt.wide(ROWS)).all()
