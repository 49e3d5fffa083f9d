import math

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2

from modules import features
from modules.base.settings import Features
from modules.features import Feature, Profile, feature_table

pytestmark = pytest.mark.unit

DTYPES = {"zip": "int64", "wage": "float32", "age": "int64", "job": "string", "weight": "float32", "income": "string"}


def schema(text: str) -> schema_pb2.Schema:
    return text_format.Parse(text, schema_pb2.Schema())


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
    assert features.tensor_names(["age", "Hours_2", "x"]) == {"age": "age", "Hours_2": "Hours_2", "x": "x"}


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
    assert features.tensor_names([column]) == {column: tensor}


def test_no_two_columns_share_a_tensor_whatever_their_order() -> None:
    columns = ["a b", "a_b", "a-b", "a (b)", "A b", "1", "?", "x", "X", "X_2"]
    found = features.tensor_names(columns)
    assert len({tensor.lower() for tensor in found.values()}) == len(columns)  # TensorFlow tells no case apart
    assert (found["X"], found["X_2"], found["x"]) == ("X", "X_2", "x_3")
    assert found["a_b"] == "a_b"
    assert features.tensor_names(reversed(columns)) == found


def test_the_table_knows_the_tensor_of_each_column() -> None:
    table = feature_table({"a b": "int64", "a_b": "int64", "y": "string"}, Features(), "y")
    assert {f.name: f.tensor for f in table.features} == {"a b": "a_b_2", "a_b": "a_b"}


def test_a_missing_value_is_nan_the_smallest_integer_or_empty_text() -> None:
    assert math.isnan(Feature("a", "numeric", "float32").missing)  # type: ignore[arg-type]
    assert Feature("a", "numeric", "int64").missing == -9_223_372_036_854_775_808
    assert Feature("a", "categorical", "string").missing == ""


def test_the_dtypes_of_a_schema() -> None:
    found = features.schema_dtypes(
        schema('feature { name: "a" type: INT } feature { name: "b" type: FLOAT } feature { name: "c" type: BYTES }')
    )
    assert found == {"a": "int64", "b": "float32", "c": "string"}


def test_every_column_becomes_one_dense_value_with_the_missing_one_as_default() -> None:
    made = schema('feature { name: "a" type: INT } feature { name: "b" type: FLOAT } feature { name: "c" type: BYTES }')
    features.add_tensor_representations(made)
    group = made.tensor_representation_group[""].tensor_representation
    assert set(group) == {"a", "b", "c"}
    for name, representation in group.items():
        assert representation.dense_tensor.column_name == name
        assert [dim.size for dim in representation.dense_tensor.shape.dim] == [1]
    assert group["a"].dense_tensor.default_value.int_value == -(2**63)
    assert math.isnan(group["b"].dense_tensor.default_value.float_value)
    assert group["c"].dense_tensor.default_value.WhichOneof("kind") == "bytes_value"
    assert group["c"].dense_tensor.default_value.bytes_value == b""


def test_representations_that_a_schema_brings_are_replaced() -> None:
    made = schema('feature { name: "a" type: INT }')
    made.tensor_representation_group[""].tensor_representation["old"].varlen_sparse_tensor.column_name = "a"
    features.add_tensor_representations(made)
    assert set(made.tensor_representation_group[""].tensor_representation) == {"a"}


def test_a_profile_survives_json() -> None:
    profile = Profile(
        numeric=["a"],
        means=[0.1],
        deviations=[2.0],
        present=[0.5],
        edges=[[1.0, 2.5, 3.0]],
        explained_variance=[0.5],
        reduction="ica",
        components=1,
        component_deviations=[1.0],
        converged=False,
        categorical=["b"],
        vocabularies=[["é", "x"]],
        counts=[[2, 1]],
        classes=["no", "yes"],
        class_counts=[3, 4],
        label_mean=1.5,
        label_deviation=0.5,
        label_range=[-1.0, 2.0],
    )
    assert Profile.from_json(profile.to_json()) == profile
    assert profile.bins == [2]


def test_the_shares_of_the_variance_add_up_to_one_unless_there_is_none() -> None:
    assert Profile(explained_variance=[3.0, 1.0]).explained_shares == [0.75, 0.25]
    assert Profile(explained_variance=[0.0, 0.0]).explained_shares == [0, 0]
    assert Profile().explained_shares == []


def test_an_inferred_schema_takes_unseen_and_missing_values_for_granted_and_another_type_not() -> None:
    train = pd.DataFrame({"city": ["Rome", "Oslo"] * 50, "rooms": list(range(100))})
    later = pd.DataFrame({"city": ["Rome", "Lima", None] * 10, "rooms": [1, 2, 500] * 10})
    wrong = pd.DataFrame({"city": ["Rome"] * 10, "rooms": ["many"] * 10})
    inferred = tfdv.infer_schema(tfdv.generate_statistics_from_dataframe(train))

    def anomalies(rows: pd.DataFrame) -> set[str]:
        return set(tfdv.validate_statistics(tfdv.generate_statistics_from_dataframe(rows), inferred).anomaly_info)

    assert anomalies(later) == {"city"}
    features.relax_inferred(inferred, {"city": "string", "rooms": "int64"})
    assert anomalies(later) == set()
    assert "rooms" in anomalies(wrong)


def test_a_column_without_a_value_in_training_gets_the_type_of_the_examples_and_may_hold_values_later() -> None:
    # Statistics call such a column text; ExampleGen, which has seen it, calls it a number.
    train = pd.DataFrame({"rooms": [1, 2] * 20, "pool": [None] * 40})
    inferred = tfdv.infer_schema(tfdv.generate_statistics_from_dataframe(train))
    features.relax_inferred(inferred, {"rooms": "int64", "pool": "float32"})
    assert features.schema_dtypes(inferred) == {"rooms": "int64", "pool": "float32"}
