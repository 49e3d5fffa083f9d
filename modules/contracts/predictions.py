"""What every model predicts of a split's rows: predictions.npz, with labels and weights beside the predictions."""

import dataclasses
import io
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np

from modules.contracts import files

_FILE = "predictions.npz"
_LABELS, _WEIGHTS, _RUNG, _REFERENCE = "labels", "weights", "rung/", "reference/"


@dataclasses.dataclass(frozen=True, eq=False)
class PredictedRows:
    """The rows of a split, in the order of its examples.

    Attributes:
        labels: The number of the class, or the value, float32 [n].
        weights: The example weights, float64 [n], if there are any.
        by_rung: Of each model, by its name on the ladder, the probability of each class, float32 [n, classes], or the
            value, float32 [n, 1], as devices compute it.
        reference: The same as LiteRT's reference kernels compute it, of the models whose answers may differ with them.
    """

    labels: np.ndarray
    weights: np.ndarray | None
    by_rung: Mapping[str, np.ndarray]
    reference: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)


def write(uri: str, predictions: PredictedRows) -> None:
    """Writes the predictions; each array comes back bit by bit."""
    arrays = {_RUNG + name: array for name, array in predictions.by_rung.items()}
    arrays |= {_REFERENCE + name: array for name, array in predictions.reference.items()}
    arrays[_LABELS] = predictions.labels
    if predictions.weights is not None:
        arrays[_WEIGHTS] = predictions.weights
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    files.write_bytes(uri, _FILE, buffer.getvalue())


def read(uri: str, *rungs: str) -> PredictedRows:
    """Returns the predictions.

    Args:
        uri: URI of the Predictions artifact.
        *rungs: The models that are wanted; without any, all of them.

    Raises:
        IncompleteArtifact: If the file is missing or damaged, or has no such model.
    """
    content = files.read_bytes("predictions", uri, _FILE)
    try:
        return _arrays(uri, content, rungs)
    except (ValueError, KeyError, EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
        raise files.IncompleteArtifact("predictions", uri, f"holds {_FILE}, which is damaged ({error})") from error


def _arrays(uri: str, content: bytes, rungs: tuple[str, ...]) -> PredictedRows:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        known = [name.removeprefix(_RUNG) for name in arrays.files if name.startswith(_RUNG)]
        for name in rungs:
            if name not in known:
                raise files.IncompleteArtifact("predictions", uri, f"has no model {name}, but {', '.join(known)}")
        weights = arrays[_WEIGHTS] if _WEIGHTS in arrays.files else None
        by_rung = {name: arrays[_RUNG + name] for name in rungs or known}
        reference = {name: arrays[_REFERENCE + name] for name in by_rung if _REFERENCE + name in arrays.files}
        return PredictedRows(arrays[_LABELS], weights, by_rung, reference)
