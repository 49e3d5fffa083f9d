"""What TFDV's statistics say about a table, in plain values. Knows no TFX."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Literal

# How fine StatisticsGen has to count. Of a number, a quantile bucket is a hundredth of the rows; of a text column, as
# many values as the model can know are counted one by one.
QUANTILE_BUCKETS = 100
RANK_BUCKETS = 10_000

# Whole numbers that span at most so many values are classes: each has a bucket of TFDV's ten to itself.
_CLASSES = 10


@dataclasses.dataclass(frozen=True)
class ColumnStatistics:
    """A column of one table.

    Attributes:
        kind: `text` or `number`.
        present: Number of rows with a value.
        counts: Rows by value: of text, the most frequent values, at most RANK_BUCKETS of them; of whole numbers that
            span at most ten values, all of them; else empty.
        complete: Whether `counts` has every value.
        buckets: Of numbers: (low, high, rows) of TFDV's quantile buckets, ascending; low equals high where one value
            fills a bucket.
        median: Of numbers.
    """

    kind: Literal["text", "number"]
    present: int
    counts: Mapping[str, int] = dataclasses.field(default_factory=dict)
    complete: bool = True
    buckets: tuple[tuple[float, float, float], ...] = ()
    median: float = math.nan


@dataclasses.dataclass(frozen=True)
class TableStatistics:
    """The columns of one split, by name, and its number of rows. A column without any value is not in it."""

    rows: int
    columns: Mapping[str, ColumnStatistics]


def read(statistics: Any) -> TableStatistics:
    """Reads the statistics of one split.

    Args:
        statistics: A `statistics_pb2.DatasetFeatureStatisticsList`, as StatisticsGen writes it.
    """
    whole = statistics.datasets[0]
    columns = {feature.path.step[0]: _column(feature) for feature in whole.features}
    return TableStatistics(
        int(whole.num_examples), {name: column for name, column in columns.items() if column.present}
    )


def _column(feature: Any) -> ColumnStatistics:
    from tensorflow_metadata.proto.v0 import statistics_pb2

    if feature.HasField("string_stats"):
        text = feature.string_stats
        counts = {bucket.label: int(bucket.sample_count) for bucket in text.rank_histogram.buckets}
        present = int(text.common_stats.num_non_missing)
        return ColumnStatistics("text", present, counts, complete=sum(counts.values()) >= present)
    number = feature.num_stats
    histograms = {histogram.type: histogram.buckets for histogram in number.histograms}
    quantiles = histograms.get(statistics_pb2.Histogram.QUANTILES, ())
    whole = feature.type == statistics_pb2.FeatureNameStatistics.INT
    few = whole and number.max - number.min < _CLASSES
    return ColumnStatistics(
        "number",
        round(sum(bucket.sample_count for bucket in quantiles)),  # without NaN, which is as good as missing
        _classes(histograms.get(statistics_pb2.Histogram.STANDARD, ())) if few else {},
        complete=few,
        buckets=tuple((bucket.low_value, bucket.high_value, bucket.sample_count) for bucket in quantiles),
        median=number.median,
    )


def _classes(buckets: Any) -> dict[str, int]:
    """Returns the rows of each whole number, from equal buckets narrower than 1: at most one number lies in each."""
    counts: dict[str, int] = {}
    for bucket in buckets:
        rows = round(bucket.sample_count)  # TFDV leaves a thousandth of a row in empty ones
        if rows:
            value = str(round((bucket.low_value + bucket.high_value) / 2))
            counts[value] = counts.get(value, 0) + rows
    return counts
