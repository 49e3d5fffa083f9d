"""Reads anomalies and statistics, applies the rules, and writes what they found or stops."""

import json
from typing import Any

from absl import logging
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components.data_gate import anomalies, findings, rules, statistics
from modules.base.settings import DataGate
from modules.contracts import data_findings
from modules.contracts import statistics as contract

_TRAIN = "train"


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `anomalies`, `statistics`, and `baseline_statistics` where there are any. Out: `findings`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        config = json.loads(exec_properties["config"])
        settings = DataGate.model_validate(config["data_gate"])
        found = []
        artifact = artifact_utils.get_single_instance(input_dict["anomalies"])
        for split in artifact_utils.decode_split_names(artifact.split_names):
            found += anomalies.of_split(split, contract.read_anomalies(artifact.uri, split))
        artifact = artifact_utils.get_single_instance(input_dict["statistics"])
        names = artifact_utils.decode_split_names(artifact.split_names)
        baseline = input_dict.get("baseline_statistics") or []
        found += rules.compare(
            {name: _table(artifact, name) for name in names},
            _table(artifact_utils.get_single_instance(baseline), _TRAIN) if baseline else None,
            config["label"]["column"],
            _ignored(config),
            settings,
        )
        found = findings.with_severity(found, settings)
        for finding in found:
            logging.warning("Data gate, %s: %s", finding.severity, finding.message)
        findings.check(found)
        target = artifact_utils.get_single_instance(output_dict["findings"])
        data_findings.write(target.uri, found)
        target.set_int_custom_property("warnings", len(found))


def _ignored(config: dict[str, Any]) -> frozenset[str]:
    """Returns the columns that may differ: excluded from the features, or what the rows are split by."""
    split_by = {config["data"]["group_column"], config["data"]["time_column"]}
    return frozenset(config["features"]["exclude"]) | (split_by - {None})


def _table(artifact: Any, split: str) -> statistics.TableStatistics:
    return statistics.read(contract.read_statistics(artifact.uri, split))
