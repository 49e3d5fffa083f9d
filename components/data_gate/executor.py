"""Reads the anomalies of every split, and passes the schema on or stops."""

import os
from typing import Any

from absl import logging
from tensorflow_metadata.proto.v0 import anomalies_pb2
from tfx.dsl.components.base import base_executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components.data_gate import rules
from modules.settings import DataGate


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `anomalies`, `schema`. Out: `checked_schema`, the same schema."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        settings = DataGate.model_validate_json(exec_properties["data_gate"])
        artifact = artifact_utils.get_single_instance(input_dict["anomalies"])
        found = []
        for split in artifact_utils.decode_split_names(artifact.split_names):
            anomalies = anomalies_pb2.Anomalies()
            with fileio.open(os.path.join(artifact.uri, f"Split-{split}", "SchemaDiff.pb"), "rb") as file:
                anomalies.ParseFromString(file.read())
            found += rules.findings(split, anomalies)
        for finding in found:
            logging.warning("Anomaly: %s", finding)
        rules.check(found, settings.on_anomaly)
        source = artifact_utils.get_single_uri(input_dict["schema"])
        target = artifact_utils.get_single_instance(output_dict["checked_schema"])
        io_utils.copy_dir(source, target.uri)
        target.set_int_custom_property("anomalies", len(found))
