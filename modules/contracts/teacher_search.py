"""How the teacher's hyperparameters were searched: TFX's leaderboard, and the search's own record beside it."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

from modules.base import numerals
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
class CheaperTraining:
    """How a trial was trained before it was trained in full.

    Attributes:
        score: Its score then.
        epochs: Epochs that it was trained for.
        seconds: How long it took.
        rows: On which share of the training rows.
    """

    score: float
    epochs: int
    seconds: float
    rows: float


@dataclasses.dataclass(frozen=True)
class StoppedTrial:
    """Why a trial was stopped: no later epoch was expected to reach the best score of the trials before it.

    Attributes:
        best: That score.
        epoch: The epoch that might have come nearest.
        value: What its score was expected to be, in the middle.
        low: The lower end of the interval of that score.
        high: The upper end.
        limit: The epoch that the trial would have been trained to at most.
    """

    best: float
    epoch: int
    value: float
    low: float
    high: float
    limit: int


@dataclasses.dataclass(frozen=True)
class TrialRecord:
    """What a trial took, and how it was trained.

    Attributes:
        epochs: Epochs that it was trained for.
        seconds: How long it took.
        rows: The share of the training rows that it was trained on.
        costs: `bytes` of the network in its smallest form, and its `operations`: multiplications of one row.
        cheaper: How it was trained before, where it was trained in full after that.
        stopped: Why it was stopped, where its forecast was the reason.
        parent: The number of the trial whose weights it began with, where there is one.
        inherited: How its network came of that one's: `copied`, `widened`, `deepened`, `widened and deepened`.
    """

    epochs: int
    seconds: float
    rows: float = 1.0
    costs: Mapping[str, int] = dataclasses.field(default_factory=dict)
    cheaper: CheaperTraining | None = None
    stopped: StoppedTrial | None = None
    parent: str | None = None
    inherited: str | None = None

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> "TrialRecord":
        """Returns what `dataclasses.asdict` made the object of."""
        cheaper, stopped = entry["cheaper"], entry["stopped"]
        parts = {
            "cheaper": cheaper and CheaperTraining(**cheaper),
            "stopped": stopped and StoppedTrial(**stopped),
        }
        return cls(**{**entry, **parts})

    def notes(self) -> dict[str, Any]:
        """Returns what it took, and whatever else there is to say of it."""
        usual = {field.name: field.default for field in dataclasses.fields(self)} | {"costs": {}}
        return {name: value for name, value in dataclasses.asdict(self).items() if value != usual[name]}

    @property
    def whole_epochs(self) -> float:
        """How many epochs over all rows its trainings come to."""
        before = 0.0 if self.cheaper is None else self.cheaper.epochs * self.cheaper.rows
        return before + self.epochs * self.rows


@dataclasses.dataclass(frozen=True)
class SearchFront:
    """The trials that no other beats both in score and in cost.

    Attributes:
        trials: Their numbers, in the order of the trials.
        ideal: The best value of each objective that any trial has; `metric` is the score.
        reference: The worst value of each: the reference point of the hypervolume.
        hypervolume: By trial, how much all up to it cover of the box between `ideal` and `reference`, in [0, 1].
    """

    trials: Sequence[str]
    ideal: Mapping[str, float]
    reference: Mapping[str, float]
    hypervolume: Mapping[str, float]


@dataclasses.dataclass(frozen=True)
class RankAgreement:
    """How far cheaper trainings rank trials as trainings in full do.

    Attributes:
        trials: How many were trained in full.
        spearman: Spearman's rho: `value`, `low`, `high`; both ends are None where there are fewer than five trials.
            None where one side's scores are all equal.
        kendall: Kendall's tau, alike.
    """

    trials: int
    spearman: Mapping[str, float | None] | None
    kendall: Mapping[str, float | None] | None


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
        estimation: How its trials were estimated, as the config names it.
        objectives: What counts: `metric`, `bytes`, `operations`.
        chosen: The number of the trial whose hyperparameters are taken; None before its end.
        front: The trials in front, by score and bytes, or by all objectives; of a search with cheaper trainings, those
            that were trained in full. None before its end, and where no trial has a score.
        agreement: What cheaper trainings are worth; None where all were trained in full.
    """

    strategy: str
    ended: str | None = None
    configurations: int | None = None
    trials: Mapping[str, TrialRecord] = dataclasses.field(default_factory=dict)
    from_stopped_run: int = 0
    estimation: str = "full"
    objectives: Sequence[str] = ("metric",)
    chosen: str | None = None
    front: SearchFront | None = None
    agreement: RankAgreement | None = None

    @property
    def ending(self) -> str:
        """What ended it, in words; empty where it ran to its end."""
        if self.ended == "exhausted":
            return f"all {self.configurations:,} configurations tried" if self.configurations else "none is left to try"
        return _ENDINGS[self.ended or "complete"]

    @property
    def whole_epochs(self) -> float:
        """How many epochs over all rows its trainings come to."""
        return sum(trial.whole_epochs for trial in self.trials.values())

    @property
    def saved_epochs(self) -> int:
        """How many epochs stopped trials were spared, at most: patience might have ended them as well."""
        stopped = [(trial.stopped.limit, trial.epochs) for trial in self.trials.values() if trial.stopped]
        return sum(limit - epochs for limit, epochs in stopped)

    @property
    def worth(self) -> str:
        """What its estimation did, in words; empty where all trials were trained in full."""
        if self.agreement is not None:
            rho = self.agreement.spearman
            told = f"{self.agreement.trials} in full"
            if rho is None or (value := rho["value"]) is None:
                return told
            low, high = rho["low"], rho["high"]
            between = "" if low is None or high is None else f" ({numerals.interval(low, high, '.2f')})"
            return f"{told}, rank correlation to the cheaper trials {numerals.written(value, '.2f')}{between}"
        stopped = sum(trial.stopped is not None for trial in self.trials.values())
        if stopped:
            return f"{stopped} stopped by their forecasts, at most {self.saved_epochs} epochs saved"
        heirs = sum(trial.inherited is not None for trial in self.trials.values())
        return f"{heirs} began with their parents' weights" if heirs else ""

    def summary(self) -> dict[str, Any]:
        """Returns all but the trials, and `ending`, `whole_epochs` and `saved_epochs`."""
        own = {
            name: value
            for name, value in dataclasses.asdict(self).items()
            if name not in ("trials", "from_stopped_run")
        }
        return {**own, **{name: getattr(self, name) for name in ("ending", "whole_epochs", "saved_epochs")}}


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
    parts = {
        "trials": {key: TrialRecord.from_json(took) for key, took in entry["trials"].items()},
        "objectives": tuple(entry["objectives"]),
        "front": entry["front"] and SearchFront(**entry["front"]),
        "agreement": entry["agreement"] and RankAgreement(**entry["agreement"]),
    }
    return TeacherSearch(**{**entry, **parts})


def read_trials(tuner_results: str) -> list[dict[str, Any]]:
    """Returns the trials as TFX writes them, each with what it took.

    Returns:
        Of each trial `trial_id`, `score`, its hyperparameters, `trial/epochs` and `trial/seconds`, and the rest of
        `TrialRecord` where it says something.
    """
    took = read(tuner_results).trials
    return [
        trial | {f"trial/{name}": value for name, value in took[trial["trial_id"]].notes().items()}
        for trial in files.read_json(_ARTIFACT, tuner_results, _RESULTS)
    ]
