"""What a model that reads no column scores: the figure that every other one has to be held against."""

import math

import numpy as np

from modules import tasks
from modules.contracts.intervals import Reference


def reference(target: tasks.Target, labels: np.ndarray, weights: np.ndarray | None) -> Reference:
    """Measures the same answer to every row, learnt from the labels of the training rows alone.

    Args:
        target: What was learnt of the label.
        labels: The number of the class, or the value, of the test rows, [n].
        weights: Weight of each row, [n], if there are any.

    Returns:
        The answer, and what `tasks.GATES` and `tasks.LADDER` name for the task. An area under the ROC curve is 1/2, an
        average precision the share of the positive class, R² at most 0. The most
        frequent class is what it is, so that no other decision threshold than the default one applies.
    """
    name, answer = target.kind.constant_in_words(target)
    predictions = np.repeat(target.kind.constant(target), len(labels), axis=0)
    measured = {
        metric: tasks.METRICS[metric].measure(target.task)(labels, predictions, weights)
        for metric in dict.fromkeys((*target.kind.gates, *target.kind.ladder))
    }
    return Reference(name, answer, {key: None if math.isnan(value) else value for key, value in measured.items()})
