import pytest
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import anomalies_pb2

from components.data_gate import rules
from components.data_gate.rules import Finding
from modules.errors import DataError

pytestmark = pytest.mark.unit


def found(text: str, split: str = "train") -> list[Finding]:
    return rules.findings(split, text_format.Parse(text, anomalies_pb2.Anomalies()))


WORKCLASS = """
anomaly_info {
  key: "workclass"
  value {
    path { step: "workclass" }
    severity: ERROR
    reason { short_description: "Unexpected string values" description: "Examples contain values missing: Farm (1)." }
  }
}
"""
AGE = """
anomaly_info {
  key: "age"
  value {
    path { step: "age" }
    severity: WARNING
    reason { short_description: "Out-of-range values" }
    reason { short_description: "Column dropped" description: "Column is completely missing " }
  }
}
"""


def test_data_without_anomalies_have_no_finding() -> None:
    assert found("") == []


def test_every_reason_is_a_finding_sorted_by_column() -> None:
    assert found(WORKCLASS + AGE) == [
        Finding("train", "age", "Out-of-range values", error=False),
        Finding("train", "age", "Column is completely missing", error=False),
        Finding("train", "workclass", "Examples contain values missing: Farm (1)", error=True),
    ]


def test_an_anomaly_without_path_and_reason_is_named_by_its_key_and_description() -> None:
    text = 'anomaly_info { key: "x" value { severity: ERROR description: "Something is odd." } }'
    assert found(text) == [Finding("train", "x", "Something is odd", error=True)]


def test_a_split_without_rows_is_an_error_of_the_table() -> None:
    assert found("data_missing: true", "validation") == [
        Finding("validation", "(table)", "The split has no rows", error=True)
    ]


@pytest.mark.parametrize(("severity", "error"), [("ERROR", True), ("WARNING", False)])
def test_an_anomaly_of_the_whole_data_set_is_one_of_the_table(severity: str, error: bool) -> None:
    text = f'dataset_anomaly_info {{ severity: {severity} description: "Too few examples" }}'
    assert found(text) == [Finding("train", "(table)", "Too few examples", error=error)]


def test_stop_raises_and_names_every_error_and_no_warning() -> None:
    all_found = found(WORKCLASS + AGE) + found(WORKCLASS.replace("workclass", "race"), "validation")
    with pytest.raises(DataError) as caught:
        rules.check(all_found, "stop")
    message = str(caught.value)
    assert message.startswith("data gate, 2 anomalies: ")
    assert "train: workclass: Examples contain values missing: Farm (1)" in message
    assert "validation: race: " in message
    assert "age" not in message
    assert "\n" not in message


def test_one_anomaly_is_counted_as_one() -> None:
    with pytest.raises(DataError, match="1 anomaly: "):
        rules.check(found(WORKCLASS), "stop")


def test_warn_lets_errors_pass() -> None:
    rules.check(found(WORKCLASS), "warn")


@pytest.mark.parametrize("rule", ["stop", "warn"])
def test_warnings_and_no_findings_pass(rule: str) -> None:
    rules.check(found(AGE), rule)
    rules.check([], rule)
