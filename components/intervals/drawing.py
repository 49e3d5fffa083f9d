"""What the report draws of the test rows, by task."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from components.intervals import curves, residuals
from modules import tasks


def draw(
    task: str,
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    classes: Sequence[str],
    slices: Mapping[str, np.ndarray],
    threshold: float | None,
) -> dict[str, Any]:
    """Makes the figures of a task.

    Args:
        task: The task's name.
        labels: The number of the class, or the value, [n].
        predictions: The probability of each class, [n, classes], or the value, [n, 1].
        weights: Weight of each row, [n], if there are any.
        classes: Names of the classes, in order.
        slices: Numbers of the rows of each slice, by its name.
        threshold: The decision threshold, if the task has one.

    Returns:
        What `curves` or `residuals` make; of a binary task also `slices`, as `curves.by_slice` makes them.
    """
    return _FIGURES[tasks.named(task)](labels, predictions, weights, classes, slices, threshold)


def _binary(
    labels: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
    _: Any,
    slices: Mapping[str, np.ndarray],
    threshold: float,
) -> dict[str, Any]:
    scores = predictions[:, 1]
    drawn = curves.binary(labels, scores, weights, threshold)
    return drawn | {"slices": curves.by_slice(labels, scores, weights, slices, threshold)}


_FIGURES: dict[tasks.Task, Callable[..., dict[str, Any]]] = {
    tasks.BINARY: _binary,
    tasks.MULTICLASS: lambda labels, predictions, weights, classes, *_: curves.multiclass(
        labels, predictions, weights, classes
    ),
    tasks.REGRESSION: lambda labels, predictions, weights, *_: residuals.regression(labels, predictions[:, 0], weights),
}
