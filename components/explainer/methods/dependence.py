"""How the answer changes with the columns that move it most, and which of them act only together."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from components.asked_model import AskedModel, Found
from modules.base import questions
from modules.explaining.accumulated_effects import accumulated, ends_of_bins
from modules.explaining.dependence import MOST_NUMBERS, Dependence, dependence, grid_of, two_way
from modules.explaining.interactions import Interaction, interactions
from modules.explaining.raw_function import RawColumn, Rows

# So many cells are asked at most for all columns: some five seconds.
_CELLS = 50_000_000
_LEAST_ROWS = 10
# Of the strongest columns so many are drawn, with so many lines each.
_DRAWN, _LINES = 8, 20
# In a bin of accumulated effects lies at least one row in so many.
_BINS = 100
# Interactions are measured on a tenth of the rows, but on no more than these: the model is asked about all pairs.
_MOST_PAIRED = 100
# Maps: so many at most, of pairs with an H that is worth a look, with so many values a side.
_MAPS, _LEAST_H, _SIDE = 3, 0.1, 10


def show_change(asked: AskedModel, settings: questions.Explainer) -> Found:
    """Asks about test rows with other values in one column, and in two.

    Args:
        asked: The model.
        settings: Not read: rows and seconds are in `asked`.
    """
    rows, output = asked.test.sample(_affordable(asked), asked.seed).rows, _output(asked)
    names, found, done = asked.strongest, [], 0
    for name in names:
        if asked.clock.over:
            break
        done += 1
        grid = grid_of(asked.function.column(name), rows[name])
        if len(grid.asked) > 1:
            found.append(dependence(asked.function, rows, grid, output))
    if not found:
        return None, asked.clock.left_out if asked.clock.over else "No column has two different values."
    drawn = sorted(found, key=lambda one: -one.strength)[:_DRAWN]
    paired = _paired(asked, rows)
    pairs, left = interactions(asked.function, paired, [_name(one) for one in drawn], asked.clock, output)
    outputs = list(asked.function.outputs)
    content = {
        "label": asked.model.card.label,
        "output": outputs[output],
        "outputs": outputs,
        "rows": len(next(iter(rows.values()))),
        "columns": [_column(asked, rows, one, output) for one in drawn],
        "strengths": {_name(one): _short(one.strength) for one in sorted(found, key=lambda one: -one.strength)},
        "interaction_rows": len(next(iter(paired.values()))),
        "interactions": [_pair(one) for one in pairs],
        "maps": [_map(asked, paired, one, output) for one in pairs[:_MAPS] if one.h >= _LEAST_H],
    }
    of_columns = asked.clock.stopped(done, len(names), "columns") if done < len(names) else ""
    return content, of_columns or (asked.clock.stopped(len(pairs), len(pairs) + left, "pairs") if left else "")


def _affordable(asked: AskedModel) -> int:
    """Returns how many rows are asked about: fewer where there are many columns."""
    cells = len(asked.function.columns) * len(asked.strongest) * MOST_NUMBERS
    return int(np.clip(_CELLS // cells, _LEAST_ROWS, asked.rows))


def _paired(asked: AskedModel, rows: Rows) -> Rows:
    pairs = len(asked.function.columns) * _DRAWN * (_DRAWN + 1) // 2
    most = int(np.clip((_CELLS // pairs) ** 0.5, _LEAST_ROWS, min(_MOST_PAIRED, max(_LEAST_ROWS, asked.rows // 10))))
    return {name: values[_evenly(len(values), most)] for name, values in rows.items()}


def _evenly(total: int, most: int) -> np.ndarray:
    """Returns places that are evenly spread over as many rows."""
    return np.unique(np.linspace(0, total - 1, min(most, total)).round().astype(int))


def _output(asked: AskedModel) -> int:
    """Returns which number of an answer is shown: of several classes that of the most frequent one."""
    if len(asked.function.outputs) == 1:
        return 0
    return int(np.bincount(asked.training.labels.astype(int)).argmax())


def _column(asked: AskedModel, rows: Rows, found: Dependence, output: int) -> dict[str, Any]:
    column, known = found.grid.column, len(found.grid.values)
    content = {
        "column": column.name,
        "kind": column.kind,
        "strength": _short(found.strength),
        "values": _plain(column, found.grid.values),
        "partial": _rounded(found.partial[:known]),
        "missing": _short(found.partial[-1]) if found.grid.has_missing else None,
    }
    if not column.is_number:
        asked_for = slice(0, known)
        return content | {
            "spread": _tenths(found.answers[:, asked_for]),
            "change": _rounded(found.centred.mean(axis=0)[asked_for]),
            "change_spread": _tenths(found.centred[:, asked_for]),
        }
    ends = ends_of_bins(found.grid, rows[column.name], max(1, len(found.answers) // _BINS))
    effects = accumulated(asked.function, rows, column, ends, output)
    lines = found.answers[_evenly(len(found.answers), _LINES), :known]
    return content | {
        "lines": [_rounded(line) for line in lines],
        "accumulated": {"values": _plain(column, ends), "effects": _rounded(effects)},
    }


def _tenths(answers: np.ndarray) -> dict[str, list[float]]:
    """Returns between which answers four fifths of the rows lie, at each value."""
    return {name: _rounded(np.quantile(answers, at, axis=0)) for name, at in (("low", 0.1), ("high", 0.9))}


def _plain(column: RawColumn, values: np.ndarray) -> list[Any]:
    """Returns known values: numbers with the digits that they have, or categories as people read them."""
    if not column.is_number:
        return [column.text(value) for value in values]
    return [float(f"{value:.7g}") if column.dtype == "float32" else value.item() for value in values]


def _pair(found: Interaction) -> dict[str, Any]:
    return dataclasses.asdict(found) | {"h": _short(found.h), "size": _short(found.size)}


def _map(asked: AskedModel, rows: Rows, pair: Interaction, output: int) -> dict[str, Any]:
    names = {"first": pair.first, "second": pair.second}
    grids = [grid_of(asked.function.column(name), rows[name], _SIDE, _SIDE) for name in names.values()]
    answers = two_way(asked.function, rows, grids, output)
    sides = [_plain(grid.column, grid.values) for grid in grids]
    kinds = [grid.column.kind for grid in grids]
    return names | {"kinds": kinds, "values": sides, "partial": [_rounded(row) for row in answers]}


def _name(found: Dependence) -> str:
    return found.grid.column.name


def _rounded(values: Sequence[float] | np.ndarray) -> list[float]:
    return [_short(value) for value in values]


def _short(value: float) -> float:
    return float(f"{value:.5g}")
