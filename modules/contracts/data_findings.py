"""What the data gate found: findings.json, a list."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

from modules.contracts import files

Severity = Literal["stop", "warn"]

_FILE = "findings.json"


@dataclasses.dataclass(frozen=True)
class DataFinding:
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
        return "".join([self._prefix, self.text, self._suffix])

    @property
    def _prefix(self) -> str:
        return f"{self.compared}: {self.column}: "

    @property
    def _suffix(self) -> str:
        return f" (data_gate.{self.rule}: {'warn' if self.severity == 'stop' else 'off'})"

    def to_json(self) -> dict[str, Any]:
        """Returns `rule`, `column`, `compared`, `value`, `limit`, `severity` and `message`, which holds the text."""
        keys = ("rule", "column", "compared", "value", "limit", "severity", "message")
        return {key: getattr(self, key) for key in keys}

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> "DataFinding":
        """Reads what `to_json` made."""
        made = cls(text="", **{key: value for key, value in entry.items() if key != "message"})
        text = entry["message"].removeprefix(made._prefix).removesuffix(made._suffix)
        return dataclasses.replace(made, text=text)


def write(uri: str, findings: Sequence[DataFinding]) -> None:
    """Writes the findings."""
    files.write_json(uri, _FILE, [finding.to_json() for finding in findings], indent=1)


def read(uri: str) -> list[DataFinding]:
    """Returns the findings."""
    return [DataFinding.from_json(entry) for entry in files.read_json("data findings", uri, _FILE)]
