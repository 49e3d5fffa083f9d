"""Rows as a metric sees them: labels, predictions, and weights; and how they fall at a threshold."""

import dataclasses
from typing import NamedTuple

import numpy as np

from modules.tasks import decisions


class Cells(NamedTuple):
    """A binary confusion matrix: weights of the rows in each cell, which add up to the weight of all rows."""

    tp: float
    tn: float
    fp: float
    fn: float


@dataclasses.dataclass(frozen=True)
class Scored:
    """Rows of one slice, with the predictions of one model.

    Attributes:
        labels: What a prediction is compared with: the number of a class, or a value, float64 [n].
        predictions: The probability of each class, float64 [n, classes], of two the negative one first; or the value,
            float64 [n, 1].
        weights: Weight of each row, float64 [n].
    """

    labels: np.ndarray
    predictions: np.ndarray
    weights: np.ndarray

    @property
    def scores(self) -> np.ndarray:
        """The probability of the positive class, of two; or the value. float64 [n]."""
        return self.predictions[:, -1]

    def cells(self, threshold: float) -> Cells:
        """Returns the confusion matrix; a row is predicted positive if its score lies above the threshold."""
        positive, predicted_positive = self.labels == 1, decisions.above(self.scores, threshold)
        tn, fp, fn, tp = np.bincount(2 * positive + predicted_positive, self.weights, 4)
        return Cells(float(tp), float(tn), float(fp), float(fn))

    def of_class(self, number: int) -> "Scored":
        """Returns one class against the rest, as rows of two classes."""
        score = self.predictions[:, number]
        return Scored((self.labels == number).astype(np.float64), np.stack([1 - score, score], axis=1), self.weights)
