"""A number: the value itself."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from modules.tasks.task import Task

if TYPE_CHECKING:
    from modules.base.settings import Label
    from modules.features.profile import LabelProfile
    from modules.tasks.target import Target


class Regression(Task):
    """The network learns the z-score of the label, or of its log."""

    name, tensor = "regression", "prediction"
    has_classes = False

    def meaning(self, classes: Sequence[str], label: str) -> str:
        """Returns what the number is."""
        return f"{label}, in the table's own unit"

    def learn(self, label: "Label", learnt: "LabelProfile") -> Mapping[str, Any]:
        """Returns the mean and the deviation that scale the label, and its range."""
        return {
            "mean": learnt.mean,
            "deviation": learnt.deviation,
            "log": label.log_scale,
            "lowest": learnt.low,
            "highest": learnt.high,
        }

    def encode_labels(self, raw: np.ndarray, classes: Sequence[str]) -> np.ndarray:
        """Returns the values; no class is read."""
        return raw.astype(np.float32)

    def from_logits(self, target: "Target", logits: np.ndarray) -> np.ndarray:
        """Returns the values in the label's unit, [n, 1]; within the training rows' where the log was learnt."""
        values = self.unscaled(target, logits)
        return np.clip(values, target.lowest, target.highest) if target.log else values

    def constant(self, target: "Target") -> np.ndarray:
        """Returns the mean of the training rows' labels, [1, 1]; where the log is learnt, that of their logs."""
        return self.from_logits(target, np.zeros((1, 1)))

    def constant_in_words(self, target: "Target") -> tuple[str, str | float]:
        """Returns that it is the mean, and the number."""
        return "mean of the training rows", float(self.constant(target)[0, 0])

    def unscaled(self, target: "Target", learnt: np.ndarray) -> np.ndarray:
        """Turns z-scores into values in the label's unit."""
        values = learnt * target.deviation + target.mean
        if not target.log:
            return values
        return np.sign(values) * np.expm1(np.minimum(np.abs(values), 700.0))  # beyond, float64 ends


REGRESSION = Regression()
