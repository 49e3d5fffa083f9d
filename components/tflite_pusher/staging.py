"""The hidden folders in which versions are made, and those that killed pushes left. Knows no TFX."""

import contextlib
import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator

_NAME = re.compile(r"\.\d+-[0-9a-f]{32}")


@contextlib.contextmanager
def staging_folder(destination: str, version: str) -> Iterator[str]:
    """Makes a folder beside the versions, and removes it in the end if it is still there.

    It is locked as long as it is used; the lock ends with the process, however that ends.

    Args:
        destination: The local folder of versions, which is there.
        version: Name of the version in the making.
    """
    while True:
        folder = os.path.join(destination, f".{version}-{uuid.uuid4().hex}")
        os.mkdir(folder)
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:  # another push has swept it before it was opened
            continue
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.path.isdir(folder):
            break
        os.close(descriptor)  # another push has swept it before it was locked
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def leftovers(destination: str) -> list[str]:
    """Returns the staging folders of pushes that were killed, sorted."""
    if not os.path.isdir(destination):
        return []
    folders = [os.path.join(destination, name) for name in sorted(os.listdir(destination)) if _NAME.fullmatch(name)]
    return [folder for folder in folders if _sweep(folder, remove=False)]


def sweep(destination: str) -> None:
    """Removes the staging folders of pushes that were killed."""
    for folder in leftovers(destination):
        _sweep(folder, remove=True)


def _sweep(folder: str, remove: bool) -> bool:
    """Returns whether nobody uses a staging folder; removes it then if asked to, while it is locked."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if remove:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:  # in use, or on a filesystem that has no locks
        return False
    finally:
        os.close(descriptor)
    return True
