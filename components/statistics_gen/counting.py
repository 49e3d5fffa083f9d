"""TFDV's statistics of record batches, one pass, in this process. Knows no TFX."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from tensorflow_data_validation import StatsOptions
from tensorflow_data_validation.statistics.generators import basic_stats_generator
from tfx_bsl.statistics import merge_util

from components.statistics_gen import histograms
from components.statistics_gen.frequent_values import FrequentValuesGenerator


def count(batches: Iterable[pa.RecordBatch], options: StatsOptions) -> Any:
    """Counts what columns hold.

    What is kept between batches is a sketch per number and, since every text is counted exactly as TFDV does in Beam,
    the distinct values of each text column; rows are not kept.

    Args:
        batches: Rows, of which each cell is a list, as tfx_bsl decodes examples.
        options: How fine to count: buckets, top values, and the least frequency. Nothing else in it is read.

    Returns:
        A `statistics_pb2.DatasetFeatureStatisticsList` with one data set.
    """
    generators = [
        basic_stats_generator.BasicStatsGenerator(
            num_values_histogram_buckets=options.num_values_histogram_buckets,
            num_histogram_buckets=options.num_histogram_buckets,
            num_quantiles_histogram_buckets=options.num_quantiles_histogram_buckets,
            epsilon=options.epsilon,
        ),
        FrequentValuesGenerator(options),
    ]
    counted = [generator.create_accumulator() for generator in generators]
    for batch in batches:
        counted = [generator.add_input(state, batch) for generator, state in zip(generators, counted, strict=True)]
    with histograms.in_numpy():
        return merge_util.merge_dataset_feature_statistics(
            [
                generator.extract_output(generator.compact(state))
                for generator, state in zip(generators, counted, strict=True)
            ]
        )
