"""What each part of the student's training bought: gains.json."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from modules.contracts import files

_FILE = "gains.json"

# The models that are compared: what each learnt from.
LABELS, TEACHER, SYNTHETIC = "labels", "teacher", "synthetic_rows"


@dataclasses.dataclass(frozen=True)
class Gain:
    """How much better one model is than another, on the same rows.

    Attributes:
        before: The model that has less to learn from.
        after: The other one.
        value: By how much it is better, negative if it is worse; None where the rows do not define it.
        low: Lower end of the 95 % interval; None where there is none.
        high: Upper end.
        rows: The test rows.
        method: How the interval was made.
        reason: Why there is no value, or no interval.
    """

    before: str
    after: str
    value: float | None
    low: float | None
    high: float | None
    rows: int
    method: str
    reason: str


@dataclasses.dataclass(frozen=True)
class Gains:
    """Students of one size after equally many steps.

    Attributes:
        metric: The metric that they are compared by.
        steps: Of each training.
        values: What each of them has on the test rows, in the order of what they learnt from.
        gains: How much better each is than the one before; then the last than the first.
    """

    metric: str
    steps: int
    values: Mapping[str, float]
    gains: Sequence[Gain]

    def to_json(self) -> dict[str, Any]:
        """Returns one object."""
        return dataclasses.asdict(self)


def write(uri: str, gains: Gains) -> None:
    """Writes the comparison."""
    files.write_json(uri, _FILE, gains.to_json(), indent=1)


def read(uri: str) -> Gains:
    """Returns the comparison."""
    entry = files.read_json("gains", uri, _FILE)
    return Gains(**entry | {"gains": [Gain(**gain) for gain in entry["gains"]]})
