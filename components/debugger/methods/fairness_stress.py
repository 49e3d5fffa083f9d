"""Flips nothing but a sensitive column, and looks for the columns that stand in for it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from components.asked_model import AskedModel, Found
from components.debugger import movements
from modules.base.errors import UserError
from modules.base.questions import Debugger
from modules.debugging import fairness_stress, levels
from modules.debugging.findings import finding
from modules.debugging.levels import Level
from modules.debugging.movement import Movement
from modules.explaining.raw_function import RawColumn, Rows

# All rows and values together, a sensitive column.
_MOST_ASKED, _MOST_ROWS = 60_000, 10_000
# No more cells than these are in memory at once.
_CELLS = 40_000_000
_RANGES, _MOST_GROUPS, _LEAST_ROWS = 4, 8, 20
# From here on a finding: of the decisions that change, and of the area under the curve.
_TOLD_SHARE, _TOLD_AREA = 0.01, 0.8


def stress(asked: AskedModel, settings: Debugger) -> Found:
    """Looks at each sensitive column: those of the config, or the single columns of evaluation.slices."""
    slices = asked.run.config["evaluation"]["slices"]
    named = settings.sensitive or [columns[0] for columns in slices if len(columns) == 1]
    if not named:
        return None, "No column is sensitive by debugger.sensitive, and evaluation.slices names no single column."
    known = {column.name: column for column in (*asked.function.columns, *levels.undeclared(asked.other_columns))}
    movement = movements.of(asked)
    found: list[dict[str, Any]] = []
    for number, name in enumerate(named):
        if name not in known:
            what = f"no column {name!r} is in the examples"
            raise UserError("debugger.sensitive", what, f"Name some of {', '.join(known)}")
        if number and asked.clock.over:
            return _content(movement, found), asked.clock.stopped(number, len(named), "sensitive columns")
        found.append(_column(asked, movement, known[name]))
    return _content(movement, found), ""


def _content(movement: Movement, found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    told = [one for column in found for one in _findings(movement, column)]
    return {"counted": movement.words, "columns": list(found), "findings": told}


def _column(asked: AskedModel, movement: Movement, column: RawColumn) -> dict[str, Any]:
    sample = asked.test.sample(_MOST_ROWS, asked.seed)
    is_read = column.name in sample.rows
    values = sample.rows[column.name] if is_read else asked.other_columns[column.name][sample.numbers]
    cut = levels.of_column(column, values, _RANGES)[:_MOST_GROUPS]
    large = [level for level in cut if level.holds(values).sum() >= _LEAST_ROWS]
    found: dict[str, Any] = {"column": column.name, "is_read": is_read, "rows": len(values)}
    if is_read and len(cut) > 1:
        most = min(_MOST_ASKED, _CELLS // len(asked.function.columns)) // len(cut)
        rows = sample.sample(max(_LEAST_ROWS, most), asked.seed).rows
        flips, ever = fairness_stress.flips(asked.function, movement, rows, cut)
        found |= {"flips": [dataclasses.asdict(flip) for flip in flips], "ever": ever}
    groups = levels.numbers(large, values)
    others = dataclasses.replace(
        asked.plain, columns=[other for other in asked.plain.columns if other.name != column.name]
    )
    proxies = fairness_stress.proxies(others, sample.rows, groups, asked.seed) if len(large) > 1 else None
    if proxies is not None:
        found["proxies"] = dataclasses.asdict(proxies)
        found["gaps"] = _gaps(asked, movement, sample.rows, groups, large, list(proxies.columns), is_read)
    return found


def _gaps(
    asked: AskedModel,
    movement: Movement,
    rows: Rows,
    groups: np.ndarray,
    large: Sequence[Level],
    proxies: Sequence[str],
    is_read: bool,
) -> dict[str, Any]:
    own = [large[0].column.name] if is_read else []
    return {
        "groups": [level.text for level in large],
        "as_it_is": fairness_stress.gap(asked.function, movement, rows, groups),
        "without_column": _gap_without(asked, movement, rows, groups, own),
        "without_proxies": _gap_without(asked, movement, rows, groups, [*own, *proxies]),
    }


def _gap_without(asked: AskedModel, movement: Movement, rows: Rows, groups: np.ndarray, names: Sequence[str]) -> float:
    given = fairness_stress.permuted(rows, names, asked.seed) if names else rows
    return fairness_stress.gap(asked.function, movement, given, groups)


def _findings(movement: Movement, column: Mapping[str, Any]) -> list[dict[str, Any]]:
    name, found = column["column"], []
    flips = sorted(column.get("flips", []), key=lambda flip: -flip["changed"][0])
    if flips:
        share, low, high = flips[0]["changed"]
        what = f"Setting nothing but {name} to {flips[0]['to'].partition(' = ')[2] or flips[0]['to']} changes "
        what += f"{share:.1%} ({low:.1%} to {high:.1%}) of the {movement.words.partition(' that')[0]} about other rows."
        if low > _TOLD_SHARE:
            advice = f"Ask whether the model may use it: features.exclude: [{name}] takes it away, and what it costs "
            found.append(finding("warning", what, advice + "is on the page of that run."))
        else:
            found.append(finding("good", what, "Nothing is to be done."))
    if "proxies" in column and column["proxies"]["auc"] >= _TOLD_AREA:
        proxies, gaps = column["proxies"], column["gaps"]
        what = f"The other columns tell {name} with an AUC of {proxies['auc']:.3f}"
        what += f", most of it from {', '.join(list(proxies['columns'])[:3])}" if proxies["columns"] else ""
        what += f"; the gap between its groups is {gaps['as_it_is']:.3g}, {gaps['without_column']:.3g} without it "
        what += f"and {gaps['without_proxies']:.3g} without these, too."
        advice = f"Leaving {name} out does not make the model blind to it: promise a gap that it must keep "
        found.append(finding("warning", what, advice + f"(promises.gaps, columns: [{name}])."))
    return found
