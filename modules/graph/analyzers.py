"""From a summary of the training rows to the constants of the preprocessing graph, and to the profile.

Vocabularies stand in the profile: TFLite cannot read TFT's vocabulary files, so that looking up is the `lookup`
module's, after the transform graph.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from modules.base.settings import Features, Label, Reduction
from modules.features import binning, information, limits, magnitude, reduction, vocabulary
from modules.features.counting import BoundedCounter
from modules.features.integers import bounds
from modules.features.logarithm import signed_log
from modules.features.profile import CategoricalColumn, NumericColumn, Profile, ReductionResult
from modules.features.quantiles import from_float_keys
from modules.features.sampling import RowSample
from modules.features.summaries import NumericSummary, RowSummary
from modules.features.table import Number

# Bin edges are chosen among this many quantiles.
_GRID = 4_097


class NumericLayout:
    """Where each constant lies in the packed matrix [columns, width].

    Imputed values are as in the table. Mean and deviation are of the numbers times their unit, and those of a column
    whose log is taken are of the log. Bins are not among them: the encoder knows them by the profile.
    """

    def __init__(self, columns: int, components: int) -> None:
        self.imputed, self.unit, self.mean, self.inverse_deviation = 0, 1, 2, 3
        self.projection = slice(4, 4 + components)
        self.shape = [columns, 4 + components]


def component_slots(columns: int, settings: Reduction) -> int:
    """Returns how many component columns Transform writes: k where it is given, else one a column (unused ones 0)."""
    if not limits.are_reduced(columns, settings):
        return 0
    return min(settings.components, columns) if settings.components else columns


def describe_numeric(
    summary: NumericSummary,
    numbers: Sequence[Number],
    features: Features,
    settings: Reduction,
    sample: RowSample | None = None,
) -> tuple[np.ndarray, np.ndarray, tuple[NumericColumn, ...], ReductionResult]:
    """Turns a summary into the packed constants of the preprocessing graph and the numeric half of the profile.

    Independent components need a sample of the rows besides.

    Returns:
        The matrix that `NumericLayout` describes, float32; for the columns of whole numbers the offset and the smallest
        and largest number that it is subtracted from, int64 [3, i]; the columns of the profile; and its reduction.
    """
    columns, slots = len(numbers), component_slots(len(numbers), settings)
    bins = limits.choose_bins(summary.rows, columns, features).most
    layout = NumericLayout(columns, slots)
    offsets = [column.offset() for column in summary.integers]
    all_offsets = [0] * len(summary.floats) + offsets
    together = summary.moments.counts
    counts = np.maximum(together, 1)
    packed = np.zeros(layout.shape, np.float64)
    units, all_edges = _bins(_grids(summary, offsets), bins)
    packed[:, layout.unit] = units
    of_moments = np.where(summary.log, 1.0, packed[:, layout.unit])  # a logarithm is near 1 anyway
    means, centred = summary.moments.describe(all_offsets)
    means *= of_moments
    centred *= np.outer(of_moments, of_moments) if summary.paired else of_moments**2
    squares = np.diag(centred) if summary.paired else centred
    deviations = np.sqrt(np.maximum(squares / counts, 0.0))
    # A column whose spread is rounding noise of its mean is constant.
    deviations = np.where(deviations > 1e-7 * np.maximum(np.abs(means), 1e-30), deviations, 0.0)
    inverse = np.divide(1.0, deviations, out=np.zeros(columns), where=deviations > 0)

    packed[:, layout.imputed] = magnitude.flushed(
        np.where(summary.log, np.sign(means) * np.expm1(np.where(summary.log, np.abs(means), 0.0)), means / of_moments)
    )
    packed[:, layout.mean] = means
    packed[:, layout.inverse_deviation] = inverse
    reduced = ReductionResult()
    if slots:
        correlation = centred / max(summary.rows, 1) * np.outer(inverse, inverse)
        scaled = None
        if sample is not None:
            rows = sample.rows - np.array(all_offsets, np.float64)
            scaled = _scaled(rows * of_moments, summary.log, means, inverse), sample.counts
        projection, reduced = reduction.reduce(correlation, settings, scaled)
        packed[:, layout.projection][:, : projection.shape[1]] = projection
        if not deviations.any():  # nothing to project
            reduced = dataclasses.replace(reduced, component_deviations=())
    clipped = np.array([(offset, *bounds(offset)) for offset in offsets], np.int64).reshape(-1, 3).T
    learnt = zip(
        numbers,
        all_offsets,
        (means / of_moments).tolist(),
        (deviations / of_moments).tolist(),
        (together / max(summary.rows, 1)).tolist(),
        units,
        all_edges,
        strict=True,
    )
    described = tuple(_described(number, *of_number) for number, *of_number in learnt)
    return packed.astype(np.float32), clipped, described, reduced


def _described(
    number: Number, offset: int, mean: float, deviation: float, present: float, unit: float, edges: list[float]
) -> NumericColumn:
    column = NumericColumn(
        **dataclasses.asdict(number),
        offset=offset,
        mean=mean,
        deviation=deviation,
        present=present,
        unit=unit,
        edges=tuple(edges),
    )
    return dataclasses.replace(column, left_out=information.numeric_left_out(column))


def _scaled(rows: np.ndarray, log: np.ndarray, means: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Imputes and scales rows [m, d] as the graph does: a missing value is the mean, and so 0."""
    present = np.isfinite(rows)
    filled = np.where(present, rows, 0.0).astype(np.float64)
    return np.where(present, (np.where(log, signed_log(filled), filled) - means) * inverse, 0.0)


def _bins(grids: Iterable[np.ndarray], bins: int) -> tuple[list[float], list[list[float]]]:
    """Returns unit and edges of each column; the edges are of the numbers as in the table less their offset."""
    units, all_edges = [], []
    for grid in grids:
        unit = magnitude.unit(grid)
        edges = binning.bin_edges(magnitude.separable(grid * unit), bins)
        units.append(unit)
        all_edges.append((edges / unit).tolist())
    return units, all_edges


def _grids(summary: NumericSummary, offsets: Sequence[int]) -> Iterator[np.ndarray]:
    """Yields fine grids of quantiles, as the graph sees them: whole numbers minus their offset, rounded to float32."""
    for quantiles in summary.floats:
        keys = quantiles.quantiles(_GRID)
        yield _rounded(from_float_keys(keys) if len(keys) else np.zeros(1))
    for whole, offset in zip(summary.integers, offsets, strict=True):
        values = whole.quantiles(_GRID)
        yield _rounded(np.clip(values, *bounds(offset)) - offset if len(values) else np.zeros(1))


def _rounded(grid: np.ndarray) -> np.ndarray:
    return grid.astype(np.float32).astype(np.float64)


def describe_category(name: str, counter: BoundedCounter, features: Features) -> CategoricalColumn:
    """Turns counts into the record of a categorical column."""
    left_out = information.categorical_left_out(counter)
    return CategoricalColumn(
        name,
        vocabulary.choose(counter.ranked(), features),
        features.shared_slots,
        left_out,
        "" if left_out else information.rarity_notice(counter, features.min_count),
    )


@dataclasses.dataclass(frozen=True)
class Columns:
    """What the analyzers must know of the columns, and the settings.

    Attributes:
        numeric: The numeric columns, in the order of the tensors; those that hold whole numbers come last.
        categorical: Names of the categorical columns.
        features: The section `features` of the config.
        reduction: The section `reduction`.
        label: The section `label`.
    """

    numeric: tuple[Number, ...]
    categorical: tuple[str, ...]
    features: Features
    reduction: Reduction
    label: Label

    @property
    def log(self) -> tuple[bool, ...]:
        """For each numeric column, whether its log is taken."""
        return tuple(number.log for number in self.numeric)

    @property
    def integers(self) -> int:
        """How many of the numeric columns, at the end, hold whole numbers."""
        return sum(number.whole for number in self.numeric)

    @property
    def layout(self) -> NumericLayout:
        """The layout of the packed numeric constants."""
        return NumericLayout(len(self.numeric), component_slots(len(self.numeric), self.reduction))

    def empty(self) -> RowSummary:
        """Returns a summary without rows; only independent components need a sample of the rows in it."""
        sampled = self.reduction.method == "ica" and bool(self.numeric)
        paired = limits.are_reduced(len(self.numeric), self.reduction)
        return RowSummary(self.log, len(self.categorical), self.label, sampled and paired, self.integers, paired)

    def describe(self, summary: RowSummary) -> tuple[list[np.ndarray], Profile]:
        """Returns the constants of the graph (numeric and whole numbers, where there are any; label), and a profile."""
        constants: list[np.ndarray] = []
        numeric: tuple[NumericColumn, ...] = ()
        reduced = ReductionResult()
        if self.numeric:
            packed, clipped, numeric, reduced = describe_numeric(
                summary.numeric, self.numeric, self.features, self.reduction, summary.sample
            )
            constants += [packed, clipped] if self.integers else [packed]
        categorical = tuple(
            describe_category(name, counter, self.features)
            for name, counter in zip(self.categorical, summary.counters, strict=True)
        )
        constant, label = summary.label.describe()
        told = limits.told(summary.numeric.rows, len(self.numeric), self.features, self.reduction)
        return [*constants, constant], Profile(numeric, categorical, reduced, label, told)
