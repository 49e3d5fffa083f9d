"""What the trials of a search depend on, as one number: a trial is found again by it, and never by another's."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from typing import Any

from tfx.dsl.io import fileio
from tfx.utils import json_utils

_BLOCK_BYTES = 2**20


def fingerprint(parameters: Mapping[str, Any], inputs: Iterable[str]) -> str:
    """Digests the parameters of a step, in which its code is digested too, and the files that it reads.

    The files are told by their names and their content, not by where they lie: an output folder may be moved, and
    numbers of executions may be given a second time.

    Args:
        parameters: What decides how trials are trained.
        inputs: The folders of the artifacts, local or remote.

    Returns:
        32 hexadecimal digits.
    """
    digest = hashlib.sha256(json_utils.dumps(dict(parameters)).encode())
    for folder in inputs:
        for name in sorted(_names(folder)):
            digest.update(f"\0{name}\0".encode())
            digest.update(_digest(os.path.join(folder, name)))
    return digest.hexdigest()[:32]


def _names(folder: str) -> list[str]:
    places = fileio.walk(folder)
    return [os.path.relpath(os.path.join(place, name), folder) for place, _, names in places for name in names]


def _digest(path: str) -> bytes:
    digest = hashlib.sha256()
    with fileio.open(path, "rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.digest()
