"""The student at each sparsity that was tried: a SavedModel of each, and pruned.json with what was measured of it."""

import dataclasses
import os
from collections.abc import Sequence

from modules.contracts import files
from modules.contracts.tflite import SERVING_FOLDER

_ARTIFACT, _FILE = "pruned model", "pruned.json"
# The first network lies where TFX looks for a model, the further ones beside it.
_FURTHER = "sparsity-"


@dataclasses.dataclass(frozen=True)
class PrunedNetwork:
    """One network.

    Attributes:
        sparsity: The share of zeros that was asked for.
        measured: The share of the student's weights that are zero, or were and are left out; biases do not count.
        weights: How many weights the student has.
        inputs: Of the elements of the encoded row, the student's and those that are left.
        units: Of the hidden units, the student's and those that are left.
        gzip_bytes: Size of the network's float32 weights after gzip, with nothing left out.
        gzip_bytes_before: The same of the student.
    """

    sparsity: float
    measured: float
    weights: int
    inputs: tuple[int, int]
    units: tuple[int, int]
    gzip_bytes: int
    gzip_bytes_before: int


def write(uri: str, networks: Sequence[PrunedNetwork]) -> None:
    """Writes what was measured; the SavedModels go where `directory` says.

    Args:
        uri: URI of the Model artifact.
        networks: From the least sparse one to the sparsest.
    """
    files.write_json(uri, _FILE, [dataclasses.asdict(network) for network in networks], indent=1)


def read(uri: str) -> list[PrunedNetwork]:
    """Returns the networks, from the least sparse one to the sparsest."""
    entries = files.read_json(_ARTIFACT, uri, _FILE)
    return [
        PrunedNetwork(**{**entry, "inputs": tuple(entry["inputs"]), "units": tuple(entry["units"])})
        for entry in entries
    ]


def directory(uri: str, networks: Sequence[PrunedNetwork], network: PrunedNetwork) -> str:
    """Returns the folder of a network's SavedModel."""
    folder = SERVING_FOLDER if network == networks[0] else f"{_FURTHER}{network.sparsity:g}"
    return os.path.join(uri, folder)
