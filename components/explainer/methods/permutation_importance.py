"""What the model loses, in the task's first metric, when a column is shuffled."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from components.asked_model import AskedModel, Found
from modules import tasks
from modules.base import questions
from modules.explaining import association
from modules.explaining.association import Association
from modules.explaining.permutation_importance import REPEATS, Importance, Loss, Shuffler
from modules.explaining.row_set import RowSet

# So many cells are asked at most, of both splits and all columns: some five seconds.
_CELLS = 50_000_000
_LEAST_REPEATS = 3
_UNDEFINED = "The rows that were drawn define no metric of the task: of one split there are too few."


def find(asked: AskedModel, settings: questions.Explainer) -> Found:
    """Shuffles columns of the test rows and of the training rows, one by one and in groups of those that tell the same.

    Args:
        asked: The model.
        settings: Not read: rows and seconds are in `asked`.
    """
    names = asked.strongest
    pairs = association.associations(asked.plain, asked.training.sample(asked.rows, asked.seed).rows, names)
    groups = association.groups(names, pairs)
    units = [[name] for name in names] + groups
    repeats, rows = _affordable(asked, len(units))
    metric = next(_measured(asked, rows, repeats), None)
    if metric is None:
        return None, _UNDEFINED
    shufflers = metric[1]
    found: list[dict[str, Any]] = []
    for unit in units:
        if asked.clock.over:
            break
        found.append({"columns": unit} | {split: _json(its.importance(unit)) for split, its in shufflers.items()})
    if not found:
        return None, asked.clock.left_out
    sign = 1 if tasks.METRICS[metric[0]].higher_is_better else -1
    content = {
        "metric": metric[0],
        "values": {split: _short(-sign * its.loss) for split, its in shufflers.items()},
        "rows": {split: len(drawn) for split, drawn in rows.items()},
        "repeats": repeats,
        "importances": sorted(found, key=lambda one: -one["test"]["value"]),
        "groups": [{"columns": members, "pairs": _within(members, pairs)} for members in groups],
        "limit": association.LIMIT,
        "columns": len(asked.function.columns),
    }
    note = asked.clock.stopped(len(found), len(units), "columns") if len(found) < len(units) else ""
    return content, note


def _affordable(asked: AskedModel, units: int) -> tuple[int, dict[str, RowSet]]:
    """Returns how often each column is shuffled, and the rows of both splits: fewer where there are many columns."""
    most = max(1, _CELLS // len(asked.function.columns) // (units + 1))
    splits = {"test": asked.test, "training": asked.training}
    wanted = sum(min(asked.rows, len(rows)) for rows in splits.values())
    repeats = int(np.clip(most // wanted, _LEAST_REPEATS, REPEATS))
    drawn = min(asked.rows, most // repeats // len(splits))
    return repeats, {split: rows.sample(drawn, asked.seed) for split, rows in splits.items()}


def _measured(asked: AskedModel, rows: dict[str, RowSet], repeats: int) -> Iterator[tuple[str, dict[str, Shuffler]]]:
    """Yields the metrics of the task that the rows of both splits define, the first one first."""
    for name in asked.target.kind.ladder:
        loss = _loss(asked, name)
        shufflers = {split: Shuffler(asked.function, drawn, loss, asked.seed, repeats) for split, drawn in rows.items()}
        if not any(np.isnan(its.loss) for its in shufflers.values()):
            yield name, shufflers


def _loss(asked: AskedModel, metric: str) -> Loss:
    measure = tasks.METRICS[metric].measure(asked.target.task, asked.model.card.threshold)
    sign = -1.0 if tasks.METRICS[metric].higher_is_better else 1.0

    def loss(labels: np.ndarray, answers: np.ndarray, weights: np.ndarray | None) -> float:
        return sign * measure(labels, asked.as_measured(answers), weights)

    return loss


def _within(members: Sequence[str], pairs: Sequence[Association]) -> list[dict[str, Any]]:
    return [
        dataclasses.asdict(pair) | {"value": _short(pair.value)}
        for pair in pairs
        if pair.first in members and pair.second in members
    ]


def _json(importance: Importance) -> dict[str, float]:
    return {name: _short(value) for name, value in dataclasses.asdict(importance).items()}


def _short(value: float) -> float:
    return float(f"{value:.6g}")
