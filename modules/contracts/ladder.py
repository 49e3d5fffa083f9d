"""What the Ladder measured: ladder.json, one rung per model."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from modules.contracts import files

_FILE = "ladder.json"


@dataclasses.dataclass(frozen=True)
class Rung:
    """One model as measured on the test rows.

    Attributes:
        form: Its name: `teacher`, `student`, `pruned`, or a numeric form.
        metrics: The metrics that the ladder has for the task, by name.
        calibration: Groups of rows by prediction, each with `rows`, mean `prediction` and mean `label`.
        bytes: Size of the .tflite.
        gzip_bytes: Its size after gzip.
        sparsity: Share of the kernels' weights that are zero.
        latency_p50_us: Median time of one row on one thread, in microseconds.
        latency_p99_us: The 99th percentile of these times.
        latency_ratio: How many times as long as a fixed computation timed beside it a row takes; see
            `modules.tflite.device`.
        memory_bytes: What LiteRT allocates to open the file and answer one row, where the C library tells it.
        kernel_difference: Largest difference of an answer between the delegate that devices use by default and the
            reference kernels; None of models that do not ship.
        kernel_changed_decisions: Share of the rows that are decided otherwise with the reference kernels; None where
            nothing is decided.
        low: Lower end of the 95 % interval of the ladder's first metric; None where there is none.
        high: Upper end.
        gain: How much higher that metric is than the uncompressed student's; None of the student itself.
        gain_low: Lower end of its 95 % interval, both being measured on the same rows.
        gain_high: Upper end.
        same_decisions: Share of the rows that are decided as the student decides them; None where nothing is decided.
    """

    form: str
    metrics: Mapping[str, float]
    calibration: Sequence[Mapping[str, float]]
    bytes: int
    gzip_bytes: int
    sparsity: float
    latency_p50_us: float
    latency_p99_us: float
    latency_ratio: float | None = None
    memory_bytes: int | None = None
    kernel_difference: float | None = None
    kernel_changed_decisions: float | None = None
    low: float | None = None
    high: float | None = None
    gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None
    same_decisions: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns one flat object: the metrics stand beside the other attributes."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {"form": values.pop("form"), **values.pop("metrics"), **values}

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> "Rung":
        """Reads what `to_json` made; what is not another attribute is a metric."""
        own = {field.name for field in dataclasses.fields(cls)} - {"metrics"}
        metrics = {name: value for name, value in entry.items() if name not in own}
        return cls(metrics=metrics, **{name: entry[name] for name in own})


def write(uri: str, rungs: Sequence[Rung]) -> None:
    """Writes the ladder."""
    files.write_json(uri, _FILE, [rung.to_json() for rung in rungs], indent=1)


def read(uri: str) -> list[Rung]:
    """Returns the ladder, from the teacher to the last form."""
    return [Rung.from_json(entry) for entry in files.read_json("ladder", uri, _FILE)]
