"""A schema, as TFX's steps read it."""

import functools
from typing import Any

from modules.contracts import files

FILE = "schema.pbtxt"


def read(uri: str) -> Any:
    """Returns the `schema_pb2.Schema`, which the caller may change."""
    from tensorflow_metadata.proto.v0 import schema_pb2

    return schema_pb2.Schema.FromString(_serialized(files.read_bytes("schema", uri, FILE)))


@functools.lru_cache(maxsize=2)
def _serialized(content: bytes) -> bytes:
    """Returns the content of a file as bytes of a message, which are read a hundred times as fast."""
    from google.protobuf import text_format
    from tensorflow_metadata.proto.v0 import schema_pb2

    return text_format.Parse(content.decode(), schema_pb2.Schema()).SerializeToString(deterministic=True)


def write(uri: str, schema: Any) -> None:
    """Writes a `schema_pb2.Schema`."""
    from google.protobuf import text_format

    files.write_bytes(uri, FILE, text_format.MessageToString(schema).encode())
