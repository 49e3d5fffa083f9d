"""What Transform learns of the label: its classes, or the mean and the spread of a regression's numbers."""

import collections

import numpy as np

from modules.base.settings import Label
from modules.features.logarithm import signed_log
from modules.features.moments import ExactMoments
from modules.features.profile import LabelProfile
from modules.features.vocabulary import Count
from modules.tasks import named, sort_classes


class LabelSummary:
    """Mergeable summary of labels, as text for classes and as numbers for a regression.

    Args:
        label: The section `label` of the config.
    """

    def __init__(self, label: Label) -> None:
        self._label = label
        self.classes: collections.Counter[bytes] = collections.Counter()
        self.moments = ExactMoments(1)
        self.range = np.array([np.inf, -np.inf])

    def add(self, labels: np.ndarray) -> None:
        """Adds a batch: texts of bytes, or float32, [batch, 1]."""
        if named(self._label.task).has_classes:
            self.classes.update(labels.ravel().tolist())
            return
        values = labels.ravel().astype(np.float64)
        if len(values):
            self.range = np.array([min(self.range[0], values.min()), max(self.range[1], values.max())])
        if self._label.log_scale:
            values = signed_log(values).astype(np.float32).astype(np.float64)
        column = values[:, np.newaxis]
        self.moments.add(column, np.zeros(column.shape, np.int64), np.ones(column.shape, bool))

    def merge(self, other: "LabelSummary") -> None:
        """Adds the rows of another summary."""
        self.classes.update(other.classes)
        self.moments.merge(other.moments)
        self.range = np.array([min(self.range[0], other.range[0]), max(self.range[1], other.range[1])])

    @property
    def rows(self) -> int:
        """How many numbers there were."""
        return int(self.moments.together[0, 0])

    def describe(self) -> tuple[np.ndarray, LabelProfile]:
        """Returns the constant of the preprocessing graph, and what the profile says of the label.

        Returns:
            The classes in order, bytes [1, classes]; or mean and inverse deviation, float32 [2].
        """
        if named(self._label.task).has_classes:
            names = sort_classes([name.decode("utf-8") for name in self.classes])
            counts = tuple(Count(name, self.classes[name.encode("utf-8")]) for name in names)
            constant = np.array([[name.encode("utf-8") for name in names]], dtype=object)
            return constant, LabelProfile(counts)
        means, squares = self.moments.describe([0])
        mean = float(means[0])
        deviation = float(np.sqrt(squares[0, 0] / max(self.rows, 1)))
        if deviation <= 1e-7 * max(abs(mean), 1e-30):
            deviation = 1.0
        low, high = (float(value) if np.isfinite(value) else 0.0 for value in self.range)
        return np.array([mean, 1.0 / deviation], np.float32), LabelProfile((), mean, deviation, low, high)
