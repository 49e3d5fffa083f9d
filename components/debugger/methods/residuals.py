"""Residuals: against the prediction, every column and time; calibration by slice."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from components.asked_model import AskedModel, Found
from components.debugger import all_columns
from components.debugger.methods import residual_findings
from modules.base import questions
from modules.debugging import levels, residuals
from modules.debugging.residuals import LevelMean, Residuals, Structure
from modules.explaining import raw_function
from modules.explaining.raw_function import RawColumn, Rows
from modules.judging import slices
from modules.judging.statistics import benjamini_hochberg

# Of more test rows, as many are drawn by seed.
_MOST_ROWS = 50_000
# Of so many columns the means of the levels are shown; every column's test is.
_DRAWN, _LISTED = 6, 200
# Of a column with more levels, those with the most rows are shown.
_PREDICTION_LEVELS, _MOST_LEVELS = 10, 12
_MOST_SLICES, _LEAST_ROWS = 40, 20
# Columns between two looks at the clock.
_AT_ONCE = 100


def find(asked: AskedModel, settings: questions.Debugger) -> Found:
    """Tests the residuals of the test rows for structure and autocorrelation, and measures calibration by slice."""
    columns, rows = all_columns.of_test_rows(asked)
    target, test = asked.target, asked.test
    label = asked.run.table.label
    whole = residuals.of_rows(target.kind, target.classes, label, test.labels, asked.test_answers, test.weights)
    if whole.weights.sum() <= 0:
        return None, "No test row has a weight."
    order = all_columns.time_order(asked, columns, rows)
    following = residuals.autocorrelation(whole, order[1]) if order else None
    some, drawn = _drawn(whole, rows, asked.seed)
    against = residuals.corrected([one for one in _of_predictions(some) if one])
    tested, note = _of_columns(asked, some, columns, drawn)
    strongest = residuals.corrected(tested)
    content = {
        "outputs": list(whole.outputs),
        "has_classes": whole.has_classes,
        "rows": len(some),
        "columns": len(tested),
        "overall": [_as_json(residuals.level_mean(some, output, number)) for number, output in enumerate(some.outputs)],
        "prediction": [_structure(one, True) for one in against],
        "by_column": [_structure(one, number < _DRAWN) for number, one in enumerate(strongest[:_LISTED])],
        "time": None if order is None else order[0],
        "autocorrelation": None
        if following is None
        else dict(zip(("value", "p_value", "output"), following, strict=True)),
        "slices": _calibration(some, _slices(asked, some, columns, drawn, strongest)),
    }
    return {**content, "findings": residual_findings.found(content)}, note


def _drawn(whole: Residuals, rows: Rows, seed: int) -> tuple[Residuals, Rows]:
    if len(whole) <= _MOST_ROWS:
        return whole, rows
    places = np.sort(np.random.default_rng(seed).choice(len(whole), _MOST_ROWS, replace=False))
    return whole.taken(places), raw_function.taken(rows, places)


def _of_predictions(some: Residuals) -> list[Structure | None]:
    """Tests the residuals of each output against what was predicted of it."""
    found = []
    for number, output in enumerate(some.outputs):
        predicted = some.predicted[:, number].astype(np.float32)
        column = RawColumn("prediction", "numeric", "float32")
        cut = levels.of_column(column, predicted, _PREDICTION_LEVELS)
        of_output = residuals.of_output(some, number)
        places = levels.numbers(cut, predicted)
        found.append(residuals.structure(of_output, output, places, [level.text for level in cut]))
    return found


def _of_columns(
    asked: AskedModel, some: Residuals, columns: Sequence[RawColumn], rows: Rows
) -> tuple[list[Structure], str]:
    tested: list[Structure] = []
    for number, column in enumerate(columns):
        if number % _AT_ONCE == 0 and number and asked.clock.over:
            return tested, asked.clock.stopped(number, len(columns), "columns")
        cut = levels.of_column(column, rows[column.name])
        places = levels.numbers(cut, rows[column.name])
        found = residuals.structure(some, column.name, places, [level.text for level in cut])
        tested += [found] if found else []
    return tested, ""


def _slices(
    asked: AskedModel, some: Residuals, columns: Sequence[RawColumn], rows: Rows, strongest: Sequence[Structure]
) -> dict[str, np.ndarray]:
    """Returns the rows of the slices that the config names, and of the levels of the strongest columns."""
    named = [names for names in asked.run.config["evaluation"]["slices"] if all(name in rows for name in names)]
    found = slices.rows_by_slice({name: values[:, None] for name, values in rows.items()}, named)
    by_name = {column.name: column for column in columns}
    alone = {names[0] for names in named if len(names) == 1}
    for one in (one for one in strongest[:_DRAWN] if one.name not in alone):
        values = rows[one.name]
        found |= {
            level.text: np.flatnonzero(level.holds(values)) for level in levels.of_column(by_name[one.name], values)
        }
    return {
        name: places
        for name, places in found.items()
        if _LEAST_ROWS <= len(places) < len(some) and some.weights[places].sum() > 0
    }


def _calibration(some: Residuals, found: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Measures slices, those that are surely off first."""
    parts = {name: some.taken(places) for name, places in found.items()}
    pairs = [(name, number) for name in parts for number in range(len(some.outputs))]
    p_values = benjamini_hochberg.adjusted([residuals.bias(parts[name], number) for name, number in pairs])
    made = [
        {
            **_as_json(residuals.level_mean(parts[name], name, number)),
            "output": some.outputs[number],
            "p_value": float(p_value),
        }
        for (name, number), p_value in zip(pairs, p_values, strict=True)
    ]
    return sorted(made, key=lambda one: (one["p_value"], -abs(one["mean"])))[:_MOST_SLICES]


def _structure(one: Structure, with_levels: bool) -> dict[str, Any]:
    made = {"name": one.name, "output": one.output, "strength": one.strength, "p_value": one.p_value}
    if not with_levels:
        return made
    kept = sorted(sorted(range(len(one.levels)), key=lambda place: -one.levels[place].rows)[:_MOST_LEVELS])
    return made | {"levels": [_as_json(one.levels[place]) for place in kept]}


def _as_json(mean: LevelMean) -> dict[str, Any]:
    numbers = ("observed", "predicted", "mean", "low", "high")
    return {"level": mean.level, "rows": mean.rows} | {name: float(f"{getattr(mean, name):.6g}") for name in numbers}
