"""Where the model is worst: slices of one and two columns, and a tree on its errors."""

from typing import Any

import numpy as np

from components.asked_model import AskedModel, Found
from components.debugger import all_columns
from modules.base import numerals, questions
from modules.debugging import error_tree, row_errors, weak_slices
from modules.debugging.findings import finding
from modules.debugging.row_errors import MeanError
from modules.debugging.weak_slices import WeakSlice, WeakSlices

# So many slices are findings of their own; the others are in the table.
_FINDINGS = 3
# With fewer training rows, more of them are what helps most.
_FEW_TRAINING_ROWS = 300


def find(asked: AskedModel, settings: questions.Debugger) -> Found:
    """Finds and confirms slices on the test rows, of the model's columns and of those that it does not read."""
    columns, rows = all_columns.of_test_rows(asked)
    threshold = asked.model.card.threshold
    test = asked.test
    errors = row_errors.of_rows(asked.target.kind, test.labels, asked.test_answers, test.weights, threshold)
    found = weak_slices.find(columns, rows, errors, asked.seed)
    if not found.tried:
        return None, f"The {len(errors):,} test rows are too few to be cut into slices."
    leaves = error_tree.grow(found.columns, rows, errors, found.finding, found.confirming, asked.seed)
    content = {
        "error": errors.title,
        "overall": found.overall.value,
        "rows": [len(found.finding), len(found.confirming)],
        "tried": found.tried,
        "columns": len(found.columns),
        "of_columns": len(columns),
        "not_confirmed": found.not_confirmed,
        "slices": [_as_json(asked, one) for one in found.slices],
        "tree": [{"slice": leaf.rule, "rows": leaf.rows, **_interval(leaf.error)} for leaf in leaves],
    }
    return {**content, "findings": _findings(content, found)}, ""


def _as_json(asked: AskedModel, one: WeakSlice) -> dict[str, Any]:
    return {
        "slice": one.text,
        "rows": one.rows,
        "found": one.found,
        **_interval(one.confirmed),
        "p_value": one.p_value,
        "training_rows": _training_rows(asked, one),
    }


def _training_rows(asked: AskedModel, one: WeakSlice) -> int | None:
    """Counts the training rows of a slice; None where it is of a column that the model does not read."""
    training = asked.training.rows
    if any(level.column.name not in training for level in one.levels):
        return None
    return int(np.all([level.holds(training[level.column.name]) for level in one.levels], axis=0).sum())


def _interval(error: MeanError) -> dict[str, float]:
    return {"error": error.value, "low": error.low, "high": error.high}


def _findings(content: dict[str, Any], found: WeakSlices) -> list[dict[str, Any]]:
    title, overall = content["error"], content["overall"]
    if not content["slices"]:
        what = f"None of {found.tried:,} slices of one and two columns is worse than the other rows beyond chance."
        return [finding("good", what, "Nothing; more test rows would show smaller differences.")]
    findings = []
    for one in content["slices"][:_FINDINGS]:
        interval = f"95 %: {numerals.interval(one['low'], one['high'], '.3g')}"
        what = f"{one['slice']}: {title} {one['error']:.3g} ({interval}), against {overall:.3g} overall."
        findings.append(finding("bad" if one["low"] > 2 * overall else "warning", what, _advice(one["training_rows"])))
    return findings


def _advice(training_rows: int | None) -> str:
    if training_rows is None:
        return (
            "The model does not read all of these columns: if they are known before the label is, let it read them; if "
            "not, they tell of the label itself."
        )
    if training_rows < _FEW_TRAINING_ROWS:
        return f"Only {training_rows:,} training rows are like these: collect more of them, or let a person decide."
    return (
        f"{training_rows:,} training rows are like these, so more rows alone will not help: add a column that tells "
        "them apart, check their labels, or let a person decide."
    )
