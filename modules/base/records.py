"""What ML Metadata knows of an artifact: where it lies, and the facts that its step recorded on it."""

import dataclasses
from typing import Any

_WRAPPED = "__value__"


@dataclasses.dataclass(frozen=True)
class ArtifactRecord:
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


def record_of(artifact: Any) -> ArtifactRecord:
    """Turns an artifact as ML Metadata has it into a record."""
    return ArtifactRecord(artifact.id, artifact.uri, properties_of(artifact))
