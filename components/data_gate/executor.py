"""Reads anomalies and statistics, applies the rules, and writes what they found or stops."""

import json
import os
from typing import Any

from absl import logging
from tensorflow_metadata.proto.v0 import anomalies_pb2, statistics_pb2
from tfx.dsl.components.base import base_executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils

from components.data_gate import anomalies, findings, rules, statistics
from modules.base.settings import DataGate

_TRAIN = "train"


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `anomalies`, `statistics`, and `baseline_statistics` where there are any. Out: `findings`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        settings = DataGate.model_validate_json(exec_properties["data_gate"])
        found = []
        artifact = artifact_utils.get_single_instance(input_dict["anomalies"])
        for split in artifact_utils.decode_split_names(artifact.split_names):
            found += anomalies.of_split(split, _read(artifact, split, "SchemaDiff.pb", anomalies_pb2.Anomalies()))
        artifact = artifact_utils.get_single_instance(input_dict["statistics"])
        names = artifact_utils.decode_split_names(artifact.split_names)
        baseline = input_dict.get("baseline_statistics") or []
        found += rules.compare(
            {name: _table(artifact, name) for name in names},
            _table(artifact_utils.get_single_instance(baseline), _TRAIN) if baseline else None,
            exec_properties["label"],
            frozenset(json.loads(exec_properties["ignored"])),
            settings,
        )
        found = findings.with_severity(found, settings)
        for finding in found:
            logging.warning("Data gate, %s: %s", finding.severity, finding.message)
        findings.check(found)
        target = artifact_utils.get_single_instance(output_dict["findings"])
        fileio.makedirs(target.uri)
        with fileio.open(os.path.join(target.uri, findings.FILE), "w") as file:
            file.write(findings.to_json(found))
        target.set_int_custom_property("warnings", len(found))


def _table(artifact: Any, split: str) -> statistics.Table:
    read = _read(artifact, split, "FeatureStats.pb", statistics_pb2.DatasetFeatureStatisticsList())
    return statistics.read(read)


def _read(artifact: Any, split: str, name: str, message: Any) -> Any:
    with fileio.open(os.path.join(artifact.uri, f"Split-{split}", name), "rb") as file:
        message.ParseFromString(file.read())
    return message
