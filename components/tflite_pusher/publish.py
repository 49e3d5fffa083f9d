"""Publishing a folder as a new version, atomically, on this machine or in an object store. Knows no TFX."""

import contextlib
import os
import shutil
import uuid

from components.tflite_pusher import versions
from modules.contracts import tflite


def publish(source: str, destination: str, version: str) -> str:
    """Makes `source` appear as `destination/version`, complete or not at all.

    The files are copied into a hidden folder beside the version and flushed to the disk; a rename then makes them
    visible, which on one filesystem is atomic (rename(2)). A reader who lists `destination` never sees half a version.
    An object store has no rename, and each of its files appears at once: there the model's card is written last, and a
    version without a card is none.

    Args:
        source: Folder to publish; it may be remote, as TensorFlow reads it.
        destination: Folder of versions; made if it is not there. A URI that Arrow can write, or a path.
        version: Name of the new version. One that is there already is left as it is: the same name is the same model.

    Returns:
        The path of the version.
    """
    target = os.path.join(destination, version)
    if "://" in destination:
        return _upload(source, destination, version)
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


def restore(source: str, path: str) -> None:
    """Publishes a version again where it was, if it has been removed since.

    Args:
        source: What `publish` was given.
        path: What `publish` returned.
    """
    place, mark, options = path.partition("?") if "://" in path else (path, "", "")
    folder, _, version = place.rpartition("/")
    publish(source, f"{folder}{mark}{options}", version)


def _upload(source: str, destination: str, version: str) -> str:
    """Publishes to an object store."""
    import tensorflow as tf

    if not versions.is_complete(destination, version):
        names = [name.rstrip("/") for name in tf.io.gfile.listdir(source)]
        for name in sorted(names, key=lambda name: (name == tflite.CARD_FILE, name)):
            with tf.io.gfile.GFile(os.path.join(source, name), "rb") as file:
                versions.write(destination, version, name, file.read())
    place, mark, options = destination.partition("?")
    return f"{place.rstrip('/')}/{version}{mark}{options}"
