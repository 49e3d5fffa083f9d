"""Which files a table consists of, and opening them: local or remote, plain or compressed. Knows no TFX."""

import contextlib
import dataclasses
import fnmatch
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from importlib import util
from typing import Any

import pyarrow as pa
from pyarrow import fs

from modules.base.errors import DataError

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
_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_PACKAGE = "package"
_COPY_BYTES = 2**20


@dataclasses.dataclass(frozen=True)
class Location:
    """Where a path or URI points to.

    Attributes:
        filesystem: The filesystem that holds it.
        path: The path within that filesystem.
        before: What a URI has before such a path.
        after: What it has behind it: the options of the filesystem.
    """

    filesystem: fs.FileSystem
    path: str
    before: str = ""
    after: str = ""


def expand(table: str | Sequence[str]) -> list[str]:
    """Lists the files of a table, sorted by name.

    Args:
        table: A file, a folder (its data files, not those of folders within), a pattern with `*`, or a list of these;
            whatever `locate` takes.

    Raises:
        DataError: If one of them names no file.
    """
    if not isinstance(table, str):
        return sorted({path for part in table for path in expand(part)})
    place = locate(table)
    try:
        if any(character in place.path for character in "*?["):
            selector = fs.FileSelector(os.path.dirname(place.path), allow_not_found=True)
            everything = place.filesystem.get_file_info(selector)
            found = [info for info in everything if fnmatch.fnmatch(info.path, place.path)]
        else:
            (info,) = place.filesystem.get_file_info([place.path])
            if info.type == fs.FileType.File:
                return [table]
            if info.type == fs.FileType.NotFound:
                raise DataError(table, "does not exist", "Correct the path")
            found = place.filesystem.get_file_info(fs.FileSelector(place.path, allow_not_found=True))
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(table, f"cannot be listed ({_first_line(error)})", "Check the path and the rights") from error
    paths = sorted(info.path for info in found if info.type == fs.FileType.File and _ending(info.path)[0])
    if not paths:
        endings = ", ".join(FORMATS)
        raise DataError(table, f"names no data file (looked for {endings}; also .gz, .zst, .bz2)", "Correct the path")
    return [place.before + path + place.after for path in paths]


def file_format(path: str) -> str:
    """Returns `delimited`, `parquet` or `tfrecord`, by the end of the name; another end means delimited text."""
    return _ending(path)[0] or "delimited"


def open_stream(path: str) -> Any:
    """Opens a file for reading from its start, decompressed.

    Raises:
        DataError: If it cannot be opened.
    """
    place = locate(path)
    try:
        return place.filesystem.open_input_stream(place.path, compression=_ending(path)[1])
    except OSError as error:
        raise DataError(path, f"cannot be opened ({_first_line(error)})", "Check the path and the rights") from error


def open_file(path: str) -> Any:
    """Opens a file for random access.

    Raises:
        DataError: If it cannot be opened.
    """
    place = locate(path)
    try:
        return place.filesystem.open_input_file(place.path)
    except OSError as error:
        raise DataError(path, f"cannot be opened ({_first_line(error)})", "Check the path and the rights") from error


def is_plain(path: str) -> bool:
    """Tells whether a file is not compressed, by the end of its name."""
    return _ending(path)[1] is None


def size(path: str) -> int:
    """Returns the bytes of a file.

    Raises:
        DataError: If it cannot be opened.
    """
    with open_file(path) as file:
        return int(file.size())


@contextlib.contextmanager
def local_copy(path: str) -> Iterator[str]:
    """Gives a file by name to a library that opens files itself, decompressed; what is local and plain, as it is.

    Raises:
        DataError: If it cannot be read.
    """
    place = locate(path)
    if isinstance(place.filesystem, fs.LocalFileSystem) and _ending(path)[1] is None:
        yield place.path
        return
    with tempfile.NamedTemporaryFile() as copy:
        try:
            with open_stream(path) as stream:
                shutil.copyfileobj(stream, copy, _COPY_BYTES)
        except OSError as error:
            fix = "Copy or compress the file again"
            raise DataError(path, f"is damaged ({_first_line(error)})", fix) from error
        copy.flush()
        yield copy.name


def locate(path: str) -> Location:
    """Finds the filesystem of a table.

    Args:
        path: A local path; a URI that Arrow can open (`gs://bucket/path`, `s3://bucket/path?region=…`, `file:///path`),
            its path taken as it is written; or `package://name/path`, a file that an installed Python package holds.

    Raises:
        DataError: If it is none of these.
    """
    if "://" not in path:
        return Location(fs.LocalFileSystem(), os.path.abspath(path))
    scheme, authority, inner, options = _split(path)
    if scheme == _PACKAGE:
        return Location(fs.LocalFileSystem(), _in_package(path, authority, inner))
    try:
        filesystem, root = fs.FileSystem.from_uri(f"{scheme}://{authority}/{options}")
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(
            path, f"is no place that Arrow can read ({_first_line(error)})", "Use gs://, s3:// or package://"
        ) from error
    root = root.strip("/")
    # What Arrow repeats of the authority in its paths, a bucket, is no part of what stands before them.
    before = f"{scheme}://{authority.removesuffix(root)}"
    return Location(filesystem, f"{root}/{inner}".rstrip("/"), before, options)


def _split(uri: str) -> tuple[str, str, str, str]:
    """Splits a URI into scheme, authority, path without its first slash, and options with their question mark."""
    scheme, _, rest = uri.partition("://")
    rest, mark, options = rest.partition("?")
    authority, _, inner = rest.partition("/")
    return scheme, authority, inner, mark + options


def _in_package(uri: str, package: str, inner: str) -> str:
    """Returns the local path of a file that a package holds; the package is not imported."""
    spec = util.find_spec(package) if package.isidentifier() else None
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        what = f"names the Python package {package!r}, which is not installed"
        raise DataError(uri, what, "Install it, or write package://<top-level package>/<path within it>")
    paths = [os.path.normpath(os.path.join(folder, inner)) for folder in folders]
    return next((path for path in paths if os.path.exists(path)), paths[0])


def _ending(path: str) -> tuple[str | None, str | None]:
    """Returns the format and the compression that a name ends in."""
    name = _split(path)[2] if "://" in path else path
    stem, last = os.path.splitext(name.lower())
    compression = _COMPRESSIONS.get(last)
    if compression:
        last = os.path.splitext(stem)[1]
    return FORMATS.get(last), compression


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
