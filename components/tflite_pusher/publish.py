"""Publishing a folder as a new version, atomically. Knows no TFX."""

import contextlib
import os
import shutil
import uuid


def publish(source: str, destination: str, version: str) -> str:
    """Makes `source` appear as `destination/version`, complete or not at all.

    The files are copied into a hidden folder beside the version and flushed to the disk; a rename then makes them
    visible, which on one filesystem is atomic (rename(2)). A reader who lists `destination` never sees half a version.

    Args:
        source: Folder to publish.
        destination: Folder of versions; made if it is not there.
        version: Name of the new version. One that is there already is left as it is: the same name is the same model.

    Returns:
        The path of the version.
    """
    target = os.path.join(destination, version)
    if os.path.isdir(target):
        return target
    os.makedirs(destination, exist_ok=True)
    staging = os.path.join(destination, f".{version}-{uuid.uuid4().hex}")
    try:
        shutil.copytree(source, staging)
        for name in os.listdir(staging):
            with open(os.path.join(staging, name), "rb") as file:
                os.fsync(file.fileno())
        try:
            os.rename(staging, target)
        except OSError:
            # Somebody else published the same version in the meantime.
            if not os.path.isdir(target):
                raise
    finally:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(staging)
    return target
