"""How sure a model's first metric is, and how it fares against the uncompressed student. Knows no TFX."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from modules import tasks
from modules.contracts.predictions import PredictedRows
from modules.judging.estimates import measures
from modules.judging.promises import paired
from modules.judging.statistics.resampling import Resampler
from modules.tasks import decisions

_UNCOMPRESSED = "student"


def compared(
    form: str,
    task: str,
    classes: Sequence[str],
    predicted: PredictedRows,
    resampler: Resampler,
    threshold: float | None = None,
) -> dict[str, Any]:
    """Compares a model.

    Args:
        form: Its name on the ladder.
        task: `binary`, `multiclass` or `regression`.
        classes: Names of the classes, in order.
        predicted: The test rows, and what it and the student predict of them.
        resampler: Draws the replicates, the same ones for all models.
        threshold: The decision threshold of the model that would ship; None is the default one, if the task has any.

    Returns:
        The attributes of a `Rung` that this is about.
    """
    kind = tasks.named(task)
    at = kind.default_threshold if threshold is None else threshold
    measure = tasks.METRICS[tasks.LADDER[task][0]].measure(task, at)
    labels, weights = predicted.labels, predicted.weights
    answers, student = (predicted.by_rung[name].astype(np.float64) for name in (form, _UNCOMPRESSED))
    interval = measures.metric(measure, labels, answers, weights, list(classes), resampler)
    found = {"low": interval["low"], "high": interval["high"]}
    if form == _UNCOMPRESSED:
        return found
    gain = paired.difference((measure, measure), labels, answers, student, weights, resampler)
    found |= {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}
    if kind.has_classes:
        same = decisions.classes(answers, at) == decisions.classes(student, at)
        found["same_decisions"] = float(np.average(same, weights=weights))
    return found
