"""How far the metrics may be off, the curves behind them, and every class by itself."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from components.reporter.sources import Sources
from modules import tasks
from modules.contracts import intervals as contract
from modules.judging.statistics import wilson


def facts(sources: Sources) -> dict[str, Any]:
    """Returns `intervals`, `curves` and, of several classes, `per_class`; none of them if the run did not get there."""
    curves = sources.read("intervals", contract.read_curves)
    part: dict[str, Any] = {}
    if sources.intervals:
        part["intervals"] = sources.intervals.to_json()
    if curves:
        part["curves"] = curves
        if tasks.named(curves["task"]).takes_each_class:
            part["per_class"] = per_class(curves)
    return part


def per_class(curves: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Measures each class, where a row is taken as the class that is most probable.

    Args:
        curves: As `intervals.curves.multiclass` makes them.

    Returns:
        For each class `class`, `rows` (that are of it), `predicted` (as it), `correct` (both), `precision` and
        `recall`, each with `value`, `low`, `high` (Wilson's interval; None where rows have weights), and `auc` against
        the rest. All are None where there is nothing to take them over.
    """
    counts = np.array(curves["confusion"], np.float64)
    classes = []
    for number, name in enumerate(curves["classes"]):
        rows, predicted, correct = counts[number].sum(), counts[:, number].sum(), counts[number, number]
        roc = curves["roc"].get(name)
        classes.append(
            {
                "class": name,
                "rows": float(rows),
                "predicted": float(predicted),
                "correct": float(correct),
                "precision": _share(correct, predicted, curves["weighted"]),
                "recall": _share(correct, rows, curves["weighted"]),
                "auc": roc["auc"] if roc else None,
            }
        )
    return classes


def _share(part: float, whole: float, weighted: bool) -> dict[str, float | None]:
    if not whole:
        return {"value": None, "low": None, "high": None}
    low, high = (None, None) if weighted else wilson.interval(part, whole)
    return {"value": float(part / whole), "low": low, "high": high}
