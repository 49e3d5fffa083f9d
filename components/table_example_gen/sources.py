"""Which files a table consists of, and opening them: local or remote, plain or compressed. Knows no TFX."""

import fnmatch
import os
from collections.abc import Sequence
from importlib import util
from typing import Any

import pyarrow as pa
from pyarrow import fs

from modules.errors import DataError

# What the end of a name, without a compression's, says of the content.
FORMATS = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".txt": "delimited",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".tfrecord": "tfrecord",
    ".tfrecords": "tfrecord",
}
_PACKAGE = "package://"
_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}


def expand(table: str | Sequence[str]) -> list[str]:
    """Lists the files of a table, sorted by name.

    Args:
        table: A file, a folder (its data files, not those of folders within), a pattern with `*`, or a list of these;
            local paths, URIs that Arrow can open (`gs://`, `s3://`), or files of an installed Python package
            (`package://tfx/examples/…`).

    Raises:
        DataError: If one of them names no file.
    """
    if not isinstance(table, str):
        return sorted({path for part in table for path in expand(part)})
    filesystem, path = locate(table)
    prefix = table[: len(table) - len(path)] if "://" in table and not table.startswith(_PACKAGE) else ""
    try:
        if any(character in path for character in "*?["):
            selector = fs.FileSelector(os.path.dirname(path), allow_not_found=True)
            found = [info for info in filesystem.get_file_info(selector) if fnmatch.fnmatch(info.path, path)]
        else:
            (info,) = filesystem.get_file_info([path])
            if info.type == fs.FileType.File:
                return [table]
            if info.type == fs.FileType.NotFound:
                raise DataError(table, "does not exist", "Correct the path")
            found = filesystem.get_file_info(fs.FileSelector(path, allow_not_found=True))
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(table, f"cannot be listed ({_first_line(error)})", "Check the path and the rights") from error
    files = sorted(prefix + info.path for info in found if info.type == fs.FileType.File and _ending(info.path)[0])
    if not files:
        endings = ", ".join(FORMATS)
        raise DataError(table, f"names no data file (looked for {endings}; also .gz, .zst, .bz2)", "Correct the path")
    return files


def file_format(path: str) -> str:
    """Returns `delimited`, `parquet` or `tfrecord`, by the end of the name; another end means delimited text."""
    return _ending(path)[0] or "delimited"


def open_stream(path: str) -> Any:
    """Opens a file for reading from its start, decompressed.

    Raises:
        DataError: If it cannot be opened.
    """
    filesystem, inner = locate(path)
    try:
        return filesystem.open_input_stream(inner, compression=_ending(path)[1])
    except OSError as error:
        raise DataError(path, f"cannot be opened ({_first_line(error)})", "Check the path and the rights") from error


def open_file(path: str) -> Any:
    """Opens a file for random access.

    Raises:
        DataError: If it cannot be opened.
    """
    filesystem, inner = locate(path)
    try:
        return filesystem.open_input_file(inner)
    except OSError as error:
        raise DataError(path, f"cannot be opened ({_first_line(error)})", "Check the path and the rights") from error


def locate(path: str) -> tuple[fs.FileSystem, str]:
    """Returns the filesystem of a path or URI, and the path within it."""
    if "://" not in path:
        return fs.LocalFileSystem(), os.path.abspath(path)
    if path.startswith(_PACKAGE):
        return fs.LocalFileSystem(), _in_package(path)
    try:
        return fs.FileSystem.from_uri(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(
            path, f"is no place that Arrow can read ({_first_line(error)})", "Use gs:// or s3://"
        ) from error


def _in_package(uri: str) -> str:
    """Returns the path of a file of an installed package, which is not imported for it.

    Raises:
        DataError: If no such package is installed.
    """
    package, _, inner = uri.removeprefix(_PACKAGE).partition("/")
    spec = util.find_spec(package) if package.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        raise DataError(uri, f"the Python package {package!r} is not installed", "Install it, or correct the name")
    return os.path.join(next(iter(spec.submodule_search_locations)), inner)


def _ending(path: str) -> tuple[str | None, str | None]:
    """Returns the format and the compression that a name ends in."""
    stem, last = os.path.splitext(path.lower())
    compression = _COMPRESSIONS.get(last)
    if compression:
        last = os.path.splitext(stem)[1]
    return FORMATS.get(last), compression


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
