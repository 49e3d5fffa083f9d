from pathlib import Path

import pytest

from components.data_gate import findings
from modules.base.errors import DataError
from modules.base.settings import DataGate
from modules.contracts import data_findings
from modules.contracts.data_findings import DataFinding

pytestmark = pytest.mark.unit

AGE = DataFinding("drift", "age", "test against train", "The divergence is 0.2", 0.2, 0.1)
RACE = DataFinding("schema_mismatch", "race", "train against the schema", "Unexpected values: Martian")


def test_the_config_decides_which_findings_stop_warn_or_are_dropped_and_stops_come_first() -> None:
    settings = DataGate(drift="warn", schema_mismatch="stop", label_shift="off")
    label = DataFinding("label_shift", "y", "test against train", "Other")
    kept = findings.with_severity([AGE, label, RACE], settings)
    assert [(finding.column, finding.severity) for finding in kept] == [("race", "stop"), ("age", "warn")]


def test_what_is_no_error_stays_a_warning_where_the_rule_stops() -> None:
    mild = DataFinding("schema_mismatch", "race", "train against the schema", "Odd", severity="warn")
    assert [f.severity for f in findings.with_severity([mild], DataGate(schema_mismatch="stop"))] == ["warn"]
    assert findings.with_severity([mild], DataGate(schema_mismatch="off")) == []


def test_a_message_names_the_setting_that_lets_the_finding_pass() -> None:
    warned, stopped = (findings.with_severity([AGE], DataGate(drift=rule))[0] for rule in ("warn", "stop"))
    assert warned.message == "test against train: age: The divergence is 0.2 (data_gate.drift: off)"
    assert stopped.message == "test against train: age: The divergence is 0.2 (data_gate.drift: warn)"


def test_an_error_names_what_stops_and_nothing_else() -> None:
    found = findings.with_severity([AGE, RACE], DataGate())
    with pytest.raises(DataError) as caught:
        findings.check(found)
    assert str(caught.value) == (
        "data gate, 1 finding: train against the schema: race: Unexpected values: Martian "
        "(data_gate.schema_mismatch: warn). "
        "Fix the rows, widen the schema if the data are right, or set data_gate.schema_mismatch to warn."
    )
    with pytest.raises(DataError, match=r"2 findings: .*; .* or set data_gate.drift, data_gate.schema_mismatch to"):
        findings.check(findings.with_severity([AGE, RACE], DataGate(drift="stop")))


def test_warnings_and_no_findings_stop_nothing() -> None:
    findings.check(findings.with_severity([AGE], DataGate()))
    findings.check([])


def test_findings_are_written_with_value_limit_and_message(tmp_path: Path) -> None:
    (kept,) = findings.with_severity([AGE], DataGate())
    assert kept.to_json() == {
        "rule": "drift",
        "column": "age",
        "compared": "test against train",
        "value": 0.2,
        "limit": 0.1,
        "severity": "warn",
        "message": "test against train: age: The divergence is 0.2 (data_gate.drift: off)",
    }
    data_findings.write(str(tmp_path), [kept, RACE])
    assert data_findings.read(str(tmp_path)) == [kept, RACE]
    assert (RACE.to_json()["value"], RACE.to_json()["limit"]) == (None, None)
