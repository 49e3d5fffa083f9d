"""A trial: what it is given, and what comes of it. Both go from one process to another, and to the disk."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np


@dataclasses.dataclass(frozen=True)
class TrialTask:
    """What a trial is given: all that its result depends on besides the run's data and settings.

    Attributes:
        trial_id: Its number, with leading zeros.
        values: Its hyperparameters.
        first: The epoch that it starts from.
        last: The epoch that it is trained to at most.
        parent: The weights that it starts from; None for new ones.
        keeps_weights: Whether a later trial may start from the weights that it ends with.
        rows: The share of the training rows that it is trained on.
        best: The best score of the trials before, below which its forecast stops it; None where nothing does.
    """

    trial_id: str
    values: Mapping[str, Any]
    first: int
    last: int
    parent: Sequence[np.ndarray] | None = None
    keeps_weights: bool = False
    rows: float = 1.0
    best: float | None = None


@dataclasses.dataclass(frozen=True)
class TrialResult:
    """What comes of a trial.

    Attributes:
        score: What the oracle is told: the best epoch's.
        history: A value per epoch, by name, as `loop.fit` returns them.
        seconds: How long it took.
        weights: What it ended with; None where no later trial starts from them.
        logs: TensorBoard's files, by their names.
    """

    score: float
    history: Mapping[str, Sequence[float]]
    seconds: float
    weights: Sequence[np.ndarray] | None = None
    logs: Mapping[str, bytes] = dataclasses.field(default_factory=dict)


class CannotTrain(Exception):
    """No trial can be trained, whatever it is given: one error ends the search."""


class SearchEnded(BaseException):
    """The search ends, and with it the trials beside the one in which it was found out."""


# Told of each epoch that ends: how many the trial has had. What it raises ends the trial.
Tell = Callable[[int], None]
# Trains a trial.
Train = Callable[[TrialTask, Tell], TrialResult]


class Trainers(Protocol):
    """Who trains the trials.

    Attributes:
        at_once: How many are trained side by side.
    """

    at_once: int

    def train(self, task: TrialTask, tell: Tell) -> TrialResult:
        """Trains a trial; called from `at_once` threads."""
        ...

    def close(self) -> None:
        """Ends what is still being trained, and gives back what it took."""
        ...


class Threads:
    """The threads of this process.

    Args:
        train: Trains a trial.
        at_once: How many are trained side by side.
    """

    def __init__(self, train: Train, at_once: int) -> None:
        self._train = train
        self.at_once = at_once

    def train(self, task: TrialTask, tell: Tell) -> TrialResult:
        return self._train(task, tell)

    def close(self) -> None:
        """Threads end by themselves, at the end of an epoch."""
