"""The learning curves of a training (history.json in its model run), and of all trials of a search (in its results)."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

from modules.contracts import files

_HISTORY = "history.json"
_TRIALS, _TRIAL_HISTORIES = "trials", "histories.json"


@dataclasses.dataclass(frozen=True)
class LearningCurve:
    """How a training went.

    Attributes:
        step: What was trained: `teacher`, `student`, `pruner`, `quantizer`, or a trial's number.
        monitor: The score that was watched, such as `val_auc`; a key of `values`.
        mode: `max` or `min`: whether a high score is a good one.
        epochs: The numbers of the epochs, from 1.
        values: One value per epoch, by name; None for one that is not a finite number.
        best_epoch: The first epoch with the best score; None where no score is a number.
        limit: The epoch that it would have been trained to at most, where it stops once it has converged.
        unit: Of a training by folds, what its length is counted in: epochs, or trees; the values are then the folds'
            means.
    """

    step: str
    monitor: str
    mode: str
    epochs: Sequence[int]
    values: Mapping[str, Sequence[float | None]]
    best_epoch: int | None
    limit: int | None = None
    unit: str | None = None

    @property
    def scores(self) -> Sequence[float | None]:
        """The values of what was watched."""
        return self.values[self.monitor]

    @property
    def ending(self) -> str:
        """Why the training ended, in words; empty where nothing but its limit could end it."""
        if self.limit is None or not self.epochs:
            return ""
        last, best = self.epochs[-1], f"best epoch {self.best_epoch}"
        if last < self.limit:
            return f"converged after {last} epoch{'' if last == 1 else 's'}, {best}"
        return f"used all of its {last} epoch{'' if last == 1 else 's'}, {best}" + (
            ": more may help" if self.best_epoch == last else ""
        )

    def to_json(self) -> dict[str, Any]:
        """Returns one flat object: the values stand beside the other attributes."""
        flat = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        last = {name: flat.pop(name) for name in ("best_epoch", "limit", "unit")}
        values = flat.pop("values")
        return {
            **flat,
            **values,
            **{name: value for name, value in last.items() if name != "unit" or value is not None},
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> "LearningCurve":
        """Reads what `to_json` made; what is not another attribute are values."""
        own = {field.name for field in dataclasses.fields(cls)} - {"values"}
        values = {name: curve for name, curve in entry.items() if name not in own}
        return cls(values=values, **{name: entry[name] for name in own if name in entry})


def write(model_run: str, curve: LearningCurve) -> None:
    """Writes the curves of a training into its model run."""
    files.write_json(model_run, _HISTORY, curve.to_json())


def read(model_run: str) -> LearningCurve:
    """Returns the curves of a training."""
    return LearningCurve.from_json(files.read_json("model run", model_run, _HISTORY))


def trials_folder(folder: str) -> str:
    """Returns where a search keeps its curves and, in a folder per trial, TensorBoard's logs."""
    return os.path.join(folder, _TRIALS)


def write_trials(folder: str, curves: Sequence[LearningCurve]) -> None:
    """Writes the curves of all trials.

    Args:
        folder: The search's working folder, or its results.
        curves: One per trial.
    """
    files.write_json(trials_folder(folder), _TRIAL_HISTORIES, [curve.to_json() for curve in curves])


def read_trials(tuner_results: str) -> list[LearningCurve]:
    """Returns the curves of all trials of a search."""
    name = os.path.join(_TRIALS, _TRIAL_HISTORIES)
    return [LearningCurve.from_json(entry) for entry in files.read_json("tuner results", tuner_results, name)]
