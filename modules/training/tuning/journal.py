"""What a search has finished, kept until its step has succeeded: after a kill, these trials are not trained again.

The oracle is asked for trials as always, and answers the same way to the same scores. So nothing of its state is kept,
only what each trial was given and what came of it.
"""

import dataclasses
import hashlib
import io
import json
import logging
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from modules.base import writing
from modules.contracts import files
from modules.training.tuning.trial import TrialResult, TrialTask

# What the step's config says beside the sections of the user's: the folder of all journals, where the engine has one,
# and, once the step runs, folder and fingerprint of its own.
ROOT, KEPT = "journals", "journal"
_ABOUT, _HISTORY, _WEIGHTS, _LOGS = "about", "history/", "weights/", "logs/"
_DIGEST = hashlib.sha256
_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Entry:
    """A trial that was finished.

    Attributes:
        result: What came of it.
        elapsed: Seconds that the search had taken by then.
    """

    result: TrialResult
    elapsed: float


@dataclasses.dataclass(frozen=True)
class Journal:
    """A folder with a file for each finished trial. A file is whole and of this very search, or it is not believed.

    Attributes:
        folder: Local or remote.
        fingerprint: Tells this search from any other: of all that its trials depend on beside what each is given.
    """

    folder: str
    fingerprint: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Journal | None":
        """Returns the journal that a step's config names."""
        return cls(*config[KEPT]) if KEPT in config else None

    def find(self, task: TrialTask) -> Entry | None:
        """Returns what came of a trial; None where it has to be trained. The log says which file was not believed."""
        name = _name(task)
        try:
            if not files.exists(self.folder, name):
                return None
            about, entry = _unpacked(files.read_bytes("journal", self.folder, name))
            if about["fingerprint"] != self.fingerprint or about["task"] != digest_of(task):
                raise ValueError("is of another search")
        except Exception as error:  # whatever it holds: the trial is trained, as if nothing were there
            _log.warning("%s in %s is not used, and its trial trained again: %s", name, self.folder, error)
            return None
        return entry

    def add(self, task: TrialTask, result: TrialResult, elapsed: float) -> None:
        """Keeps what came of a trial; without room for it, the search goes on, and the log says so."""
        about = {"fingerprint": self.fingerprint, "task": digest_of(task), "elapsed": elapsed}
        try:
            _write(self.folder, _name(task), _packed(about, result))
        except Exception as error:  # of the disk, or of a store
            _log.warning("%s could not be kept in %s: %s", _name(task), self.folder, error)


def digest_of(task: TrialTask) -> str:
    """Returns what tells a task from every other: all that it holds, its parent's weights too."""
    content = {field.name: getattr(task, field.name) for field in dataclasses.fields(task)}
    return _DIGEST(json.dumps(content, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.shape, _DIGEST(np.ascontiguousarray(value).tobytes()).hexdigest()]
    if isinstance(value, np.generic):
        return value.item()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    return [*value]


def _name(task: TrialTask) -> str:
    return f"trial-{task.trial_id}"


def _packed(about: Mapping[str, Any], result: TrialResult) -> bytes:
    """Returns the content of a file: a SHA-256 of the rest, and NumPy's arrays, which hold NaN and infinity too."""
    weights = result.weights
    told = {**about, "score": result.score, "seconds": result.seconds, "kept": weights is not None}
    parts = {_ABOUT: _bytes(json.dumps(told).encode())}
    parts |= {_HISTORY + name: np.array(values, np.float64) for name, values in result.history.items()}
    parts |= {f"{_WEIGHTS}{place:06d}": np.asarray(weight) for place, weight in enumerate(weights or ())}
    parts |= {_LOGS + name: _bytes(content) for name, content in result.logs.items()}
    held = io.BytesIO()
    np.savez(held, **parts)
    return _DIGEST(held.getvalue()).digest() + held.getvalue()


def _unpacked(content: bytes) -> tuple[dict[str, Any], Entry]:
    """Returns what `_packed` was given.

    Raises:
        ValueError: The file is not whole.
    """
    size = _DIGEST().digest_size
    if _DIGEST(content[size:]).digest() != content[:size]:
        raise ValueError("is not whole")
    with np.load(io.BytesIO(content[size:]), allow_pickle=False) as parts:
        about = json.loads(parts[_ABOUT].tobytes())
        result = TrialResult(
            about["score"],
            {name: values.tolist() for name, values in _below(_HISTORY, parts).items()},
            about["seconds"],
            [*_below(_WEIGHTS, parts).values()] if about["kept"] else None,
            {name: values.tobytes() for name, values in _below(_LOGS, parts).items()},
        )
    return about, Entry(result, about["elapsed"])


def _below(kind: str, parts: Any) -> dict[str, np.ndarray]:
    return {name.removeprefix(kind): parts[name] for name in parts.files if name.startswith(kind)}


def _bytes(content: bytes) -> np.ndarray:
    return np.frombuffer(content, np.uint8)


def _write(folder: str, name: str, content: bytes) -> None:
    """Writes a file that appears whole: renamed on this machine; a store has no other."""
    if "://" in folder:
        files.write_bytes(folder, name, content)
        return
    os.makedirs(folder, exist_ok=True)
    with writing.whole(os.path.join(folder, name), "wb") as file:
        file.write(content)
