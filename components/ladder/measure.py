"""Measuring one .tflite file: quality, size, what it takes of a device. Knows no TFX."""

import numpy as np

from modules import tasks
from modules.contracts.ladder import Rung
from modules.contracts.predictions import PredictedRows
from modules.tasks import calibration, decisions
from modules.tflite import device


def measure(
    form: str,
    sparsity: float,
    task: str,
    predicted: PredictedRows,
    figures: device.DeviceFigures,
    threshold: float | None = None,
) -> Rung:
    """Measures a model.

    Args:
        form: Its name on the ladder.
        sparsity: Share of the kernels' weights that are zero.
        task: `binary`, `multiclass` or `regression`.
        predicted: The test rows, and what it predicts of them.
        figures: What it takes of a device.
        threshold: The decision threshold of the model that would ship; None is the default one, if the task has any.

    Returns:
        The rung: the metrics that `tasks.LADDER` names for the task, and the figures.
    """
    answers, labels, weights = predicted.by_rung[form], predicted.labels, predicted.weights
    reference = predicted.reference.get(form)
    return Rung(
        form,
        metrics={
            name: tasks.METRICS[name].measure(task, threshold)(labels, answers, weights) for name in tasks.LADDER[task]
        },
        calibration=calibration.calibration(labels, answers, weights),
        sparsity=sparsity,
        **vars(figures),
        kernel_difference=None if reference is None else device.kernel_difference(answers, reference),
        kernel_changed_decisions=None
        if reference is None
        else _changed(tasks.named(task), answers, reference, threshold),
    )


def _changed(task: tasks.Task, answers: np.ndarray, reference: np.ndarray, threshold: float | None) -> float | None:
    """Returns the share of rows that the reference kernels decide otherwise; None where nothing is decided."""
    if not task.has_classes:
        return None
    at = task.default_threshold if threshold is None else threshold
    return device.changed_decisions(*(decisions.classes(of, at) for of in (answers, reference)))
