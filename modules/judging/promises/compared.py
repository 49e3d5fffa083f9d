"""The rows that promises are held against, with what each model predicts of them."""

import dataclasses
import functools
from collections.abc import Mapping, Sequence

import numpy as np

from modules import tasks
from modules.judging.statistics.resampling import Resampler
from modules.judging.tfma_results import Slice
from modules.tasks import decisions
from modules.tasks.measures import Measure


@dataclasses.dataclass(frozen=True, eq=False)
class ComparedRows:
    """Rows of one split, in one order.

    Attributes:
        task: The task's name.
        classes: Names of the classes, in order; none of a regression.
        labels: The number of the class, or the value, [n].
        weights: Weight of each row, float64 [n], if there are any.
        shipped: What the model that would ship predicts: the probability of each class, [n, classes], or the value,
            [n, 1].
        uncompressed: What the uncompressed student predicts, of the same shape.
        baseline: What the model that was blessed last predicts; without it no promise is held against it.
        rows_by_key: Row numbers by key of the slice, as `slices.rows_by_key` finds them for `scopes.slicings`.
        seed: The same seed gives the same intervals.
        threshold: The decision threshold of two classes; None takes the more probable one.
        baseline_threshold: That of the model that was blessed last, which has its own; None takes the same.
    """

    task: str
    classes: Sequence[str]
    labels: np.ndarray
    weights: np.ndarray | None
    shipped: np.ndarray
    uncompressed: np.ndarray
    baseline: np.ndarray | None
    rows_by_key: Mapping[Slice, np.ndarray]
    seed: int
    threshold: float | None = None
    baseline_threshold: float | None = None

    @property
    def kind(self) -> tasks.Task:
        """The task itself."""
        return tasks.named(self.task)

    @functools.cached_property
    def resampler(self) -> Resampler:
        """Draws rows anew, for what has no interval in closed form."""
        return Resampler(self.seed, len(self.labels))

    def weights_of(self, rows: np.ndarray) -> np.ndarray | None:
        """Returns the weights of some rows, if there are any."""
        return None if self.weights is None else self.weights[rows]

    def decisions(self, predictions: np.ndarray) -> np.ndarray:
        """Returns the class that each row is taken for, [n]: by the threshold, or the most probable of several."""
        return decisions.classes(predictions, self.threshold)

    def measure(self, metric: str) -> Measure:
        """Returns how a metric of the registry is measured at the threshold."""
        return tasks.METRICS[metric].measure(self.task, self.threshold)

    def positives(self, rows: np.ndarray) -> int | None:
        """Returns how many rows are of the positive class; None where the task has none."""
        return int((self.labels[rows] == 1).sum()) if self.kind.takes_positive_class else None
