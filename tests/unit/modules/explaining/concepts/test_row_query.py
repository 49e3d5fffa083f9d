"""Queries over rows: what they choose, and what is said of those that cannot be read."""

import re

import numpy as np
import pytest

from modules.base.section import SettingError
from modules.explaining.concepts import query
from modules.explaining.raw_function import RawColumn

pytestmark = pytest.mark.unit

LEAST = -(2**63)
COLUMNS = [
    RawColumn("age", "numeric", "int64"),
    RawColumn("fare paid", "numeric", "float32"),
    RawColumn("sex", "categorical", "string"),
    RawColumn("zone", "categorical", "int64"),
    RawColumn("at", "timestamp", "int64"),
]
ROWS = {
    "age": np.array([17, 18, LEAST, 40]),
    "fare paid": np.array([1.1, np.nan, 3, 4], np.float32),
    "sex": np.array([b"Female", b"Male", b"", b"not known"], object),
    "zone": np.array([1, 2, 3, LEAST]),
    "at": np.array([0, 86_400, 172_800, LEAST]),
}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("age >= 18", [1, 3]),
        ("age<18", [0]),
        ("age <= 18 and sex = Female", [0]),
        ("age > 17.5", [1, 3]),
        ("age != 18", [0, 3]),  # of what is missing nobody knows whether it differs
        ('age = ""', [2]),
        ("age != ''", [0, 1, 3]),
        ("fare paid = 1.1", [0]),
        ('"fare paid" > 2', [2, 3]),
        ("sex = not known", [3]),
        ('sex in (Male, "not known")', [1, 3]),
        ('sex in [Male, ""]', [1, 2]),
        ("sex != Male", [0, 3]),
        ("zone in (1, 3)", [0, 2]),
        ("zone == 2", [1]),
        ("at >= 1970-01-02", [1, 2]),
        ("at > 1970-01-02T00:00:00", [2]),
        ("at < 86400", [0]),
    ],
)
def test_a_query_chooses_the_rows_of_which_all_comparisons_are_true(text: str, rows: list[int]) -> None:
    assert np.flatnonzero(query.parse(text).chosen(COLUMNS, ROWS)).tolist() == rows


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age",
        "age >=",
        ">= 18",
        "age > 18 and",
        "age > 18 sex = Male",
        "age > 18 or age < 3",
        "18 < age < 30",
        "sex in Male",
        "sex in ()",
        "sex in (Male",
        "sex in (Male]",
        "sex = Male)",
        "sex = 'Male",
        "age > ''",
        "__import__('os').remove('x')",
    ],
)
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(SettingError) as caught:
        query.parse(text)
    assert "Write" in caught.value.fix


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("agee > 3", "names 'agee', which the model does not read"),
        ("sex > 3", "asks for the order of 'sex', which is categorical"),
        ("age = young", "holds 'age' against 'young', and the column holds whole numbers"),
        ("age = 3.5", "holds 'age' against '3.5', and the column holds whole numbers"),
        ("fare paid < much", "holds 'fare paid' against 'much', and the column holds numbers"),
        ("at < soon", "holds 'at' against 'soon'"),
    ],
)
def test_a_query_that_does_not_fit_the_columns_says_so(text: str, said: str) -> None:
    with pytest.raises(SettingError, match=re.escape(said)):
        query.parse(text).chosen(COLUMNS, ROWS)
