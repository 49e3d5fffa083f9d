import math

import pytest

from modules.base.settings import Features
from modules.features.table import Feature, Number, feature_table, tensor_names

pytestmark = pytest.mark.unit

DTYPES = {"zip": "int64", "wage": "float32", "age": "int64", "job": "string", "weight": "float32", "income": "string"}


def test_the_table_is_sorted_by_dtype_and_name_and_lacks_label_and_excluded_columns() -> None:
    settings = Features(exclude=["weight"], categorical=["zip"], log_scale=["wage"])
    table = feature_table(DTYPES, settings, "income")
    assert [(f.name, f.kind, f.dtype, f.log) for f in table.features] == [
        ("wage", "numeric", "float32", True),
        ("age", "numeric", "int64", False),
        ("zip", "categorical", "int64", False),
        ("job", "categorical", "string", False),
    ]
    assert table.label == "income"
    assert [f.name for f in table.numeric] == ["wage", "age"]
    assert [f.name for f in table.categorical] == ["zip", "job"]


def test_the_weight_of_a_row_is_no_feature_and_known_to_the_table() -> None:
    table = feature_table(DTYPES, Features(), "income", "weight")
    assert [f.name for f in table.features] == ["wage", "age", "zip", "job"]
    assert table.weight == "weight"
    assert feature_table(DTYPES, Features(), "income").weight is None


def test_the_order_of_the_columns_does_not_matter() -> None:
    reversed_ = dict(reversed(DTYPES.items()))
    assert feature_table(DTYPES, Features(), "income") == feature_table(reversed_, Features(), "income")


def test_a_category_has_no_log() -> None:
    table = feature_table({"zip": "int64"}, Features(categorical=["zip"], log_scale=["zip"]), "income")
    assert [(f.kind, f.log) for f in table.features] == [("categorical", False)]


def test_a_tensor_is_called_like_its_column_where_a_tensor_can_be() -> None:
    assert tensor_names(["age", "Hours_2", "x"]) == {"age": "age", "Hours_2": "Hours_2", "x": "x"}


@pytest.mark.parametrize(
    ("column", "tensor"),
    [
        ("Jitter(%)", "Jitter"),
        ("hours per week", "hours_per_week"),
        ("2nd", "column_2nd"),
        ("größe", "gr_e"),
        ("%", "column"),
        ("class", "column_class"),
        ("(None)", "column_None"),
        ("self", "column_self"),
    ],
)
def test_any_other_column_gets_a_tensor_with_a_name_of_letters_digits_and_underscores(column: str, tensor: str) -> None:
    assert tensor_names([column]) == {column: tensor}


def test_no_two_columns_share_a_tensor_whatever_their_order() -> None:
    columns = ["a b", "a_b", "a-b", "a (b)", "A b", "1", "?", "x", "X", "X_2"]
    found = tensor_names(columns)
    assert len({tensor.lower() for tensor in found.values()}) == len(columns)  # TensorFlow tells no case apart
    assert (found["X"], found["X_2"], found["x"]) == ("X", "X_2", "x_3")
    assert found["a_b"] == "a_b"
    assert tensor_names(reversed(columns)) == found


def test_the_table_knows_the_tensor_of_each_column() -> None:
    table = feature_table({"a b": "int64", "a_b": "int64", "y": "string"}, Features(), "y")
    assert {f.name: f.tensor for f in table.features} == {"a b": "a_b_2", "a_b": "a_b"}


def test_a_missing_value_is_nan_the_smallest_integer_or_empty_text() -> None:
    assert math.isnan(Feature("a", "numeric", "float32").missing)  # type: ignore[arg-type]
    assert Feature("a", "numeric", "int64").missing == -9_223_372_036_854_775_808
    assert Feature("a", "categorical", "string").missing == ""


def test_numbers_are_floats_then_parts_of_timestamps_then_integers() -> None:
    dtypes = {"b": "int64", "a": "int64", "start": "int64", "end": "int64", "wage": "float32", "y": "string"}
    table = feature_table(dtypes, Features(timestamps=["start", "end"], log_scale=["wage", "b"]), "y")
    parts = [
        Number(f"{name}[{part}]", part_of=name)
        for part in ("hour", "weekday", "day", "month")
        for name in ("end", "start")
    ]
    assert table.numbers == (
        Number("wage", log=True),
        *parts,
        Number("a", whole=True),
        Number("b", log=True, whole=True),
        Number("end", whole=True, timestamp=True),
        Number("start", whole=True, timestamp=True),
    )
