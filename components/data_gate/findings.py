"""What becomes of the findings: which stop the run, which are warnings. Knows no TFX."""

import dataclasses
from collections.abc import Sequence

from modules.base.errors import DataRefused
from modules.base.settings import DataGate
from modules.contracts.data_findings import DataFinding


def with_severity(findings: Sequence[DataFinding], settings: DataGate) -> list[DataFinding]:
    """Gives each finding the severity that the config sets for its rule, and drops those of rules that are off.

    Args:
        findings: Findings; those of severity `warn` stay warnings whatever the config says.
        settings: The section `data_gate` of the config.

    Returns:
        Those that stop first, else in the given order.
    """
    kept = []
    for finding in findings:
        severity = getattr(settings, finding.rule)
        if severity != "off":
            kept.append(dataclasses.replace(finding, severity="warn" if finding.severity == "warn" else severity))
    return sorted(kept, key=lambda finding: finding.severity != "stop")


def check(findings: Sequence[DataFinding]) -> None:
    """Raises if a finding stops the run.

    Raises:
        DataError: Naming every finding that stops.
    """
    stops = [finding for finding in findings if finding.severity == "stop"]
    if stops:
        rules = sorted({f"data_gate.{finding.rule}" for finding in stops})
        raise DataRefused(
            f"data gate, {len(stops)} finding{'' if len(stops) == 1 else 's'}",
            "; ".join(finding.message for finding in stops),
            f"Fix the rows, widen the schema if the data are right, or set {', '.join(rules)} to warn",
        )
