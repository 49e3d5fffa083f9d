"""The section `promises`: what the model that ships must keep, overall and for every group.

A promise is about all test rows, or about every slice of lists of columns, or about one slice. The gates in
`evaluation.gates` are TFMA's thresholds and hold by their value alone; a promise holds by its interval, and is kept,
broken or undecided (`modules/judging`).
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from modules.base.section import Count, Name, SettingError, Settings
from modules.tasks import confusion, metrics

Benchmark = Literal["constant", "linear", "boosted_trees"]
Bound = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Limit = Annotated[float, Field(allow_inf_nan=False)]
Value = Annotated[str | int | float | bool, Field(description="a value of the column", examples=["Female"])]
Group = Annotated[
    dict[Name, Value], Field(description="columns, each with one of its values", examples=[{"sex": "Female"}])
]
Gap = Literal[
    "equal_opportunity",
    "equalized_odds",
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "calibration_gap",
]
GAPS: tuple[str, ...] = get_args(Gap)
# Whether rows get another answer than from the uncompressed model; it is no metric, and compares two models.
CHANGED_DECISIONS = "changed_decisions"
# The mean prediction over the mean label; the rates are shares of a confusion matrix' cells.
CALIBRATION = "calibration"
RATES = (*confusion.RATES, "precision", CALIBRATION)
MEASURES = tuple(dict.fromkeys((*metrics.METRICS, *confusion.RATES, CHANGED_DECISIONS)))
# What needs no classes: the gap of the calibration.
CALIBRATION_GAP = "calibration_gap"
# The gap that is a ratio is bounded from below; the others are differences, bounded from above.
_RATIO = "demographic_parity_ratio"

if TYPE_CHECKING:
    Metric: TypeAlias = str
    Rate: TypeAlias = str
    Measure: TypeAlias = str
else:
    Metric = Literal[tuple(metrics.METRICS)]
    Rate = Literal[RATES]
    Measure = Literal[MEASURES]


class _Scoped(Settings):
    """A promise with a scope: all test rows, unless slices or a slice are given."""

    slices: list[Annotated[list[Name], Field(min_length=1)]] = []
    slice: Group | None = None

    @model_validator(mode="after")
    def _one_scope(self) -> "_Scoped":
        if self.slices and self.slice is not None:
            raise SettingError("it is about slices (all of these columns) and a slice (one)", "Keep one of the two")
        if self.slice is not None and not self.slice:
            raise SettingError("slice names no column", "Write for example slice: {sex: Female}")
        return self


class QualityPromise(_Scoped):
    """The limits of a metric: its value, and its change against the model that was blessed last."""

    metric: Metric
    minimum: Limit | None = None
    maximum: Limit | None = None
    max_drop: Bound | None = None
    max_rise: Bound | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> "QualityPromise":
        higher = metrics.METRICS[self.metric].higher_is_better
        good, bad = ("minimum", "max_drop"), ("maximum", "max_rise")
        good, bad = (good, bad) if higher else (bad, good)
        given = [name for name in (*good, *bad) if getattr(self, name) is not None]
        if not given or set(given) & set(bad):
            side = f"of {self.metric}, {'more' if higher else 'less'} is better: it takes {' or '.join(good)}"
            raise SettingError(f"{side}, and has {' and '.join(given) or 'neither'}", f"Write {good[0]} or {good[1]}")
        return self


class RatePromise(_Scoped):
    """The limits of a rate: a share of a confusion matrix' cells at the decision threshold, or the calibration."""

    rate: Rate
    of_class: Name | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> "RatePromise":
        if self.minimum is None and self.maximum is None:
            raise SettingError(f"{self.rate} has neither a minimum nor a maximum", "Add one of them")
        return self


class GapPromise(Settings):
    """The limit of a gap between the groups of columns: of the worst pair, or of each group and the reference."""

    gap: Gap
    columns: Annotated[list[Name], Field(min_length=1)]
    of_class: Name | None = None
    reference: Group | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> "GapPromise":
        needed, other = ("minimum", "maximum") if self.gap == _RATIO else ("maximum", "minimum")
        if getattr(self, needed) is None or getattr(self, other) is not None:
            kind = "ratio, bounded from below" if self.gap == _RATIO else "difference, bounded from above"
            raise SettingError(
                f"{self.gap} is a {kind}: it takes a {needed}, and no {other}",
                f"Write for example {needed}: {0.8 if needed == 'minimum' else 0.1}",
            )
        if self.reference is not None and set(self.reference) != set(self.columns):
            what = f"reference gives values of {', '.join(self.reference) or 'no column'}, and the columns are"
            raise SettingError(f"{what} {', '.join(self.columns)}", "Give one value of each of the columns")
        return self


class CompressionPromise(_Scoped):
    """How much of a metric or rate the shipped form may lose against the uncompressed student on the same rows."""

    measure: Measure
    of_class: Name | None = None
    max_loss: Annotated[Bound, Field(examples=[0.002])]


class BenchmarkPromise(Settings):
    """By how much the model that ships must be better than a plain one on the test rows: below 0, how much worse."""

    benchmark: Benchmark
    margin: Limit = 0.0


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


def _such_as(**promise: Any) -> Any:
    return Field(description="a list of promises", examples=[[promise]])


class Promises(Settings):
    """What the model that ships must keep; a broken promise refuses it, and so does an undecided one if it may."""

    undecided: Literal["warn", "stop"] = "warn"
    quality: Annotated[list[QualityPromise], _such_as(metric="auc", minimum=0.85)] = []
    rates: Annotated[list[RatePromise], _such_as(rate="true_positive_rate", minimum=0.5)] = []
    gaps: Annotated[list[GapPromise], _such_as(gap="demographic_parity_ratio", columns=["sex"], minimum=0.8)] = []
    compression: Annotated[list[CompressionPromise], _such_as(measure="auc", max_loss=0.002)] = []
    beats: Annotated[list[BenchmarkPromise], _such_as(benchmark="boosted_trees", margin=0.0)] = []
    device: DevicePromises = DevicePromises()
