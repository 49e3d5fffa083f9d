"""From TFDV's anomalies to findings that a person can act on. Knows no TFX."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from modules.errors import DataError


@dataclasses.dataclass(frozen=True)
class Finding:
    """One anomaly: in which split and column, what it is, and whether it is an error or only a warning."""

    split: str
    column: str
    reason: str
    error: bool

    def __str__(self) -> str:
        return f"{self.split}: {self.column}: {self.reason}"


def findings(split: str, anomalies: Any) -> list[Finding]:
    """Lists the anomalies of one split.

    Args:
        split: Name of the split.
        anomalies: An `anomalies_pb2.Anomalies`.

    Returns:
        One finding an anomaly, sorted by column; anomalies of the whole data set come under `(table)`.
    """
    from tensorflow_metadata.proto.v0 import anomalies_pb2

    found = []
    for name, info in sorted(anomalies.anomaly_info.items()):
        column = info.path.step[0] if info.path.step else name
        error = info.severity == anomalies_pb2.AnomalyInfo.ERROR
        reasons = [reason.description or reason.short_description for reason in info.reason] or [info.description]
        found += [Finding(split, column, reason.strip().rstrip("."), error) for reason in reasons]
    if anomalies.data_missing:
        found.append(Finding(split, "(table)", "The split has no rows", True))
    if anomalies.HasField("dataset_anomaly_info"):
        info = anomalies.dataset_anomaly_info
        found.append(Finding(split, "(table)", info.description, info.severity == anomalies_pb2.AnomalyInfo.ERROR))
    return found


def check(found: Sequence[Finding], on_anomaly: str) -> None:
    """Raises if the findings stop the run.

    Args:
        found: All findings.
        on_anomaly: `stop` or `warn`.

    Raises:
        DataError: Naming every anomaly of severity ERROR, if the rule is `stop`.
    """
    errors = [finding for finding in found if finding.error]
    if errors and on_anomaly == "stop":
        raise DataError(
            f"data gate, {len(errors)} anomal{'y' if len(errors) == 1 else 'ies'}",
            "; ".join(map(str, errors)),
            "Mend the rows, widen the schema if the data are right, or set data_gate.on_anomaly to warn",
        )
