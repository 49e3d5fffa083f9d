"""Which files a table consists of, and opening them: local or remote, plain or compressed. Knows no TFX."""

import dataclasses
import fnmatch
import os
import posixpath
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pyarrow import fs

from modules.base.errors import DataError
from modules.tables import packages

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
# What is no part of a table: hidden (._x and .DS_Store of macOS, .x.crc of Spark, .x.swp of editors) and in the making
# (_SUCCESS and _temporary of Spark, __MACOSX, ~$x of Office, #x# of Emacs).
_HIDDEN = (".", "_", "~", "#")
_TEMPORARY = ("~", "#")
# How Hadoop and Spark name the parts of a table, with an ending or without.
_PART = "part-"


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
        table: A file, whatever its name; a folder (its data files, not those of folders within); a pattern with `*`,
            `?` or `[…]` of files and folders, whose data files count; or a list of these; whatever `locate` takes.
            Hidden and temporary files, such as of macOS, Spark and editors, are no data files.

    Raises:
        DataError: If one of them names no file.
    """
    if not isinstance(table, str):
        return sorted({path for part in table for path in expand(part)})
    place = locate(table)
    try:
        (info,) = place.filesystem.get_file_info([place.path])
        if info.type == fs.FileType.File:
            return [table]
        if info.type == fs.FileType.Directory:
            files = _data_files(place, place.path)
        elif _is_pattern(place.path):
            files = _matching(place)
        else:
            raise DataError(table, "does not exist", "Correct the path")
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(table, f"cannot be listed ({_first_line(error)})", "Check the path and the rights") from error
    paths = sorted(set(files))
    if not paths:
        endings = ", ".join(FORMATS)
        raise DataError(table, f"names no data file (looked for {endings}; also .gz, .zst, .bz2)", "Correct the path")
    if table.startswith(f"{packages.SCHEME}://"):
        packages.check_inside(table, _split(table)[1], paths)
    return [place.before + path + place.after for path in paths]


def _matching(place: Location) -> list[str]:
    """Lists the data files that a pattern matches, and those of the folders that it matches."""
    *parents, last = place.path.removeprefix("/").split("/")
    folders = ["/" if place.path.startswith("/") else ""]
    for part in parents:
        folders = [inner for folder in folders for inner in _folders(place, folder, part)]
    entries = [info for folder in folders for info in _entries(place, folder, last)]
    inside = [path for info in entries if info.type == fs.FileType.Directory for path in _data_files(place, info.path)]
    return inside + [info.path for info in entries if _is_data(info, last != "*")]


def _folders(place: Location, folder: str, part: str) -> list[str]:
    """Lists the folders within one that a part of a pattern names, or else matches."""
    path = posixpath.join(folder, part)
    if not _is_pattern(part) or place.filesystem.get_file_info([path])[0].type == fs.FileType.Directory:
        return [path]
    return [info.path for info in _entries(place, folder, part) if info.type == fs.FileType.Directory]


def _is_pattern(path: str) -> bool:
    return any(character in path for character in "*?[")


def _data_files(place: Location, folder: str) -> list[str]:
    return [info.path for info in _entries(place, folder, "*") if _is_data(info, named=False)]


def _entries(place: Location, folder: str, pattern: str) -> list[fs.FileInfo]:
    """Lists what a pattern matches in a folder; as in a shell, hidden things must be named as such."""
    everything = place.filesystem.get_file_info(fs.FileSelector(folder, allow_not_found=True))
    matching = [info for info in everything if fnmatch.fnmatch(info.base_name, pattern)]
    return [info for info in matching if pattern.startswith(_HIDDEN) or not info.base_name.startswith(_HIDDEN)]


def _is_data(info: fs.FileInfo, named: bool) -> bool:
    """Tells whether something is a data file, by its name; without an ending it is one where a pattern names it."""
    name = info.base_name
    if info.type != fs.FileType.File or name.endswith(_TEMPORARY):
        return False
    return _ending(name)[0] is not None or ("." not in name and (named or name.startswith(_PART)))


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


def packed_size(path: str) -> int | None:
    """Returns the bytes of a file that is compressed, by the end of its name; None for another.

    Raises:
        DataError: If it cannot be opened.
    """
    return None if is_plain(path) else size(path)


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
    if scheme == packages.SCHEME:
        return Location(fs.LocalFileSystem(), packages.path_of(path, authority, inner))
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
