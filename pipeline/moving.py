"""Where things lie in an output folder that was moved or renamed: ML Metadata and summaries have their former paths."""

import os
from typing import Any

ARTIFACTS, PUSHED = "artifacts", "pushed"  # the folders of artifacts and of versions in an output folder
# What follows the number of a folder that was in the way of a step; `clean` removes those.
EARLIER = ".earlier-"


def placed(uri: str, output: str) -> str:
    """Returns where something below the folder of artifacts or of versions lies now.

    Args:
        uri: Where it lay when it was made; anything else stays as it is, such as a remote URI.
        output: The output folder as it is called today, an absolute path.
    """
    for folder in (ARTIFACTS, PUSHED):
        before, inside, inner = uri.rpartition(f"{os.sep}{folder}{os.sep}")
        now = os.path.join(output, folder, inner)
        if inside and os.path.isabs(uri) and before != output and os.path.exists(now):
            return now
    return uri


def placed_in_properties(properties: dict[str, Any], output: str) -> dict[str, Any]:
    """Returns what a step recorded, with paths as `placed` gives them."""
    return {
        name: placed(value, output) if isinstance(value, str) and os.path.isabs(value) else value
        for name, value in properties.items()
    }


def write_places(store: Any, output: str) -> int:
    """Writes into ML Metadata where the artifacts lie now, so that TFX finds them.

    Args:
        store: The `ml_metadata.MetadataStore` of the output folder, to which nobody else writes.
        output: The output folder, an absolute path.

    Returns:
        How many artifacts had lain elsewhere.
    """
    moved = []
    for artifact in store.get_artifacts():
        now = placed(artifact.uri, output)
        if now != artifact.uri:
            artifact.uri = now
            moved.append(artifact)
    if moved:
        store.put_artifacts(moved)
    return len(moved)
