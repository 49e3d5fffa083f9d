"""From TFDV's anomalies to findings: where a split does not fit the schema. Knows no TFX."""

from typing import Any

from modules.contracts.data_findings import DataFinding

# Numbers outside the range that the schema gives; whatever else TFDV reports is a mismatch.
_RANGE = frozenset(
    f"{kind}_TYPE_{end}_{name}"
    for kind, name in (("BOOL", "INT"), ("INT", "INT"), ("FLOAT", "FLOAT"))
    for end in ("BIG", "SMALL")
)


def of_split(split: str, anomalies: Any) -> list[DataFinding]:
    """Lists the anomalies of one split.

    Args:
        split: Name of the split.
        anomalies: An `anomalies_pb2.Anomalies`.

    Returns:
        One finding of the rule `ranges` or `schema_mismatch` a reason, sorted by column; those of the whole data set
        come under `(table)`. What TFDV itself calls no error is never more than a warning.
    """
    from tensorflow_metadata.proto.v0 import anomalies_pb2

    def finding(rule: str, column: str, reason: Any, severity: int) -> DataFinding:
        text = " ".join((reason.description or reason.short_description).split()).rstrip(".")
        error = severity == anomalies_pb2.AnomalyInfo.ERROR
        return DataFinding(rule, column, f"{split} against the schema", text, severity="stop" if error else "warn")

    findings = []
    for name, info in sorted(anomalies.anomaly_info.items()):
        column = info.path.step[0] if info.path.step else name
        for reason in info.reason:
            rule = "ranges" if anomalies_pb2.AnomalyInfo.Type.Name(reason.type) in _RANGE else "schema_mismatch"
            findings.append(finding(rule, column, reason, info.severity))
        if not info.reason:
            findings.append(finding("schema_mismatch", column, info, info.severity))
    if anomalies.data_missing:
        findings.append(
            DataFinding("schema_mismatch", "(table)", f"{split} against the schema", "The split has no rows")
        )
    if anomalies.HasField("dataset_anomaly_info"):
        info = anomalies.dataset_anomaly_info
        findings.append(finding("schema_mismatch", "(table)", info, info.severity))
    return findings
