"""A teacher of one or several members, each of which was trained once per fold."""

from collections.abc import Sequence

import numpy as np

from modules.contracts import folded_teacher
from modules.training.inputs import Rows
from modules.training.teachers.boosted_trees import TreesModel
from modules.training.teachers.folds import folds_of
from modules.training.teachers.kinds import KINDS
from modules.training.teachers.member import FoldModel


class FoldedTeacher:
    """Labels a training row by the models that have not seen it, and any other row by the mean of all.

    Boosted trees remember the rows that they were grown on: what they say of these is nearly the label, and teaches a
    student little that the label does not.

    Args:
        members: Of each member its models, one per fold: that of fold i was trained on the rows of the others.
        seed: What the training rows were dealt to the folds by.
    """

    def __init__(self, members: Sequence[Sequence[FoldModel]], seed: int) -> None:
        self._members, self._seed = members, seed

    @classmethod
    def load(cls, directory: str) -> "FoldedTeacher":
        """Loads the teacher in a directory."""
        saved = folded_teacher.read(directory)
        return cls(
            [
                [KINDS[member.kind].load(member.description, content) for content in member.models]
                for member in saved.members
            ],
            saved.seed,
        )

    def logits(self, rows: Rows) -> np.ndarray:
        return self._mean([model for models in self._members for model in models], rows)

    def training_logits(self, rows: Rows, first: int) -> np.ndarray:
        return self._by_fold(rows, folds_of(first, len(next(iter(rows.values()))), self._folds, self._seed))

    def held_out_logits(self, rows: Rows, numbers: np.ndarray) -> np.ndarray:
        """Returns the same of any training rows, in any order, by their numbers in the files, int64 [n]."""
        fold_of = folds_of(0, int(numbers.max(initial=-1)) + 1, self._folds, self._seed)
        return self._by_fold(rows, fold_of[numbers])

    @property
    def trees(self) -> list[TreesModel]:
        """Those of its models that are boosted trees."""
        return [model for models in self._members for model in models if isinstance(model, TreesModel)]

    @property
    def _folds(self) -> int:
        return len(self._members[0])

    def _by_fold(self, rows: Rows, fold_of: np.ndarray) -> np.ndarray:
        parts, numbers = [], []
        for fold in range(self._folds):
            chosen = np.flatnonzero(fold_of == fold)
            if len(chosen):
                of_fold = {name: values[chosen] for name, values in rows.items()}
                parts.append(self._mean([models[fold] for models in self._members], of_fold))
                numbers.append(chosen)
        return np.concatenate(parts)[np.concatenate(numbers).argsort()]

    @staticmethod
    def _mean(models: Sequence[FoldModel], rows: Rows) -> np.ndarray:
        """Returns the mean of the logits, float32 [n, outputs]."""
        return np.mean([model.logits(rows).astype(np.float64) for model in models], axis=0).astype(np.float32)
