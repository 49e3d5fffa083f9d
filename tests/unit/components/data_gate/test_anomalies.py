import pytest
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import anomalies_pb2

from components.data_gate import anomalies
from modules.contracts.data_findings import DataFinding

pytestmark = pytest.mark.unit


def found(text: str, split: str = "train") -> list[DataFinding]:
    return anomalies.of_split(split, text_format.Parse(text, anomalies_pb2.Anomalies()))


def mismatch(column: str, text: str, severity: str = "stop", rule: str = "schema_mismatch") -> DataFinding:
    return DataFinding(rule, column, "train against the schema", text, severity=severity)  # type: ignore[arg-type]


WORKCLASS = """
anomaly_info {
  key: "workclass"
  value {
    path { step: "workclass" }
    severity: ERROR
    reason {
      type: ENUM_TYPE_UNEXPECTED_STRING_VALUES
      short_description: "Unexpected string values"
      description: "Examples contain values\\nmissing: Farm (1)."
    }
  }
}
"""
AGE = """
anomaly_info {
  key: "age"
  value {
    path { step: "age" }
    severity: WARNING
    reason { type: INT_TYPE_BIG_INT short_description: "Out-of-range values" }
    reason { type: SCHEMA_MISSING_COLUMN short_description: "Column dropped" description: "Column is missing " }
  }
}
"""


def test_data_without_anomalies_have_no_finding() -> None:
    assert found("") == []


def test_every_reason_is_a_finding_of_its_rule_in_one_line_sorted_by_column() -> None:
    assert found(WORKCLASS + AGE) == [
        mismatch("age", "Out-of-range values", "warn", "ranges"),
        mismatch("age", "Column is missing", "warn"),
        mismatch("workclass", "Examples contain values missing: Farm (1)"),
    ]


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("INT_TYPE_SMALL_INT", "ranges"),
        ("INT_TYPE_BIG_INT", "ranges"),
        ("FLOAT_TYPE_SMALL_FLOAT", "ranges"),
        ("FLOAT_TYPE_BIG_FLOAT", "ranges"),
        ("BOOL_TYPE_BIG_INT", "ranges"),
        ("FLOAT_TYPE_HAS_NAN", "schema_mismatch"),
        ("SCHEMA_NEW_COLUMN", "schema_mismatch"),
        ("FEATURE_TYPE_LOW_FRACTION_PRESENT", "schema_mismatch"),
    ],
)
def test_numbers_outside_the_schemas_range_are_a_rule_of_their_own(kind: str, rule: str) -> None:
    reason = f'reason {{ type: {kind} description: "Odd" }}'
    assert found(f'anomaly_info {{ key: "x" value {{ severity: ERROR {reason} }} }}') == [
        mismatch("x", "Odd", rule=rule)
    ]


def test_an_anomaly_without_path_and_reason_is_named_by_its_key_and_description() -> None:
    text = 'anomaly_info { key: "x" value { severity: ERROR description: "Something is odd." } }'
    assert found(text) == [mismatch("x", "Something is odd")]


def test_a_split_without_rows_is_a_mismatch_of_the_table() -> None:
    assert found("data_missing: true") == [mismatch("(table)", "The split has no rows")]


@pytest.mark.parametrize(("severity", "most"), [("ERROR", "stop"), ("WARNING", "warn")])
def test_an_anomaly_of_the_whole_data_set_is_one_of_the_table(severity: str, most: str) -> None:
    text = f'dataset_anomaly_info {{ severity: {severity} description: "Too few examples" }}'
    assert found(text) == [mismatch("(table)", "Too few examples", most)]
