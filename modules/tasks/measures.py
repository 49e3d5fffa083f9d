"""How a metric is measured: functions of labels, predictions and weights, of three shapes.

A metric is the share of rows that have something, the area under a curve, or a function of sums over rows. The shape
is what a resampling needs to know: `modules/judging/estimates` has one method for each.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from modules.tasks import areas, confusion, decisions

_LEAST_PROBABILITY = 1e-7


class Measure(Protocol):
    """A metric as a function of rows."""

    def __call__(self, labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
        """Measures rows.

        Args:
            labels: Number of the class, or the value, [n].
            predictions: Probability of each class, [n, classes], of two the negative one first; or the value, [n, 1].
            weights: Weight of each row, [n]; None weighs all rows equally.

        Returns:
            The metric; NaN where the rows do not define it.
        """
        ...

    def at(self, threshold: float | None) -> "Measure":
        """Returns the metric at another decision threshold; itself where it depends on none, or None is given."""
        ...


def _counted(rows: int, weights: np.ndarray | None) -> np.ndarray:
    return np.ones(rows) if weights is None else np.asarray(weights, np.float64)


@dataclasses.dataclass(frozen=True)
class Share:
    """The share of the rows that have something, among all rows or some of them.

    Attributes:
        rows: Returns which rows have it and which rows it is over, bool [n] each, from labels and predictions.
        moved: Returns the measure at another decision threshold; None where there is no such thing.
    """

    rows: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
    moved: Callable[[float], "Share"] | None = None

    def at(self, threshold: float | None) -> "Share":
        """Returns the share at another decision threshold; itself where it depends on none, or None is given."""
        return self if self.moved is None or threshold is None else self.moved(threshold)

    def __call__(self, labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
        """Returns the share, in [0, 1]; NaN where there are no rows to take it over."""
        having, among = self.rows(labels, predictions)
        counted = _counted(len(labels), weights)
        whole = float((counted * among).sum())
        return float((counted * (having & among)).sum()) / whole if whole > 0 else float("nan")


@dataclasses.dataclass(frozen=True)
class Area:
    """The area under a curve of the positive class, or its mean over each class against the rest.

    Attributes:
        under: Returns the area from the weights of positives and negatives by score; see `areas`.
        of_each_class: Whether it is the mean over all classes; one without any row, or with all rows, does not count.
    """

    under: Callable[[np.ndarray, np.ndarray], np.ndarray]
    of_each_class: bool = False

    def at(self, threshold: float | None) -> "Area":
        """Returns itself: an area is over all thresholds."""
        return self

    def __call__(self, labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
        """Returns the exact area, ties being half; NaN if the rows of one class alone count."""
        classes = range(predictions.shape[1]) if self.of_each_class else [1]
        by_class = [
            float(self.under(*areas.weights_by_score(predictions[:, number], labels == number, weights)))
            for number in classes
        ]
        defined = [area for area in by_class if not np.isnan(area)]
        return float(np.mean(defined)) if defined else float("nan")


@dataclasses.dataclass(frozen=True)
class Sums:
    """A function of a few weighted sums over rows.

    Attributes:
        columns: Returns what is summed, a few arrays of [n], from labels and predictions (float64) and weights.
        combine: Returns the metric from the sums, each a number or an array of replicates.
    """

    columns: Callable[[np.ndarray, np.ndarray, np.ndarray], Sequence[np.ndarray]]
    combine: Callable[..., np.ndarray]

    def at(self, threshold: float | None) -> "Sums":
        """Returns itself: nothing is decided."""
        return self

    def summands(self, labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        """Returns what each row adds to the sums, float64 [sums, n]."""
        counted = _counted(len(labels), weights)
        columns = self.columns(np.asarray(labels, np.float64), np.asarray(predictions, np.float64), counted)
        return counted * np.stack(columns)

    def __call__(self, labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
        """Returns the metric; NaN where the rows weigh nothing or do not define it."""
        if _counted(len(labels), weights).sum() <= 0:
            return float("nan")
        return float(self.combine(*self.summands(labels, predictions, weights).sum(axis=1)))


def _ratio(weight: np.ndarray, total: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / weight


def _root_of_ratio(weight: np.ndarray, total: np.ndarray) -> np.ndarray:
    return np.sqrt(_ratio(weight, total))


def _determination(weight: np.ndarray, deviation: np.ndarray, squared: np.ndarray, error: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = squared - deviation**2 / weight
        return np.where(spread > 1e-12 * squared, 1 - error / spread, np.nan)


def _squares(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> Sequence[np.ndarray]:
    # Deviations from the mean, and not the labels themselves, whose squares would cancel.
    deviation = labels - np.average(labels, weights=weights)
    return [np.ones(len(labels)), deviation, deviation**2, (labels - predictions[:, 0]) ** 2]


def _squared_errors(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> Sequence[np.ndarray]:
    return [np.ones(len(labels)), (labels - predictions[:, 0]) ** 2]


def _absolute_errors(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> Sequence[np.ndarray]:
    return [np.ones(len(labels)), np.abs(labels - predictions[:, 0])]


def _surprise(labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> Sequence[np.ndarray]:
    of_label = predictions[np.arange(len(labels)), labels.astype(int)]
    return [np.ones(len(labels)), -np.log(np.maximum(of_label, _LEAST_PROBABILITY))]


def _most_probable(labels: np.ndarray, predictions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return predictions.argmax(axis=1) == labels, np.ones(len(labels), bool)


def share_of_cells(
    cells: tuple[tuple[str, ...], tuple[str, ...]], threshold: float = decisions.DEFAULT_THRESHOLD
) -> Share:
    """Returns a measure of two classes: a share of the confusion matrix.

    Args:
        cells: The cells, and those that they are taken over: names as in `confusion.RATES`.
        threshold: The decision threshold; see `decisions`.
    """

    def rows(labels: np.ndarray, predictions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return confusion.rows_of(cells, labels == 1, decisions.above(predictions[:, 1], threshold))

    return Share(rows, lambda other: share_of_cells(cells, other))


def top(count: int) -> Share:
    """Returns the measure of how often the label is among the most probable classes; ties with the last are among them.

    Args:
        count: How many classes.
    """

    def rows(labels: np.ndarray, predictions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        known = (labels >= 0) & (labels < predictions.shape[1])
        places = np.where(known, labels, 0).astype(np.int64)
        of_label = np.take_along_axis(predictions, places[:, None], axis=1)
        return known & ((predictions > of_label).sum(axis=1) < count), np.ones(len(labels), bool)

    return Share(rows)


# Of two classes, the area under the curve of class 1; the average precision has no interpolation.
auc, auc_pr = Area(areas.roc_area), Area(areas.average_precision)
# Of several classes, the mean over each against the rest.
mean_auc = Area(areas.roc_area, of_each_class=True)
# The share of the rows that are taken for their class: of several classes the most probable one.
accuracy, accuracy_of_classes = share_of_cells(confusion.ACCURACY), Share(_most_probable)
# The mean cross-entropy, in nats; a probability counts as at least 1e-7.
log_loss = Sums(_surprise, _ratio)
# The coefficient of determination: 1 less the squared error over the labels' squared deviation.
r2 = Sums(_squares, _determination)
# The root of the mean squared error, and the mean absolute error, in the label's unit.
rmse, mae = Sums(_squared_errors, _root_of_ratio), Sums(_absolute_errors, _ratio)
