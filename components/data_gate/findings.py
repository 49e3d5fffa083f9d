"""What the rules found, in lines that a person can act on. Knows no TFX."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Literal

from modules.base.errors import DataError
from modules.base.settings import DataGate

Severity = Literal["stop", "warn"]

FILE = "findings.json"


@dataclasses.dataclass(frozen=True)
class Finding:
    """One rule that one column breaks.

    Attributes:
        rule: Name of the rule: its key in the section `data_gate`.
        column: The column, or `(table)`.
        compared: What was held against what, such as `test against train`.
        text: What is wrong there.
        value: What was measured; None where the rule measures nothing.
        limit: The threshold that the value exceeds; None where there is none.
        severity: `stop` or `warn`; from a rule, the most that it may become.
    """

    rule: str
    column: str
    compared: str
    text: str
    value: float | None = None
    limit: float | None = None
    severity: Severity = "stop"

    @property
    def message(self) -> str:
        """The finding in one line, with the setting that lets it pass."""
        milder = "warn" if self.severity == "stop" else "off"
        return f"{self.compared}: {self.column}: {self.text} (data_gate.{self.rule}: {milder})"


def with_severity(found: Sequence[Finding], settings: DataGate) -> list[Finding]:
    """Gives each finding the severity that the config sets for its rule, and drops those of rules that are off.

    Args:
        found: Findings; those of severity `warn` stay warnings whatever the config says.
        settings: The section `data_gate` of the config.

    Returns:
        Those that stop first, else in the given order.
    """
    kept = []
    for finding in found:
        severity = getattr(settings, finding.rule)
        if severity != "off":
            kept.append(dataclasses.replace(finding, severity="warn" if finding.severity == "warn" else severity))
    return sorted(kept, key=lambda finding: finding.severity != "stop")


def check(found: Sequence[Finding]) -> None:
    """Raises if a finding stops the run.

    Raises:
        DataError: Naming every finding that stops.
    """
    stops = [finding for finding in found if finding.severity == "stop"]
    if stops:
        rules = sorted({f"data_gate.{finding.rule}" for finding in stops})
        raise DataError(
            f"data gate, {len(stops)} finding{'' if len(stops) == 1 else 's'}",
            "; ".join(finding.message for finding in stops),
            f"Mend the rows, widen the schema if the data are right, or set {', '.join(rules)} to warn",
        )


def to_json(found: Sequence[Finding]) -> str:
    """Returns the findings as JSON: rule, column, compared, value, limit, severity, message."""
    keys = ("rule", "column", "compared", "value", "limit", "severity", "message")
    return json.dumps([{key: getattr(finding, key) for key in keys} for finding in found], indent=1, ensure_ascii=False)
