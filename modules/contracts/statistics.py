"""What StatisticsGen counted and ExampleValidator found, split by split: TFDV's messages."""

import os
from typing import Any

from modules.contracts import examples, files

_STATISTICS, _ANOMALIES = "FeatureStats.pb", "SchemaDiff.pb"


def read_statistics(uri: str, split: str) -> Any:
    """Returns the `statistics_pb2.DatasetFeatureStatisticsList` of a split."""
    from tensorflow_metadata.proto.v0 import statistics_pb2

    return statistics_pb2.DatasetFeatureStatisticsList.FromString(_read("statistics", uri, split, _STATISTICS))


def write_statistics(uri: str, split: str, statistics: Any) -> None:
    """Writes the `statistics_pb2.DatasetFeatureStatisticsList` of a split, where TFX's readers look for it."""
    name = os.path.join(os.path.basename(examples.split_folder("", split)), _STATISTICS)
    files.write_bytes(uri, name, statistics.SerializeToString())


def read_anomalies(uri: str, split: str) -> Any:
    """Returns the `anomalies_pb2.Anomalies` of a split."""
    from tensorflow_metadata.proto.v0 import anomalies_pb2

    return anomalies_pb2.Anomalies.FromString(_read("anomalies", uri, split, _ANOMALIES))


def _read(artifact: str, uri: str, split: str, name: str) -> bytes:
    return files.read_bytes(artifact, uri, os.path.join(os.path.basename(examples.split_folder("", split)), name))
