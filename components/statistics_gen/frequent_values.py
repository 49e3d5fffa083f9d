"""The most frequent values of text columns, and how many there are: exact, as TFDV counts them in Beam."""

import collections
import heapq
from typing import Any

import pyarrow as pa
from tensorflow_data_validation import FeaturePath, StatsOptions
from tensorflow_data_validation.arrow import arrow_util
from tensorflow_data_validation.statistics.generators import stats_generator
from tensorflow_data_validation.utils import top_k_uniques_stats_util as protos
from tensorflow_metadata.proto.v0 import statistics_pb2
from tfx_bsl.arrow import array_util

_Counts = dict[FeaturePath, collections.Counter]  # by column, the rows of each value


class FrequentValuesGenerator(stats_generator.CombinerStatsGenerator):
    """Counts every text. TFDV's own generator of this kind sketches; its exact one needs Beam.

    Args:
        options: Number of top values and rank buckets, and the least frequency.
    """

    def __init__(self, options: StatsOptions) -> None:
        super().__init__("FrequentValuesGenerator")
        self._options = options

    def create_accumulator(self) -> _Counts:
        return {}

    def add_input(self, accumulator: _Counts, input_record_batch: pa.RecordBatch) -> _Counts:
        columns = arrow_util.enumerate_arrays(input_record_batch, example_weight_map=None, enumerate_leaves_only=True)
        for path, column, _ in columns:
            values, _ = array_util.flatten_nested(column)
            if len(values) and arrow_util.is_binary_like(values.type):
                counted = values.value_counts()
                rows = dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))
                accumulator.setdefault(path, collections.Counter()).update(rows)
        return accumulator

    def extract_output(self, accumulator: _Counts) -> Any:
        statistics = statistics_pb2.DatasetFeatureStatistics()
        for path, counts in accumulator.items():
            statistics.features.append(
                protos.make_feature_stats_proto_topk_uniques(
                    path,
                    num_top_values=self._options.num_top_values,
                    num_rank_histogram_buckets=self._options.num_rank_histogram_buckets,
                    num_unique=len(counts),
                    value_count_list=self._most_frequent(counts),
                    frequency_threshold=self._options.frequency_threshold,
                )
            )
        return statistics

    def _most_frequent(self, counts: collections.Counter) -> list[protos.FeatureValueCount]:
        """Returns the values that are counted most; of equally frequent ones the last in order, as TFDV has it."""
        most = max(self._options.num_top_values, self._options.num_rank_histogram_buckets)
        pairs = heapq.nlargest(most, counts.items(), key=lambda pair: (pair[1], pair[0]))
        return [protos.FeatureValueCount(*pair) for pair in pairs]
