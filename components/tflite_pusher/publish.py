"""Publishing a folder as a new version, atomically, on this machine or in an object store. Knows no TFX."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator

from components.tflite_pusher import staging, versions
from modules.base import writing
from modules.base.errors import UserError
from modules.contracts import pushed_folder, sums

# Others may push to the folder at the same time; a folder in which each of so many names was taken is broken.
_MOST_NAMES = 100


class VersionTaken(UserError):
    """A version of that name is there already, and another push made it."""

    def __init__(self, destination: str, version: str) -> None:
        super().__init__(f"version {version} in {destination}", "is there already", "Run again: nothing was pushed")


def publish_next(write: Callable[[str], str], destination: str) -> tuple[str, str]:
    """Publishes a version under a name behind all others: of several pushes at once each gets its own.

    Args:
        write: Writes what is to be published under a name, and returns its folder, as `publish` takes it.
        destination: As for `publish`.

    Returns:
        The name and the path of the version.
    """
    for _ in range(_MOST_NAMES):
        version = versions.next_name(destination)
        with contextlib.suppress(VersionTaken):
            return version, publish(write(version), destination, version)
    raise VersionTaken(destination, version)


def publish(source: str, destination: str, version: str) -> str:
    """Makes `source` appear as `destination/version`, complete or not at all.

    The files are copied into a hidden folder beside the version and flushed to the disk; a rename then makes them
    visible, which on one filesystem is atomic (rename(2)). A reader who lists `destination` never sees half a version.
    An object store has no rename, and each of its files appears at once: there the model's card is written last, and a
    version without a card is none.

    Args:
        source: Folder to publish; it may be remote, as TensorFlow reads it.
        destination: Folder of versions; made if it is not there. A URI that Arrow can write, or a path.
        version: Name of the new version.

    Returns:
        The path of the version.

    Raises:
        VersionTaken: If it is there already: nobody's version is replaced, or taken for this one.
    """
    if "://" in destination:
        return _upload(source, destination, version)
    target = os.path.join(destination, version)
    os.makedirs(destination, exist_ok=True)
    staging.sweep(destination)
    with staging.staging_folder(destination, version) as staged:
        _copy(source, staged)
        for folder, _, names in os.walk(staged):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    os.fsync(file.fileno())
            writing.flush_folder(folder)
        try:
            os.rename(staged, target)
        except OSError as error:
            if os.path.isdir(target):
                raise VersionTaken(destination, version) from error
            raise
    writing.flush_folder(destination)
    return target


def restore(source: str, path: str, sha256: str) -> list[str]:
    """Makes a version whole again where it was published: what is missing or damaged there is replaced, file by file.

    Args:
        source: What `publish` was given.
        path: What `publish` returned.
        sha256: Digest of what was pushed, as `pushed_folder.digest` takes it.

    Returns:
        The files that were replaced; none if the version is whole.

    Raises:
        IncompleteArtifact: If the source is not what was pushed, either.
    """
    place, mark, options = path.partition("?") if "://" in path else (path, "", "")
    folder, _, version = place.rpartition("/")
    destination = f"{folder}{mark}{options}"
    found = versions.contents(destination, version)
    if sums.digest(found.get(pushed_folder.SUMS_FILE, b"")) == sha256 and not pushed_folder.problem_of(path, found):
        return []
    wanted = pushed_folder.read_files(source, sha256)
    replaced = [name for name, content in wanted.items() if found.get(name) != content]
    if not found:
        with contextlib.suppress(VersionTaken):  # by a folder of that name with other things in it
            publish(source, destination, version)
            return replaced
    for name in replaced:
        if "://" in destination:
            versions.write(destination, version, name, wanted[name])
        else:
            os.makedirs(os.path.dirname(os.path.join(path, name)), exist_ok=True)
            with writing.whole(os.path.join(path, name), "wb") as file:
                file.write(wanted[name])
    return replaced


def _copy(source: str, folder: str) -> None:
    """Copies a folder, which may be remote, into one of this machine that is there."""
    if "://" not in source:
        shutil.copytree(source, folder, dirs_exist_ok=True)
        return
    for name, content in _files(source):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)


def _files(source: str) -> Iterator[tuple[str, bytes]]:
    """Yields the files of a folder, which may be remote, by their names relative to it; the model's card last."""
    import tensorflow as tf

    found = [
        os.path.relpath(os.path.join(folder, name), source)
        for folder, _, names in tf.io.gfile.walk(source)
        for name in names
    ]
    for name in sorted(found, key=pushed_folder.order):
        with tf.io.gfile.GFile(os.path.join(source, name), "rb") as file:
            yield name, file.read()


def _upload(source: str, destination: str, version: str) -> str:
    """Publishes to an object store."""
    if versions.is_complete(destination, version):
        raise VersionTaken(destination, version)
    for name, content in _files(source):
        versions.write(destination, version, name, content)
    place, mark, options = destination.partition("?")
    return f"{place.rstrip('/')}/{version}{mark}{options}"
