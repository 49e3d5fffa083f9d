"""What the columns hold, split by split, and where they do not fit the schema."""

import functools
import json
import math
import os
from collections.abc import Mapping, Set
from typing import Any

from components.data_gate import anomalies, statistics
from components.reporter.facts.distributions import distribution, drift
from components.reporter.sources import Sources
from modules.base.records import ArtifactRecord
from modules.contracts import files
from modules.contracts import statistics as contract
from modules.contracts.files import Version

# So many columns have a figure: beyond, the page would be slow to open, and nobody looks at hundreds.
FIGURES = 60
_TRAIN = "train"
_TOP = 3
# Where the step that made the examples recorded how many rows lack what.
_WITHOUT = {"label": "without_label_rows", "time": "without_time_rows", "date": "placeholder_rows"}


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `data`: rows by split, and each column's kind, role, summary, drift and distribution; `anomalies`.

    And `rows_without`: how many rows had no label and were left out, no time where they are split by time, or a
    placeholder for a date.
    """
    part: dict[str, Any] = {}
    if "examples" in sources.records:
        counted = sources.records["examples"].properties
        part["rows_without"] = {name: int(counted.get(key, 0)) for name, key in _WITHOUT.items()}
    if "statistics" in sources.records:
        record = sources.records["statistics"]
        marked = frozenset(finding.column for finding in sources.findings or [])
        made_of = (*files.versions([os.path.join(record.uri, "*", "*")]),)
        splits = tuple(json.loads(record.properties["split_names"]))
        part["data"] = _described(made_of, record.uri, splits, tuple(_roles(sources).items()), marked)
    if "anomalies" in sources.records:
        part["anomalies"] = _anomalies(sources.records["anomalies"])
    return part


@functools.lru_cache(maxsize=1)
def _described(
    made_of: tuple[Version, ...],
    uri: str,
    splits: tuple[str, ...],
    roles: tuple[tuple[str, str], ...],
    marked: frozenset[str],
) -> dict[str, Any]:
    """Describes the columns by their statistics: Papers and Reporter ask for the same. Nobody changes what it returns.

    Args:
        made_of: The files of the statistics, as they are now.
        uri: The artifact.
        splits: Its splits.
        roles: As `describe` has them.
        marked: Likewise.
    """
    return describe({split: contract.read_statistics(uri, split) for split in splits}, dict(roles), marked)


def describe(read: Mapping[str, Any], roles: Mapping[str, str], marked: Set[str]) -> dict[str, Any]:
    """Describes the columns of a table.

    Args:
        read: `statistics_pb2.DatasetFeatureStatisticsList` by split.
        roles: What a column is for, by name; any other is a feature.
        marked: Columns with a finding, which get a figure before others.

    Returns:
        `rows` by split, and `columns` in the order label, those with a finding, others. A number that does not exist
        is None.
    """
    tables = {split: statistics.read(message) for split, message in read.items()}
    features = {
        split: {feature.path.step[0]: feature for feature in message.datasets[0].features}
        for split, message in read.items()
    }
    names = sorted(dict.fromkeys(name for split in features.values() for name in split))
    names.sort(key=lambda name: (roles.get(name) != "label", name not in marked))
    columns = []
    for number, name in enumerate(names):
        in_splits = {split: table.columns[name] for split, table in tables.items() if name in table.columns}
        reference = features.get(_TRAIN, {}).get(name)
        column = {
            "name": name,
            "role": roles.get(name, "feature"),
            "kind": next(iter(in_splits.values())).kind if in_splits else "empty",
            "missing": {
                split: round(1 - (in_splits[split].present if split in in_splits else 0) / table.rows, 6)
                for split, table in tables.items()
                if table.rows
            },
            **_summary(reference, in_splits.get(_TRAIN)),
            **_drift(in_splits),
        }
        if number < FIGURES and in_splits and len({column.kind for column in in_splits.values()}) == 1:
            column["distribution"] = distribution(in_splits, _whole(features, name))
        columns.append(column)
    return {"rows": {split: table.rows for split, table in tables.items()}, "columns": columns}


def _whole(features: Mapping[str, Mapping[str, Any]], name: str) -> bool:
    from tensorflow_metadata.proto.v0 import statistics_pb2

    whole = statistics_pb2.FeatureNameStatistics.INT
    return all(split[name].type == whole for split in features.values() if name in split)


def _summary(feature: Any, column: statistics.ColumnStatistics | None) -> dict[str, Any]:
    """Returns what the training rows of a column look like."""
    if feature is None or column is None:
        return {"distinct": 0}
    if column.kind == "text":
        top = sorted(column.counts.items(), key=lambda item: -item[1])[:_TOP]
        return {
            "distinct": int(feature.string_stats.unique),
            "top": [[value, round(rows / column.present, 6)] for value, rows in top],
        }
    number = feature.num_stats
    return {
        "distinct": len(column.counts) or None,
        "mean": _finite(number.mean),
        "deviation": _finite(number.std_dev),
        "min": _finite(number.min),
        "median": _finite(number.median),
        "max": _finite(number.max),
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _drift(columns: Mapping[str, statistics.ColumnStatistics]) -> dict[str, Any]:
    reference = columns.get(_TRAIN)
    if reference is None:
        return {"measure": None, "drift": {}}
    others = {split: column for split, column in columns.items() if split != _TRAIN and column.kind == reference.kind}
    classes = reference.kind == "text" or all(column.counts for column in columns.values())
    return {
        "measure": "L-infinity" if classes else "Jensen-Shannon",
        "drift": {split: round(drift(reference, column), 6) for split, column in others.items()},
    }


def _roles(sources: Sources) -> dict[str, str]:
    settings = sources.settings
    special = {
        settings.data.group_column: "group",
        settings.data.time_column: "time of the split",
        settings.label.weight_column: "weight",
        settings.label.column: "label",
    }
    roles = dict.fromkeys(settings.features.exclude, "excluded")
    return roles | {name: role for name, role in special.items() if name is not None}


def _anomalies(record: ArtifactRecord) -> list[dict[str, str]]:
    return [
        {"split": split, "column": finding.column, "text": finding.text}
        for split in json.loads(record.properties["split_names"])
        for finding in anomalies.of_split(split, contract.read_anomalies(record.uri, split))
    ]
