"""How far the metrics may be off, what no model at all would score, and what the page draws of all test rows."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from modules.contracts import files

_ARTIFACT = "intervals"
_INTERVALS, _REFERENCE, _CURVES = "intervals.json", "reference.json", "curves.json"

# A metric or a rate: `value`, `low`, `high`, `rows` (those that it is over), `method` and `reason`.
Measured = Mapping[str, Any]
# What is drawn, by name; `task` says which task it is of.
Curves = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class SliceIntervals:
    """What was measured of one slice.

    Attributes:
        slice: Its name, as the Evaluator's results have it.
        rows: Its number of rows.
        metrics: By the config's name.
        rates: Such as `true_positive_rate@0.50`, of several classes `true_positive_rate@0.50/name of the class`.
    """

    slice: str
    rows: int
    metrics: Mapping[str, Measured]
    rates: Mapping[str, Measured]


@dataclasses.dataclass(frozen=True)
class IntervalsOfSlices:
    """All slices, overall first.

    Attributes:
        confidence: How often such an interval covers the value.
        replicates: How many resamples the bootstrap takes.
        slices: The slices.
    """

    confidence: float
    replicates: int
    slices: Sequence[SliceIntervals]

    def to_json(self) -> dict[str, Any]:
        """Returns the attributes as JSON holds them."""
        return {
            "confidence": self.confidence,
            "replicates": self.replicates,
            "slices": [
                {"slice": of.slice, "rows": of.rows, "metrics": dict(of.metrics), "rates": dict(of.rates)}
                for of in self.slices
            ],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "IntervalsOfSlices":
        """Reads what `to_json` made."""
        slices = [SliceIntervals(**entry) for entry in content["slices"]]
        return cls(content["confidence"], content["replicates"], slices)


@dataclasses.dataclass(frozen=True)
class Reference:
    """The same answer to every row, measured on the test rows: what a model is worth is what it is better.

    Attributes:
        name: Which answer it is, in words.
        answer: The class that is most frequent in training, or the number.
        metrics: By the config's name; None where it is undefined.
    """

    name: str
    answer: str | float
    metrics: Mapping[str, float | None]


def write(uri: str, intervals: IntervalsOfSlices, reference: Reference, curves: Curves) -> None:
    """Writes the files."""
    files.write_json(uri, _INTERVALS, intervals.to_json())
    files.write_json(uri, _REFERENCE, dataclasses.asdict(reference))
    files.write_json(uri, _CURVES, curves)


def read(uri: str) -> IntervalsOfSlices:
    """Returns the intervals."""
    return IntervalsOfSlices.from_json(files.read_json(_ARTIFACT, uri, _INTERVALS))


def read_reference(uri: str) -> Reference:
    """Returns what the same answer to every row would score."""
    return Reference(**files.read_json(_ARTIFACT, uri, _REFERENCE))


def read_curves(uri: str) -> Curves:
    """Returns what is drawn of all test rows."""
    return files.read_json(_ARTIFACT, uri, _CURVES)
