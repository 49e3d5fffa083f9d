"""What is told of where something comes from, in files that leave this machine: no path of it."""

import posixpath

_LOCAL = "file://"


def of_file(path: str) -> str:
    """Returns a URI as it is, and of a path on this machine its last part: a file, a folder or a pattern."""
    if "://" in path and not path.startswith(_LOCAL):
        return path
    return posixpath.basename(path.removeprefix(_LOCAL).rstrip("/"))


def of_artifact(uri: str) -> str:
    """Returns a URI as it is, and of an artifact on this machine where it lies below the folder of the artifacts.

    Args:
        uri: TFX's, which ends with the step, the name of its output and the number of the execution.
    """
    if "://" in uri and not uri.startswith(_LOCAL):
        return uri
    return "/".join(uri.removeprefix(_LOCAL).rstrip("/").split("/")[-3:])
