"""Reads raw examples, learns from those of some splits, writes the graph, and the transformed examples."""

import json
import os
from typing import Any

import tensorflow as tf
from absl import logging
from tfx.components.transform import executor_utils
from tfx.components.util import udf_utils
from tfx.dsl.components.base import base_beam_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components.transform import learning, rows, saving, writing
from modules.base import progress
from modules.contracts import examples as contract
from modules.contracts import schema as schemas


class Executor(base_beam_executor.BaseBeamExecutor):
    """Artifacts in: `examples`, `schema`. Out: `transform_graph`, `transformed_examples`.

    TFX wants an executor for Beam here; it starts no pipeline.
    """

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        splits = executor_utils.ResolveSplitsConfig(exec_properties["splits_config"], input_dict["examples"])
        schema = schemas.read(artifact_utils.get_single_uri(input_dict["schema"]))
        graph = artifact_utils.get_single_uri(output_dict["transform_graph"])
        read = artifact_utils.get_single_instance(input_dict["examples"])
        written = artifact_utils.get_single_instance(output_dict["transformed_examples"])
        written.split_names = artifact_utils.encode_split_names(list(splits.transform))

        source = rows.RawExamples(schema)
        make = udf_utils.get_fn(exec_properties, "preprocessing_fn")
        preprocessing = make(source.dtypes, json.loads(exec_properties["custom_config"]))

        def files(split: str) -> str:
            return io_utils.all_files_pattern(contract.split_folder(read.uri, split))

        progress.report(0, 1 + len(splits.transform), "learning from the rows")
        batches = (batch for split in splits.analyze for batch in source.batches(files(split)))
        learnt = learning.learn(preprocessing, batches)
        transform = saving.write(graph, schema, source, preprocessing, learnt)
        for number, split in enumerate(splits.transform, 1):
            progress.report(number, 1 + len(splits.transform), f"rows of {split}")
            tf.io.gfile.makedirs(contract.split_folder(written.uri, split))
            path = os.path.join(contract.split_folder(written.uri, split), writing.FILE)
            count = writing.write(path, map(transform, source.batches(files(split))))
            logging.info("Transformed %d rows of %s.", count, split)
