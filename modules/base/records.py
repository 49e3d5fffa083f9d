"""What a step left: where its artifact lies and the facts recorded on it; and reading the files in there."""

import dataclasses
import json
import os
from typing import Any

from modules.features import PROFILE_ASSET, Profile

_WRAPPED = "__value__"


@dataclasses.dataclass(frozen=True)
class Record:
    """An artifact.

    Attributes:
        id: Its number in ML Metadata.
        uri: The folder that it lies in, local or remote.
        properties: What its step recorded on it.
    """

    id: int
    uri: str
    properties: dict[str, Any]


def properties_of(node: Any) -> dict[str, Any]:
    """Returns what is recorded on an artifact or an execution as ML Metadata has it (metadata_store_pb2).

    On Kubeflow, TFX wraps each value in a structure, in which all numbers are floating-point ones.
    """
    merged = [*node.properties.items(), *node.custom_properties.items()]
    return {name: _plain(value) for name, value in merged if value.WhichOneof("value")}


def _plain(value: Any) -> Any:
    plain = getattr(value, value.WhichOneof("value"))
    if value.WhichOneof("value") != "struct_value":
        return plain
    from google.protobuf import json_format

    return json_format.MessageToDict(plain).get(_WRAPPED)


def record_of(artifact: Any) -> Record:
    """Turns an artifact as ML Metadata has it into a record."""
    return Record(artifact.id, artifact.uri, properties_of(artifact))


def read_json(record: Record, *path: str) -> Any:
    """Reads a JSON file inside an artifact."""
    from tfx.dsl.io import fileio

    with fileio.open(os.path.join(record.uri, *path)) as file:
        return json.loads(file.read())


def read_profile(graph: Record) -> Profile:
    """Reads what Transform learnt from the training rows, from its transform graph."""
    return Profile(**read_json(graph, "transform_fn", "assets", PROFILE_ASSET))
