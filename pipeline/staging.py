"""Files of the user that the pipeline reads by name: copied under a name that holds their content."""

import hashlib
import os

from tfx.dsl.io import fileio


def stage(path: str, root: str) -> str:
    """Copies a file into the artifacts' folder, under a digest of its content.

    TFX's cache sees the name of a file that a component imports, and not what it holds. With the digest in the name, an
    edited file reruns the steps that depend on it, and a file that was only touched does not.

    Args:
        path: The file, on this machine.
        root: Folder of the artifacts; it may be remote.

    Returns:
        The path of the copy.
    """
    with open(path, "rb") as file:
        content = file.read()
    directory = os.path.join(root, "staged", hashlib.sha256(content).hexdigest()[:16])
    target = os.path.join(directory, os.path.basename(path))
    if not fileio.exists(target):
        fileio.makedirs(directory)
        with fileio.open(target, "wb") as copy:
            copy.write(content)
    return target
