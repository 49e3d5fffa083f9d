"""Reads the tables and writes gzipped TFRecords of tf.Example, one file a split."""

import json
from collections.abc import Collection
from typing import Any

from absl import logging
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components.table_example_gen import examples
from components.table_example_gen.splitting import SPLITS
from modules.base.settings import Data, Label
from modules.features import schema
from modules.tables import content


class Executor(base_executor.BaseExecutor):
    """Artifacts out: `examples`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        config = json.loads(exec_properties["config"])
        data, label = Data.model_validate(config["data"]), Label.model_validate(config["label"])
        artifact = artifact_utils.get_single_instance(output_dict["examples"])
        artifact.split_names = artifact_utils.encode_split_names(list(SPLITS))
        timestamps = config["features"]["timestamps"]
        dtypes = schema_dtypes(data, timestamps)
        with content.announced(exec_properties["fingerprint"], data.train, data.test):
            counts = examples.write_examples(data, label, artifact.uri, dtypes, timestamps)
        for name, count in counts.items():
            artifact.set_int_custom_property(f"{name}_rows", count)
        logging.info("Rows written: %s", counts)


def schema_dtypes(data: Data, timestamps: Collection[str] = ()) -> dict[str, str] | None:
    """Returns the dtype of each column where the data set has a schema; None where they have to be inferred.

    Args:
        data: The section `data` of the config.
        timestamps: Columns that are timestamps.
    """
    if not data.schema_file:
        return None
    from tfx.utils import io_utils

    dtypes = schema.schema_dtypes(io_utils.SchemaReader().read(data.schema_file))
    return {name: "timestamp" if name in timestamps else dtype for name, dtype in dtypes.items()}
