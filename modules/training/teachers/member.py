"""What the members of a teacher that is trained by folds have in common, whatever kind they are."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from modules.base.settings import Trainer
from modules.training.inputs import Rows
from modules.training.training_run import TrainingRun


@dataclasses.dataclass(frozen=True)
class Lesson:
    """What one model is trained on.

    Attributes:
        run: The run.
        settings: The section `trainer` of the config.
        hyperparameters: The best ones of the search, for a network.
        rows: The training rows of all folds but one.
        held: Those of the other one, on which it is watched and never trained.
        seed: The seed of this model.
    """

    run: TrainingRun
    settings: Trainer
    hyperparameters: Mapping[str, Any]
    rows: Rows
    held: Rows
    seed: int


class FoldModel(Protocol):
    """A trained model."""

    def logits(self, rows: Rows) -> np.ndarray:
        """Returns its logits, or a regression's scaled values, float32 [n, outputs]."""
        ...

    def to_bytes(self) -> bytes:
        """Returns the content of its file, from which its kind loads it again."""
        ...


class Learnt(Protocol):
    """A training that is over, and can be cut to any length up to where it went: so many trees, or epochs."""

    @property
    def best(self) -> int:
        """The length with the best score of the rows held out, from 1."""
        ...

    @property
    def curves(self) -> Mapping[str, Sequence[float]]:
        """One value per length, by name: `loss`, `val_loss`, …; that of the rows held out among them."""
        ...

    def cut(self, length: int) -> FoldModel:
        """Returns the model of that length, or of the longest there is."""
        ...


class Kind(Protocol):
    """What a file of one kind of members has."""

    @property
    def UNIT(self) -> str:
        """What its length is counted in."""
        ...

    def describe(self, run: TrainingRun) -> dict[str, Any]:
        """Returns what its models have in common, as a JSON object."""
        ...

    def learn(self, lesson: Lesson) -> Learnt:
        """Trains a model."""
        ...

    def load(self, description: Mapping[str, Any], content: bytes) -> FoldModel:
        """Loads a model from what `describe` and `to_bytes` returned."""
        ...
