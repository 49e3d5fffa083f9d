"""Reads the examples of each split, writes TFDV's statistics of them."""

from typing import Any

import tensorflow_data_validation as tfdv
from absl import logging
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components import record_batches
from components.statistics_gen import counting
from modules.base import progress
from modules.contracts import examples as examples_contract
from modules.contracts import statistics as statistics_contract


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `examples`. Out: `statistics`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        examples = artifact_utils.get_single_instance(input_dict["examples"])
        statistics = artifact_utils.get_single_instance(output_dict["statistics"])
        statistics.split_names = examples.split_names
        statistics.span = examples.span
        options = tfdv.StatsOptions(
            num_quantiles_histogram_buckets=exec_properties["quantile_buckets"],
            num_rank_histogram_buckets=exec_properties["rank_buckets"],
        )
        splits = artifact_utils.decode_split_names(examples.split_names)
        for number, split in enumerate(splits):
            progress.report(number, len(splits), f"rows of {split}")
            pattern = io_utils.all_files_pattern(examples_contract.split_folder(examples.uri, split))
            counted = counting.count(record_batches.read(pattern), options)
            statistics_contract.write_statistics(statistics.uri, split, counted)
            logging.info("Counted %d rows of %s.", counted.datasets[0].num_examples, split)
