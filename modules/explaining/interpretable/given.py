"""What an interpretable model learns from, and what it is once it has learnt."""

import dataclasses
import functools
from collections.abc import Callable, Mapping

import numpy as np

from modules.base.questions import Direction
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import Rows
from modules.explaining.row_set import RowSet
from modules.features.logarithm import signed_log
from modules.tasks import Target

_LEAST_WEIGHT = 1e-6


@dataclasses.dataclass(frozen=True, eq=False)
class Given:
    """Training rows, and what is to be learnt of them.

    Attributes:
        plain: How rows become matrices.
        training: The rows; the class of each is known.
        target: What is to be answered.
        monotone: Columns with which the answer may only rise, or only fall.
        seed: Fixes what is drawn.
    """

    plain: PlainColumns
    training: RowSet
    target: Target
    monotone: Mapping[str, Direction]
    seed: int

    @functools.cached_property
    def wide(self) -> np.ndarray:
        """The rows with scaled numbers and a place for each category, float64 [n, width]."""
        return self.plain.wide(self.training.rows)

    @functools.cached_property
    def wanted(self) -> np.ndarray:
        """What is learnt, float64 [n, outputs]: 1 for the class and 0 for others, or the z-score of the value."""
        labels = self.training.labels.astype(np.float64)
        if not self.target.kind.has_classes:
            values = signed_log(labels) if self.target.log else labels
            return ((values - self.target.mean) / self.target.deviation)[:, None]
        classes = np.arange(len(self.target.classes))[-self.target.outputs :]
        return (labels[:, None] == classes).astype(np.float64)

    @functools.cached_property
    def weights(self) -> np.ndarray:
        """What each row counts, float64 [n]; 1 in the mean, and next to nothing instead of 0, which not all take."""
        weights = self.training.weights
        if weights is None or weights.sum() <= 0:
            return np.ones(len(self.training))
        return np.maximum(weights / weights.mean(), _LEAST_WEIGHT)

    @property
    def signs(self) -> Mapping[str, int]:
        """1 for a column with which the answer may only rise, -1 for one with which it may only fall.

        Empty of several classes: more of one is less of another.
        """
        if self.target.outputs > 1:
            return {}
        return {name: 1 if direction == "rises" else -1 for name, direction in self.monotone.items()}

    def sample(self, most: int) -> "Given":
        """Returns the same with fewer rows."""
        return dataclasses.replace(self, training=self.training.sample(most, self.seed))


@dataclasses.dataclass(frozen=True, eq=False)
class Readable:
    """A model that has learnt.

    Attributes:
        answer: From raw rows to the probability of each class, float64 [n, classes], or to the value, [n, 1].
        numbers: How many numbers have to be stored to answer.
        holds: What it consists of, for people.
        rows: How many rows it learnt from.
    """

    answer: Callable[[Rows], np.ndarray]
    numbers: int
    holds: str
    rows: int


def mean_response(target: Target, learnt: np.ndarray) -> np.ndarray:
    """Turns logits into what `Given.wanted` has, [n, outputs] both; z-scores stay."""
    return target.kind.from_logits(target, learnt)[:, -target.outputs :] if target.kind.has_classes else learnt


def as_answers(target: Target, response: np.ndarray) -> np.ndarray:
    """Turns estimates of `Given.wanted`, [n, outputs], into answers, [n, classes] or [n, 1]."""
    if not target.kind.has_classes:
        return target.kind.from_logits(target, response)
    return response if target.outputs > 1 else np.concatenate([1.0 - response, response], axis=1)


def of_scikit_learn(target: Target, model: object, matrix: np.ndarray) -> np.ndarray:
    """Asks a classifier that learnt class numbers, or a regressor that learnt z-scores.

    Args:
        target: What is answered.
        model: The estimator.
        matrix: What it takes, [n, width].

    Returns:
        As `Readable.answer`; a class that it has never seen has the probability 0.
    """
    if not target.kind.has_classes:
        return target.kind.from_logits(target, np.asarray(model.predict(matrix))[:, None])  # type: ignore[attr-defined]
    shares = np.zeros((len(matrix), len(target.classes)))
    shares[:, model.classes_] = model.predict_proba(matrix)  # type: ignore[attr-defined]
    return shares


def learnt_labels(given: Given) -> np.ndarray:
    """Returns what an estimator of scikit-learn is fitted to: class numbers, int64 [n], or z-scores, float64 [n]."""
    return given.training.labels.astype(np.int64) if given.target.kind.has_classes else given.wanted[:, 0]
