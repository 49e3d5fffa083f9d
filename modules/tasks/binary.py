"""Two classes: the probability of the positive one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from modules.tasks.classes import as_raw
from modules.tasks.decisions import DEFAULT_THRESHOLD
from modules.tasks.task import Task

if TYPE_CHECKING:
    from modules.base.settings import Label
    from modules.features.profile import LabelProfile
    from modules.tasks.target import Target


class Binary(Task):
    """The network learns one logit; every label but the positive class is negative."""

    name, tensor = "binary", "probability"
    takes_positive_class = True
    default_threshold = DEFAULT_THRESHOLD

    def rated(self, classes: Sequence[str]) -> list[tuple[int, str]]:
        """Returns the positive class."""
        return [(1, "")]

    def meaning(self, classes: Sequence[str], label: str) -> str:
        """Returns whose probability the output is."""
        return f"probability of {classes[-1]!r}" if classes else ""

    def learn(self, label: "Label", learnt: "LabelProfile") -> Mapping[str, Any]:
        """Returns the classes, the negative one first, and their rows."""
        positive = str(label.positive_class)
        others = [its.value for its in learnt.classes if its.value != positive]
        positives = sum(its.rows for its in learnt.classes if its.value == positive)
        negatives = sum(its.rows for its in learnt.classes) - positives
        negative = others[0] if len(others) == 1 else f"not {positive}"
        return {"classes": (negative, positive), "counts": (negatives, positives)}

    def encode_labels(self, raw: np.ndarray, classes: Sequence[str]) -> np.ndarray:
        """Returns 1 for the positive class and 0 for any other."""
        return (raw == as_raw(classes[1], raw)).astype(np.float32)

    def from_logits(self, target: "Target", logits: np.ndarray) -> np.ndarray:
        """Returns the probabilities of both classes, [n, 2], the negative one first."""
        positive = 0.5 * (1.0 + np.tanh(0.5 * logits))
        return np.concatenate([1.0 - positive, positive], axis=1)


BINARY = Binary()
