"""How the teacher's hyperparameters were searched: TFX's leaderboard, and the search's own record beside it."""

import dataclasses
import os
from collections.abc import Mapping
from typing import Any

from modules.contracts import files, training_curves

_RESULTS = "tuner_results.json"  # TFX's leaderboard
_RECORD = "search.json"
_ARTIFACT = "tuner results"

_ENDINGS = {
    "complete": "",
    "max_trials": "ended by tuner.max_trials",
    "max_epochs_total": "ended by tuner.max_epochs_total",
    "max_seconds": "ended by tuner.max_seconds",
    "usual_epochs": "ended at the epochs of Hyperband's table",
}


@dataclasses.dataclass(frozen=True)
class TrialRecord:
    """What a trial took.

    Attributes:
        epochs: Epochs that it was trained for.
        seconds: How long it took.
    """

    epochs: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class TeacherSearch:
    """A search.

    Attributes:
        strategy: Its name in the config, such as `hyperband`.
        ended: What ended it: `complete` (Hyperband's table), `exhausted` (no configuration is left), `max_trials`,
            `max_epochs_total`, `max_seconds`, `usual_epochs` (as many as Hyperband would have trained); None before.
        configurations: How many configurations there are; None where one of their values is any number of a range.
        trials: What each trial took, by its number.
        from_stopped_run: How many of them a run had finished that was stopped in the middle of the search.
    """

    strategy: str
    ended: str | None = None
    configurations: int | None = None
    trials: Mapping[str, TrialRecord] = dataclasses.field(default_factory=dict)
    from_stopped_run: int = 0

    @property
    def ending(self) -> str:
        """What ended it, in words; empty where it ran to its end."""
        if self.ended == "exhausted":
            return f"all {self.configurations:,} configurations tried" if self.configurations else "none is left to try"
        return _ENDINGS[self.ended or "complete"]

    def summary(self) -> dict[str, Any]:
        """Returns `strategy`, `ended`, `ending` and `configurations`."""
        known = ("strategy", "ended", "ending", "configurations")
        return {name: getattr(self, name) for name in known}


def from_stopped_run(count: int, trials: int | None) -> str:
    """Says how many trials a search has from a run that was stopped; `trials` is None where more are to come."""
    whole = "" if trials is None else f" of {trials}"
    return f"{count}{whole} trial{'' if (trials or count) == 1 else 's'} from the run that was stopped"


def write(folder: str, search: TeacherSearch) -> None:
    """Writes the record into a search's working folder, or its results."""
    files.write_json(training_curves.trials_folder(folder), _RECORD, dataclasses.asdict(search))


def read(tuner_results: str) -> TeacherSearch:
    """Returns the record."""
    name = os.path.join(os.path.relpath(training_curves.trials_folder(""), ""), _RECORD)
    entry = files.read_json(_ARTIFACT, tuner_results, name)
    return TeacherSearch(**entry | {"trials": {key: TrialRecord(**took) for key, took in entry["trials"].items()}})


def read_trials(tuner_results: str) -> list[dict[str, Any]]:
    """Returns the trials as TFX writes them, each with what it took.

    Returns:
        Of each trial `trial_id`, `score`, its hyperparameters, and `trial/epochs` and `trial/seconds`.
    """
    took = read(tuner_results).trials
    return [
        trial | {f"trial/{name}": value for name, value in dataclasses.asdict(took[trial["trial_id"]]).items()}
        for trial in files.read_json(_ARTIFACT, tuner_results, _RESULTS)
    ]
