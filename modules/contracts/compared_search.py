"""Random search that was run beside the search, to show what the strategy bought (random.json in its results)."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

from modules.contracts import files, training_curves
from modules.contracts.training_curves import LearningCurve

_FILE = "random.json"


@dataclasses.dataclass(frozen=True)
class ComparedSearch:
    """A random search, whose trials choose nothing.

    Attributes:
        trials: As `teacher_search.read_trials` has them: `trial_id`, `score`, the hyperparameters, `trial/epochs` and
            `trial/seconds`.
        curves: Their learning curves.
    """

    trials: Sequence[Mapping[str, Any]]
    curves: Sequence[LearningCurve]


def write(folder: str, search: ComparedSearch) -> None:
    """Writes the search into the working folder of the one that it is compared with, or its results."""
    content = {"trials": list(search.trials), "curves": [curve.to_json() for curve in search.curves]}
    files.write_json(training_curves.trials_folder(folder), _FILE, content)


def read(tuner_results: str) -> ComparedSearch:
    """Returns the search; only a config with `tuner.compare` has one."""
    entry = files.read_json("tuner results", tuner_results, _name())
    return ComparedSearch(entry["trials"], [LearningCurve.from_json(curve) for curve in entry["curves"]])


def find(tuner_results: str) -> ComparedSearch | None:
    """Returns the search, if there is one: for whoever does not know the config."""
    return read(tuner_results) if files.exists(tuner_results, _name()) else None


def _name() -> str:
    return os.path.join(os.path.relpath(training_curves.trials_folder(""), ""), _FILE)
