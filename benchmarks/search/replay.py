"""A search of the product with a table in place of networks: its oracle, its rounds, its budget, its early stopping."""

import dataclasses
import tempfile
import warnings

import keras_tuner
import numpy as np

from benchmarks.search import regret
from benchmarks.search.table import SearchTable
from modules.training.tuning import strategies
from modules.training.tuning.teacher_tuner import TeacherTuner
from modules.training.tuning.trial import Tell, TrialResult, TrialTask

# Draws the seeds of the replays.
_SEED_OF_SEEDS = 17


@dataclasses.dataclass(frozen=True)
class ReplayedTrial:
    """A trial.

    Attributes:
        place: The row of its configuration.
        epochs: Epochs that it was trained for: of one that goes on from an earlier trial, those after it.
        score: Its best validation score in these epochs.
    """

    place: int
    epochs: int
    score: float


class TableTrainers:
    """Answers for the networks: a trial has the scores that its configuration has in the table.

    A trial that goes on from an earlier one has those of the epochs after it, as if the training had never paused.

    Args:
        table: The table.
        patience: Epochs without a better score that end a trial, as `Convergence` counts them.
    """

    at_once = 1

    def __init__(self, table: SearchTable, patience: int) -> None:
        self._table, self._patience = table, patience
        self.trials: dict[str, ReplayedTrial] = {}

    def train(self, task: TrialTask, tell: Tell) -> TrialResult:
        """Looks a trial up."""
        place = self._table.place(task.values)
        scores = self._table.trainings[0].validation[place, task.first : task.last]
        scores = scores[: trained_epochs(self._table.sign * scores, self._patience)]
        best = float((self._table.sign * scores).max() * self._table.sign)
        self.trials[task.trial_id] = ReplayedTrial(place, len(scores), best)
        weights: list[np.ndarray] = []
        return TrialResult(best, {self._table.monitor: scores.tolist()}, 0.0, weights if task.keeps_weights else None)

    def close(self) -> None:
        """Nothing was taken."""


def trained_epochs(gains: np.ndarray, patience: int) -> int:
    """Returns after how many epochs a training stops.

    Args:
        gains: The score of each epoch, the higher the better, float64 [epochs].
        patience: So many epochs in a row without a better score are the last ones.
    """
    best, waited = -np.inf, 0
    for number, gain in enumerate(gains, 1):
        waited = 0 if gain > best else waited + 1
        best = max(best, gain)
        if waited >= patience:
            return number
    return len(gains)


def search(table: SearchTable, strategy: str, seed: int, budget: int) -> list[ReplayedTrial]:
    """Runs a search; returns its trials in their order.

    Args:
        table: The table.
        strategy: Its name in the config.
        seed: The seed of the search; the table's trainings have their own.
        budget: Epochs that all trials may have together. Hyperband's brackets are run anew until they are spent.
    """
    settings = table.settings(strategy, max_epochs_total=budget, iterations=1 + budget // (4 * table.epochs))
    oracle, limits = strategies.make(keras_tuner.Objective(table.monitor, table.mode), settings, seed)
    oracle.verbose = 0
    trainers = TableTrainers(table, settings.patience)
    with tempfile.TemporaryDirectory(prefix="search-") as folder:
        TeacherTuner(oracle, settings, limits, folder, trainers, table.metric).search()
    return [trainers.trials[number] for number in sorted(trainers.trials)]


def choices(table: SearchTable, strategy: str, seed: int, budget: int) -> np.ndarray:
    """Returns what a search would choose after 0, 1, … epochs, as `regret.chosen` has it; the arguments are its own."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="sklearn.gaussian_process")  # a length at its bound is no news
        return regret.chosen(search(table, strategy, seed, budget), table.sign, budget)


def seeds(count: int) -> list[int]:
    """Returns the seeds of replays, far apart.

    KerasTuner draws each hyperparameter with the next whole number as its seed: searches with the seeds 1 and 6 try the
    same configurations of five hyperparameters, one trial apart, and are no two observations.
    """
    return [int(seed) for seed in np.random.default_rng(_SEED_OF_SEEDS).integers(2**31, size=count)]
