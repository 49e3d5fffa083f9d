"""What the report draws of the test rows, by task."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from components.intervals import curves, residuals
from modules import tasks


def draw(
    task: str, labels: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None, classes: Sequence[str]
) -> dict[str, Any]:
    """Makes the figures of a task.

    Args:
        task: The task's name.
        labels: The number of the class, or the value, [n].
        predictions: The probability of each class, [n, classes], or the value, [n, 1].
        weights: Weight of each row, [n], if there are any.
        classes: Names of the classes, in order.

    Returns:
        What `curves` or `residuals` make.
    """
    return _FIGURES[tasks.named(task)](labels, predictions, weights, classes)


_FIGURES: dict[tasks.Task, Callable[..., dict[str, Any]]] = {
    tasks.BINARY: lambda labels, predictions, weights, _: curves.binary(labels, predictions[:, 1], weights),
    tasks.MULTICLASS: curves.multiclass,
    tasks.REGRESSION: lambda labels, predictions, weights, _: residuals.regression(labels, predictions[:, 0], weights),
}
