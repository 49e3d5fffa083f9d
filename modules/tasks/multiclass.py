"""Several classes: the probability of each."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from modules.tasks.classes import as_raw
from modules.tasks.task import Task

if TYPE_CHECKING:
    from modules.base.settings import Label
    from modules.features.profile import LabelProfile
    from modules.tasks.target import Target


class Multiclass(Task):
    """The network learns a logit for each class."""

    name, tensor = "multiclass", "probabilities"
    takes_each_class = True

    def outputs(self, classes: Sequence[str]) -> int:
        """Returns how many classes there are."""
        return len(classes)

    def rated(self, classes: Sequence[str]) -> list[tuple[int, str]]:
        """Returns every class, each against the rest."""
        return list(enumerate(classes))

    def meaning(self, classes: Sequence[str], label: str) -> str:
        """Returns that there is a probability for each class."""
        return "probability of each class"

    def learn(self, label: "Label", learnt: "LabelProfile") -> Mapping[str, Any]:
        """Returns the classes and their rows."""
        return {
            "classes": tuple(its.value for its in learnt.classes),
            "counts": tuple(its.rows for its in learnt.classes),
        }

    def encode_labels(self, raw: np.ndarray, classes: Sequence[str]) -> np.ndarray:
        """Returns the number of the class, -1 for one that is not among them."""
        numbers = np.full(raw.shape, -1.0, np.float32)
        for number, name in enumerate(classes):
            numbers[raw == as_raw(name, raw)] = number
        return numbers

    def from_logits(self, target: "Target", logits: np.ndarray) -> np.ndarray:
        """Returns the probabilities, [n, classes]."""
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        return shifted / shifted.sum(axis=1, keepdims=True)


MULTICLASS = Multiclass()
