"""Reads anomalies and statistics, applies the rules, and writes what they found or stops."""

import json
from typing import Any

from absl import logging
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components import record_batches
from components.data_gate import anomalies, findings, label_values, leaks, rules, spellings, statistics
from modules.base.settings import DataGate, Features, Label
from modules.contracts import data_findings, examples
from modules.contracts import statistics as contract
from modules.contracts.data_findings import DataFinding

_TRAIN = "train"


class Executor(base_executor.BaseExecutor):
    """Artifacts in: `examples`, `anomalies`, `statistics`, `baseline_statistics` if there are any. Out: `findings`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        config = json.loads(exec_properties["config"])
        settings = DataGate.model_validate(config["data_gate"])
        all_findings = []
        artifact = artifact_utils.get_single_instance(input_dict["anomalies"])
        for split in artifact_utils.decode_split_names(artifact.split_names):
            all_findings += anomalies.of_split(split, contract.read_anomalies(artifact.uri, split))
        artifact = artifact_utils.get_single_instance(input_dict["statistics"])
        names = artifact_utils.decode_split_names(artifact.split_names)
        baseline = input_dict.get("baseline_statistics") or []
        splits = {name: _table(artifact, name) for name in names}
        all_findings += rules.compare(
            splits,
            _table(artifact_utils.get_single_instance(baseline), _TRAIN) if baseline else None,
            config["label"]["column"],
            _ignored(config),
            settings,
        )
        hidden = _ignored(config) | {config["label"]["column"], config["label"]["weight_column"]}
        all_findings += spellings.of_table(splits[_TRAIN], _TRAIN, hidden)
        source = artifact_utils.get_single_instance(input_dict["examples"]).uri
        label = Label.model_validate(config["label"])
        all_findings += label_values.of_label(examples.read_label_values(source), label)
        if settings.leakage != "off":
            all_findings += _leaks(source, splits[_TRAIN].rows, label, Features.model_validate(config["features"]))
        all_findings = findings.with_severity(all_findings, settings)
        for finding in all_findings:
            logging.warning("Data gate, %s: %s", finding.severity, finding.message)
        findings.check(all_findings)
        target = artifact_utils.get_single_instance(output_dict["findings"])
        data_findings.write(target.uri, all_findings)
        target.set_int_custom_property("warnings", len(all_findings))


def _leaks(uri: str, rows: int, label: Label, features: Features) -> list[DataFinding]:
    dtypes = examples.read_dtypes(uri)
    pattern = io_utils.all_files_pattern(examples.split_folder(uri, _TRAIN))
    columns = record_batches.columns(pattern, dtypes, leaks.every(rows, len(dtypes)))
    return leaks.of_columns(columns, dtypes, label, features)


def _ignored(config: dict[str, Any]) -> frozenset[str]:
    """Returns the columns that may differ: excluded from the features, or what the rows are split by."""
    split_by = {config["data"]["group_column"], config["data"]["time_column"]}
    return frozenset(config["features"]["exclude"]) | (split_by - {None})


def _table(artifact: Any, split: str) -> statistics.TableStatistics:
    return statistics.read(contract.read_statistics(artifact.uri, split))
