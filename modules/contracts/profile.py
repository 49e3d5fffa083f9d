"""The profile of the training rows: an asset of the transform graph, and of every model that contains it."""

import os

from modules.contracts import files
from modules.features.profile import Profile

_FILE = "profile.json"
_SAVED_MODEL, _ASSETS = "transform_fn", "assets"


def read(uri: str) -> Profile:
    """Returns the profile of a transform graph.

    Args:
        uri: URI of the TransformGraph artifact.
    """
    return read_saved_model(os.path.join(uri, _SAVED_MODEL))


def read_saved_model(directory: str) -> Profile:
    """Returns the profile among the assets of a SavedModel that contains the transform graph."""
    return Profile.from_json(files.read_bytes("transform graph", directory, os.path.join(_ASSETS, _FILE)).decode())


def write(folder: str, content: str) -> str:
    """Writes a profile, as `Profile.to_json` gives it, where TFT picks up an asset; returns the file's path."""
    files.write_bytes(folder, _FILE, content.encode())
    return os.path.join(folder, _FILE)
