"""The folder of pushed versions, local or remote (gs://, s3://). Knows no TFX.

A version is a folder; it is complete once it holds the model's card, which is written last.
"""

import datetime
from collections.abc import Collection

from pyarrow import fs

from modules.contracts import tflite
from modules.contracts.pushed_versions import name_version, newest_version
from modules.tables import sources

# Another push may make the folder, or rename one in it, while it is being listed.
_MOST_TRIES = 100


def latest(destination: str) -> str | None:
    """Returns the name of the newest complete version, or None if there is none.

    Args:
        destination: Folder of versions; it need not be there.
    """
    return newest_version(parts[0] for parts in _listed(destination) if parts[1:] == [tflite.CARD_FILE])


def next_name(destination: str) -> str:
    """Returns a name for a new version that sorts behind all that are there, complete or not.

    Args:
        destination: As for `latest`.
    """
    return name_version(datetime.datetime.now(datetime.UTC), (parts[0] for parts in _listed(destination)))


def _listed(destination: str) -> list[list[str]]:
    """Returns what lies in a folder of versions and below, each as the parts of its path from there."""
    place = sources.locate(destination)
    selector = fs.FileSelector(place.path, allow_not_found=True, recursive=True)
    for number in range(_MOST_TRIES):
        try:
            listed = place.filesystem.get_file_info(selector)
            break
        except FileNotFoundError:
            if number == _MOST_TRIES - 1:
                raise
    base = len(place.path.rstrip("/").split("/"))
    return [info.path.rstrip("/").split("/")[base:] for info in listed]


def contents(destination: str, version: str, names: Collection[str] | None = None) -> dict[str, bytes]:
    """Returns the contents of the files of a version, by their names relative to its folder.

    Args:
        destination: As for `latest`.
        version: Name of the version; it need not be there.
        names: The files to read, of which those that are missing are left out; None reads all.
    """
    place = sources.locate(destination)
    folder = "/".join([place.path.rstrip("/"), version])
    if names is None:
        listed = place.filesystem.get_file_info(fs.FileSelector(folder, allow_not_found=True, recursive=True))
    else:
        listed = place.filesystem.get_file_info([f"{folder}/{name}" for name in names])
    found = {}
    for info in listed:
        if info.type == fs.FileType.File:
            with place.filesystem.open_input_stream(info.path) as stream:
                found[info.path.removeprefix(f"{folder}/")] = stream.read()
    return found


def write(destination: str, version: str, name: str, content: bytes) -> None:
    """Writes a file of a version to a remote destination, whole or not at all, as object stores do."""
    place = sources.locate(destination)
    with place.filesystem.open_output_stream("/".join([place.path.rstrip("/"), version, name])) as stream:
        stream.write(content)


def is_complete(destination: str, version: str) -> bool:
    """Tells whether a version is there with all its files."""
    place = sources.locate(destination)
    (info,) = place.filesystem.get_file_info(["/".join([place.path.rstrip("/"), version, tflite.CARD_FILE])])
    return info.type == fs.FileType.File
