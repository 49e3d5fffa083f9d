import math

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2

from modules.features.schema import add_tensor_representations, relax_inferred, schema_dtypes

pytestmark = pytest.mark.unit


def schema(text: str) -> schema_pb2.Schema:
    return text_format.Parse(text, schema_pb2.Schema())


def test_the_dtypes_of_a_schema() -> None:
    found = schema_dtypes(
        schema('feature { name: "a" type: INT } feature { name: "b" type: FLOAT } feature { name: "c" type: BYTES }')
    )
    assert found == {"a": "int64", "b": "float32", "c": "string"}


def test_every_column_becomes_one_dense_value_with_the_missing_one_as_default() -> None:
    made = schema('feature { name: "a" type: INT } feature { name: "b" type: FLOAT } feature { name: "c" type: BYTES }')
    add_tensor_representations(made)
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
    add_tensor_representations(made)
    assert set(made.tensor_representation_group[""].tensor_representation) == {"a"}


def test_an_inferred_schema_takes_unseen_and_missing_values_for_granted_and_another_type_not() -> None:
    train = pd.DataFrame({"city": ["Rome", "Oslo"] * 50, "rooms": list(range(100))})
    later = pd.DataFrame({"city": ["Rome", "Lima", None] * 10, "rooms": [1, 2, 500] * 10})
    wrong = pd.DataFrame({"city": ["Rome"] * 10, "rooms": ["many"] * 10})
    inferred = tfdv.infer_schema(tfdv.generate_statistics_from_dataframe(train))

    def anomalies(rows: pd.DataFrame) -> set[str]:
        return set(tfdv.validate_statistics(tfdv.generate_statistics_from_dataframe(rows), inferred).anomaly_info)

    assert anomalies(later) == {"city"}
    relax_inferred(inferred, {"city": "string", "rooms": "int64"})
    assert anomalies(later) == set()
    assert "rooms" in anomalies(wrong)


def test_a_column_without_a_value_in_training_gets_the_type_of_the_examples_and_may_hold_values_later() -> None:
    # Statistics call such a column text; ExampleGen, which has seen it, calls it a number.
    train = pd.DataFrame({"rooms": [1, 2] * 20, "pool": [None] * 40})
    inferred = tfdv.infer_schema(tfdv.generate_statistics_from_dataframe(train))
    relax_inferred(inferred, {"rooms": "int64", "pool": "float32"})
    assert schema_dtypes(inferred) == {"rooms": "int64", "pool": "float32"}
