"""The section `promises`: what the model that ships must keep, overall and for every group.

A promise is about all test rows, or about every slice of lists of columns, or about one slice. The gates in
`evaluation.gates` are TFMA's thresholds and hold by their value alone; a promise holds by its interval, and is kept,
broken or undecided (`modules/judging`).
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from modules.base.section import Count, Name, Settings
from modules.tasks import confusion, metrics

Bound = Annotated[float, Field(ge=0)]
Value = Annotated[str | int | float | bool, Field(description="a value of the column", examples=["Female"])]
Gap = Literal[
    "equal_opportunity",
    "equalized_odds",
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "calibration_gap",
]
# Whether rows get another answer than from the uncompressed model; it is no metric, and compares two models.
CHANGED_DECISIONS = "changed_decisions"
# The mean prediction over the mean label; the rates are shares of a confusion matrix' cells.
CALIBRATION = "calibration"
_RATES = (*confusion.RATES, "precision", CALIBRATION)
# The gap that is a ratio is bounded from below; the others are differences, bounded from above.
_RATIO = "demographic_parity_ratio"

if TYPE_CHECKING:
    Metric = Rate = Measure = str
else:
    Metric = Literal[tuple(metrics.METRICS)]
    Rate = Literal[_RATES]
    Measure = Literal[tuple(dict.fromkeys((*metrics.METRICS, *confusion.RATES, CHANGED_DECISIONS)))]


class _Scoped(Settings):
    """A promise with a scope: all test rows, unless slices or a slice are given."""

    slices: list[Annotated[list[Name], Field(min_length=1)]] = []
    slice: dict[Name, Value] | None = None

    @model_validator(mode="after")
    def _one_scope(self) -> "_Scoped":
        if self.slices and self.slice is not None:
            raise ValueError("give slices (every slice of these columns) or slice (one), and not both")
        if self.slice is not None and not self.slice:
            raise ValueError("slice names no column; write for example {sex: Female}")
        return self


class QualityPromise(_Scoped):
    """The limits of a metric: its value, and its change against the model that was blessed last."""

    metric: Metric
    minimum: float | None = None
    maximum: float | None = None
    max_drop: Bound | None = None
    max_rise: Bound | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> "QualityPromise":
        good, bad = ("minimum", "max_drop"), ("maximum", "max_rise")
        if not metrics.METRICS[self.metric].higher_is_better:
            good, bad = bad, good
        for name in bad:
            if getattr(self, name) is not None:
                raise ValueError(f"{self.metric} is better the {_better(self.metric)}: write {' or '.join(good)}")
        if all(getattr(self, name) is None for name in good):
            raise ValueError(f"a promise about {self.metric} needs {' or '.join(good)}")
        return self


def _better(metric: str) -> str:
    return "higher it is" if metrics.METRICS[metric].higher_is_better else "lower it is"


class RatePromise(_Scoped):
    """The limits of a rate: a share of a confusion matrix' cells at the decision threshold, or the calibration."""

    rate: Rate
    of_class: Name | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> "RatePromise":
        if self.minimum is None and self.maximum is None:
            raise ValueError(f"a promise about the {self.rate} needs a minimum or a maximum")
        return self


class GapPromise(Settings):
    """The limit of a gap between the groups of columns: of the worst pair, or of each group and the reference."""

    gap: Gap
    columns: Annotated[list[Name], Field(min_length=1)]
    of_class: Name | None = None
    reference: dict[Name, Value] | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> "GapPromise":
        needed, other = ("minimum", "maximum") if self.gap == _RATIO else ("maximum", "minimum")
        if getattr(self, needed) is None or getattr(self, other) is not None:
            raise ValueError(f"a promise about the {self.gap} needs a {needed}, and no {other}")
        if self.reference is not None and set(self.reference) != set(self.columns):
            raise ValueError(f"reference has to give a value of each of the columns: {', '.join(self.columns)}")
        return self


class CompressionPromise(_Scoped):
    """How much of a metric or rate the shipped form may lose against the uncompressed student on the same rows."""

    measure: Measure
    of_class: Name | None = None
    max_loss: Bound


class DevicePromises(Settings):
    """What the shipped file may take of a device, and how far its kernels may disagree there."""

    max_bytes: Count | None = None
    max_gzip_bytes: Count | None = None
    max_latency_ratio: Annotated[float, Field(gt=0)] | None = None
    max_memory_bytes: Count | None = None
    max_kernel_difference: Bound | None = None

    @property
    def given(self) -> dict[str, float]:
        """The limits that the config sets, by what they limit, such as `bytes`."""
        limits: dict[str, Any] = {name.removeprefix("max_"): getattr(self, name) for name in type(self).model_fields}
        return {name: limit for name, limit in limits.items() if limit is not None}


class Promises(Settings):
    """What the model that ships must keep; a broken promise refuses it, and so does an undecided one if it may."""

    undecided: Literal["warn", "stop"] = "warn"
    quality: list[QualityPromise] = []
    rates: list[RatePromise] = []
    gaps: list[GapPromise] = []
    compression: list[CompressionPromise] = []
    device: DevicePromises = DevicePromises()
