"""From a summary of the training rows to the constants of the preprocessing graph, and to the profile.

One combiner does what a dozen of TFT's analyzers would: every analyzer adds Beam stages, which is what a Transform of
small data spends its time on; and the vocabulary has to be a tensor, since TFLite cannot read TFT's vocabulary files.
"""

import collections
import dataclasses
import json
import os
from collections.abc import Sequence

import apache_beam as beam
import numpy as np
import tensorflow as tf
import tensorflow_transform.beam as tft_beam

from modules import binning, reduction
from modules.features import PROFILE_ASSET
from modules.sampling import RowSample
from modules.settings import Features, Label, Reduction
from modules.summaries import NumericSummary, RowSummary, SummarizeRows, signed_log

# Bin edges are chosen among this many quantiles.
_GRID = 4_096
# No cell of a text table holds it. A NUL alone would be lost: NumPy drops those at the end of a text.
PADDING = b"\x00-"


class NumericLayout:
    """Where each constant lies in the packed matrix [columns, width] that the numeric analyzer returns.

    One tensor instead of seven: each output of an analyzer costs Beam stages of its own.
    """

    def __init__(self, columns: int, bins: int, components: int) -> None:
        self.imputed, self.mean, self.inverse_deviation = 0, 1, 2
        self.lower = slice(3, 3 + bins)
        self.upper = slice(3 + bins, 3 + 2 * bins)
        self.inverse_width = slice(3 + 2 * bins, 3 + 3 * bins)
        self.projection = slice(3 + 3 * bins, 3 + 3 * bins + components)
        self.shape = [columns, 3 + 3 * bins + components]


def component_slots(columns: int, settings: Reduction) -> int:
    """Returns how many component columns Transform writes: k where it is given, else one a column (unused ones 0)."""
    if settings.method == "none" or not columns:
        return 0
    return min(settings.components, columns) if settings.components else columns


def describe_numeric(
    summary: NumericSummary,
    names: Sequence[str],
    features: Features,
    settings: Reduction,
    sample: RowSample | None = None,
) -> tuple[np.ndarray, dict]:
    """Turns a summary into the packed constants of the preprocessing graph and the numeric half of the profile.

    Independent components need a sample of the rows besides.

    Returns:
        The matrix that `NumericLayout` describes, float32, and a dict with the numeric fields of `features.Profile`.
    """
    columns, slots = len(names), component_slots(len(names), settings)
    layout = NumericLayout(columns, features.quantile_bins, slots)
    counts = np.maximum(np.diag(summary.together), 1.0)
    means = np.diag(summary.sums) / counts
    centred = (
        summary.products
        - means * summary.sums
        - means[:, None] * summary.sums.T
        + summary.together * np.outer(means, means)
    )
    deviations = np.sqrt(np.maximum(np.diag(centred) / counts, 0.0))
    # A column whose spread is rounding noise of its mean is constant.
    deviations = np.where(deviations > 1e-7 * np.maximum(np.abs(means), 1e-30), deviations, 0.0)
    inverse = np.divide(1.0, deviations, out=np.zeros(columns), where=deviations > 0)

    packed = np.zeros(layout.shape, np.float64)
    packed[:, layout.imputed] = np.where(
        summary.log, np.sign(means) * np.expm1(np.where(summary.log, np.abs(means), 0.0)), means
    )
    packed[:, layout.mean] = means
    packed[:, layout.inverse_deviation] = inverse
    packed[:, layout.upper] = np.finfo(np.float32).max  # unused bins are never full, and have inverse width 0
    all_edges = []
    for column, sketch in enumerate(summary.sketches):
        grid = np.zeros(1)
        if summary.together[column, column]:
            grid = np.asarray(sketch.GetQuantiles(_GRID).flatten())
        edges = binning.bin_edges(grid.astype(np.float32).astype(np.float64), features.quantile_bins)
        n = len(edges) - 1
        packed[column, layout.lower][:n] = edges[:-1]
        packed[column, layout.upper][:n] = edges[1:]
        packed[column, layout.inverse_width][:n] = 1.0 / np.diff(edges)
        all_edges.append(edges.tolist())

    reduced: dict = {}
    if slots:
        correlation = centred / max(summary.rows, 1) * np.outer(inverse, inverse)
        scaled = None if sample is None else (_scaled(sample.rows, summary.log, means, inverse), sample.counts)
        projection, reduced = reduction.reduce(correlation, settings, scaled)
        packed[:, layout.projection][:, : projection.shape[1]] = projection
    return packed.astype(np.float32), {
        "numeric": list(names),
        "means": means.tolist(),
        "deviations": deviations.tolist(),
        "present": (np.diag(summary.together) / max(summary.rows, 1)).tolist(),
        "edges": all_edges,
        **reduced,
    }


def _scaled(rows: np.ndarray, log: np.ndarray, means: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Imputes and scales rows [m, d] as the graph does: a missing value is the mean, and so 0."""
    present = np.isfinite(rows)
    filled = np.where(present, rows, 0.0).astype(np.float64)
    return np.where(present, (np.where(log, signed_log(filled), filled) - means) * inverse, 0.0)


def choose_vocabulary(counter: collections.Counter, features: Features) -> list[tuple[str, int]]:
    """Returns the (value, count) pairs that get a slot: frequent enough, most frequent first, ties by value.

    The rarer rest shares the out-of-vocabulary slot, which is thereby trained before it meets an unseen value. The most
    frequent value always has a slot: it is what a missing one is imputed with.
    """
    ranked = sorted(((v, n) for v, n in counter.items() if v != b""), key=lambda pair: (-pair[1], pair[0]))
    chosen = [pair for pair in ranked if pair[1] >= features.min_count][: features.max_vocabulary] or ranked[:1]
    return [(value.decode("utf-8"), count) for value, count in chosen]


def describe_categories(
    counters: Sequence[collections.Counter], names: Sequence[str], features: Features
) -> tuple[np.ndarray, dict]:
    """Turns counts into the vocabularies of the preprocessing graph and the categorical half of the profile.

    Returns:
        A matrix of bytes [columns, 1 + longest vocabulary]: the empty text (missing), the vocabulary, `PADDING`; and a
        dict with the categorical fields of `features.Profile`.
    """
    chosen = [choose_vocabulary(counter, features) for counter in counters]
    matrix = np.full((len(chosen), 1 + max(map(len, chosen))), PADDING, dtype=object)
    for row, pairs in enumerate(chosen):
        matrix[row, : 1 + len(pairs)] = [b"", *(value.encode("utf-8") for value, _ in pairs)]
    return matrix, {
        "categorical": list(names),
        "vocabularies": [[value for value, _ in pairs] for pairs in chosen],
        "counts": [[count for _, count in pairs] for pairs in chosen],
    }


@dataclasses.dataclass(frozen=True)
class Columns:
    """What the analyzers must know of the columns: names by kind, and the settings."""

    numeric: tuple[str, ...]
    categorical: tuple[str, ...]
    features: Features
    reduction: Reduction
    label: Label

    @property
    def log(self) -> tuple[bool, ...]:
        """For each numeric column, whether its log is taken."""
        return tuple(name in self.features.log_scale for name in self.numeric)

    @property
    def layout(self) -> "NumericLayout":
        """The layout of the packed numeric constants."""
        slots = component_slots(len(self.numeric), self.reduction)
        return NumericLayout(len(self.numeric), self.features.quantile_bins, slots)

    @property
    def combiner(self) -> SummarizeRows:
        """What combines batches into one `RowSummary`; only independent components need a sample of the rows."""
        sampled = self.reduction.method == "ica" and bool(self.numeric)
        return SummarizeRows(self.log, len(self.categorical), self.label, sampled)

    def summarize(self, batches: beam.PCollection) -> beam.PCollection:
        """Combines all batches into one `RowSummary`."""
        return batches | "SummarizeRows" >> beam.CombineGlobally(self.combiner)

    def describe(self, summary: RowSummary) -> tuple[list[np.ndarray], str]:
        """Returns the constants of the graph (numeric and vocabularies, where there are any; label), and a profile."""
        constants, fields = [], []
        if self.numeric:
            packed, profile = describe_numeric(
                summary.numeric, self.numeric, self.features, self.reduction, summary.sample
            )
            constants.append(packed)
            fields.append(profile)
        if self.categorical:
            matrix, profile = describe_categories(summary.counters, self.categorical, self.features)
            constants.append(matrix)
            fields.append(profile)
        constant, profile = summary.label.describe()
        constants.append(constant)
        fields.append(profile)
        return constants, json.dumps(dict(collections.ChainMap(*fields)), ensure_ascii=False)


class Constants(beam.PTransform):
    """Summarizes the rows into the constants of the preprocessing graph, a PCollection of one element each."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self._columns = columns

    def expand(self, batches: beam.PCollection) -> tuple[beam.PCollection, ...]:
        described = self._columns.summarize(batches) | "Describe" >> beam.Map(self._columns.describe)
        count = bool(self._columns.numeric) + bool(self._columns.categorical) + 1
        return tuple(described | f"Constant{i}" >> beam.Map(lambda pair, i=i: pair[0][i]) for i in range(count))


class WriteProfile(tft_beam.experimental.PTransformAnalyzer):
    """Writes the profile as a JSON file, an asset of the transform graph.

    One analyzer of TFT returns either tensors or assets, so that the rows are summarized once more for it: some
    microseconds a row, where a further analysis phase would cost seconds.
    """

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self._columns = columns

    def _write(self, summary: RowSummary) -> str:
        tf.io.gfile.makedirs(self.base_temp_dir)
        path = os.path.join(self.base_temp_dir, PROFILE_ASSET)
        with tf.io.gfile.GFile(path, "w") as file:
            file.write(self._columns.describe(summary)[1])
        return path

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        return self._columns.summarize(batches) | "WriteProfile" >> beam.Map(self._write)
