"""A schema, as TFX's steps read it."""

from typing import Any

from modules.contracts import files

FILE = "schema.pbtxt"


def read(uri: str) -> Any:
    """Returns the `schema_pb2.Schema`."""
    from google.protobuf import text_format
    from tensorflow_metadata.proto.v0 import schema_pb2

    return text_format.Parse(files.read_bytes("schema", uri, FILE).decode(), schema_pb2.Schema())


def write(uri: str, schema: Any) -> None:
    """Writes a `schema_pb2.Schema`."""
    from google.protobuf import text_format

    files.write_bytes(uri, FILE, text_format.MessageToString(schema).encode())
