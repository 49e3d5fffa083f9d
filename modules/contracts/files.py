"""Reading and writing the files of an artifact, local or remote."""

import glob
import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

from modules.base.errors import UserError

# Name, length, and time of the last change in nanoseconds.
Version = tuple[str, int, int]


class IncompleteArtifact(UserError):
    """An artifact lacks a file that it must hold, or holds one that cannot be read."""

    def __init__(self, artifact: str, folder: str, what: str, fix: str = "Run the pipeline again") -> None:
        super().__init__(f"{artifact} in {folder}", what, fix)


def read_bytes(artifact: str, folder: str, name: str) -> bytes:
    """Returns the content of a file.

    Args:
        artifact: What the artifact is called, for the message.
        folder: The artifact's folder; TensorFlow reads a URI such as gs://bucket/folder.
        name: The file's path inside it.

    Raises:
        IncompleteArtifact: If there is no such file.
    """
    try:
        return _read(os.path.join(folder, name))
    except FileNotFoundError as error:
        raise IncompleteArtifact(artifact, folder, f"has no file {name}") from error


def exists(folder: str, name: str) -> bool:
    """Tells whether there is a file; arguments as those of `read_bytes`."""
    path = os.path.join(folder, name)
    return bool(_gfile().exists(path)) if _is_remote(folder) else os.path.isfile(path)


def read_json(artifact: str, folder: str, name: str) -> Any:
    """Returns the content of a JSON file; arguments and errors as those of `read_bytes`.

    Raises:
        IncompleteArtifact: If there is no such file, or it is not JSON.
    """
    return parse_json(artifact, folder, name, read_bytes(artifact, folder, name))


def parse_json(artifact: str, folder: str, name: str, content: bytes) -> Any:
    """Returns what a JSON file holds; arguments as those of `read_json`, and the file's content.

    Raises:
        IncompleteArtifact: If it is not JSON.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise IncompleteArtifact(artifact, folder, f"holds {name}, which is not JSON ({error})") from error


def versions(patterns: Iterable[str]) -> list[Version]:
    """Returns the files that patterns match as they are now, by name: what tells whether they have changed."""
    return sorted(version for pattern in patterns for version in _versions(pattern))


def _versions(pattern: str) -> Iterator[Version]:
    if _is_remote(pattern):
        for name in _gfile().glob(pattern):
            of_remote = _gfile().stat(name)
            yield name, of_remote.length, of_remote.mtime_nsec
        return
    for name in glob.glob(pattern):
        of_local = os.stat(name)
        yield name, of_local.st_size, of_local.st_mtime_ns


def write_bytes(folder: str, name: str, content: bytes) -> None:
    """Writes a file; its folder is made."""
    path = os.path.join(folder, name)
    if _is_remote(folder):
        _gfile().makedirs(os.path.dirname(path))
        with _gfile().GFile(path, "wb") as file:
            file.write(content)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def write_json(folder: str, name: str, content: Any, indent: int | None = None) -> None:
    """Writes a JSON file, in UTF-8 and without NaN, which JSON does not have; its folder is made."""
    write_bytes(folder, name, render_json(content, indent))


def render_json(content: Any, indent: int | None = None) -> bytes:
    """Returns JSON, in UTF-8 and without NaN, which JSON does not have."""
    return json.dumps(content, indent=indent, ensure_ascii=False, allow_nan=False).encode()


def _is_remote(path: str) -> bool:
    return "://" in path


def _gfile() -> Any:
    import tensorflow as tf

    return tf.io.gfile


def _read(path: str) -> bytes:
    if not _is_remote(path):
        with open(path, "rb") as file:
            return file.read()
    if not _gfile().exists(path):
        raise FileNotFoundError(path)
    with _gfile().GFile(path, "rb") as file:
        return file.read()
