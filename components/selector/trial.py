"""Holding one form against gates and promises on the validation rows, at a threshold of its own. Knows no TFX."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np

from components.selector.shortfalls import Shortfall, of_decisions, of_gates
from modules import tasks
from modules.base.promises import Promises
from modules.base.settings import Evaluation
from modules.contracts.predictions import PredictedRows
from modules.judging.choosing_threshold import ChosenThreshold, ValidationScores, choose
from modules.judging.promises import ComparedRows, decide
from modules.judging.tfma_results import Slice
from modules.tasks import Target


@dataclasses.dataclass(frozen=True, eq=False)
class ValidationRows:
    """The validation rows, and what is promised of them.

    Attributes:
        target: What the model answers.
        predicted: The rows, with what every model predicts of them.
        rows_by_key: Row numbers by key of the slices that the promises are about.
        groups: Of equal opportunity, row numbers of the groups that are large enough, by name.
        evaluation: The section `evaluation`.
        promises: The section `promises`.
        seed: The same seed gives the same intervals.
    """

    target: Target
    predicted: PredictedRows
    rows_by_key: Mapping[Slice, np.ndarray]
    groups: Mapping[str, np.ndarray]
    evaluation: Evaluation
    promises: Promises
    seed: int


@dataclasses.dataclass(frozen=True)
class Trial:
    """What came of a form.

    Attributes:
        threshold: Its decision threshold; None where the task has no positive class.
        metrics: The task's metrics that have a value, by name.
        shortfalls: The gates and promises that it does not keep.
        undecided: How many promises the rows are too few for.
    """

    threshold: ChosenThreshold | None
    metrics: Mapping[str, float]
    shortfalls: list[Shortfall]
    undecided: int


def try_out(rung: str, rows: ValidationRows, figures: Mapping[str, float | None]) -> Trial:
    """Holds a form against all that it has to keep; what it may lose against the best form is not among that.

    Args:
        rung: The form's name on the ladder.
        rows: The validation rows.
        figures: What it takes of a device, by what the limits are named after.
    """
    kind, predicted = rows.target.kind, rows.predicted
    answers, labels, weights = predicted.by_rung[rung], predicted.labels, predicted.weights
    threshold = None
    if kind.takes_positive_class:
        scores = ValidationScores(labels == 1, answers[:, 1], weights, rows.groups)
        threshold = choose(rows.evaluation.threshold, scores)
    at = None if threshold is None else threshold.value
    measured = {
        name: tasks.METRICS[name].measure(kind.name, at)(labels, answers, weights)
        for name in dict.fromkeys((*kind.ladder, *kind.gates))
    }
    metrics = {name: float(value) for name, value in measured.items() if not math.isnan(value)}
    compared = ComparedRows(
        kind.name,
        rows.target.classes,
        labels,
        weights,
        shipped=answers,
        uncompressed=predicted.by_rung["student"],
        baseline=None,
        rows_by_key=rows.rows_by_key,
        seed=rows.seed,
        threshold=at,
    )
    decided = decide(rows.promises, compared, figures)
    shortfalls = [*of_gates(rows.evaluation.gates.given, metrics), *of_decisions(decided)]
    return Trial(threshold, metrics, shortfalls, sum(one.state == "undecided" for one in decided))
