"""Looks for small changes that lead to another decision."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from components.asked_model import AskedModel, Found
from components.debugger import movements
from modules.base.questions import Debugger
from modules.debugging import gradient_attacks
from modules.debugging.findings import finding
from modules.debugging.gradient_attacks import NumberSpace
from modules.explaining import screening
from modules.explaining.raw_function import RawColumn
from modules.judging.statistics import wilson

# In standard deviations.
_RADII = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_TOLD_RADIUS, _LEAST_KEPT = 0.1, 0.9
_MOST_ROWS, _MOST_COLUMNS, _MOST_CATEGORIES, _SWAPS = 400, 16, 10, 3
# Of wide tables fewer rows, so that no more cells than these are in memory at once.
_CELLS, _LEAST_ROWS = 40_000_000, 20


def attack(asked: AskedModel, settings: Debugger) -> Found:
    """Attacks numbers within growing radii, and swaps categories, of drawn test rows."""
    movement = movements.of(asked)
    at_once = _CELLS // (len(asked.function.columns) * _MOST_COLUMNS * _MOST_CATEGORIES)
    rows = asked.test.sample(min(asked.rows, _MOST_ROWS, max(_LEAST_ROWS, at_once)), asked.seed).rows
    names = screening.strongest(asked.function, rows, asked.seed, _MOST_COLUMNS, asked.strongest)
    columns = [column for column in asked.function.columns if column.name in names]
    space = _space(asked, [column for column in columns if column.is_number])
    categories = {column.name: _categories(asked, column) for column in columns if not column.is_number}
    content: dict[str, Any] = {
        "counted": movement.words,
        "rows": len(next(iter(rows.values()))),
        "numeric": [column.name for column in space.columns],
        "categorical": list(categories),
        "curve": [],
        "swaps": [],
    }
    ever: dict[str, np.ndarray] = {}
    for number, radius in enumerate(_RADII if space.columns else ()):
        if asked.clock.over:
            content["findings"] = _findings(content)
            return content, asked.clock.stopped(number, len(_RADII), "radii")
        found = gradient_attacks.attack(asked.function, movement, space, rows, radius, asked.seed)
        # What is found within a radius is within every larger one.
        ever = {name: rows_of | ever.get(name, False) for name, rows_of in found.items()}
        ever["noise"] = found["noise"]
        content["curve"] += [{"attack": name, "radius": radius, **_kept(rows_of)} for name, rows_of in ever.items()]
    if categories:
        swapped = gradient_attacks.swaps(asked.function, movement, rows, categories, min(_SWAPS, len(categories)))
        content["swaps"] = [{"swaps": place + 1, **_kept(rows_of)} for place, rows_of in enumerate(swapped)]
    return content | {"findings": _findings(content)}, ""


def _space(asked: AskedModel, columns: list[RawColumn]) -> NumberSpace:
    scales, lows, highs = [], [], []
    for column in columns:
        values = asked.training.rows[column.name]
        known = values[~column.is_missing(values)].astype(np.float64)
        known = known[np.isfinite(known)]
        scales.append(asked.plain.scales[column.name])
        lows.append(known.min(initial=np.inf))
        highs.append(known.max(initial=-np.inf))
    return NumberSpace(columns, np.array(scales), np.array(lows), np.array(highs))


def _categories(asked: AskedModel, column: RawColumn) -> list[bytes | int]:
    found = [value for value in asked.plain.categories[column.name] if value != column.missing]
    return found[:_MOST_CATEGORIES]


def _kept(changed: np.ndarray) -> dict[str, float]:
    kept = int((~changed).sum())
    low, high = wilson.interval(kept, len(changed))
    return {"kept": kept / len(changed), "low": low, "high": high}


def _findings(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    at = {one["attack"]: one for one in content["curve"] if one["radius"] == _TOLD_RADIUS}
    told, what = [], content["counted"].partition(" that")[0]
    if at:
        worst = at["pgd"]
        said = f"Numbers moved by at most {_TOLD_RADIUS} standard deviations, to the worst effect, leave "
        said += (
            f"{worst['kept']:.1%} ({worst['low']:.1%} to {worst['high']:.1%}) of the {what} as they are; drawn moves "
        )
        said += f"of that size leave {at['noise']['kept']:.1%}."
        if worst["high"] < _LEAST_KEPT:
            advice = (
                "Do not let those who gain by it set these numbers unchecked, and have rows near the threshold decided "
            )
            told.append(finding("warning", said, advice + "by a person."))
        else:
            told.append(finding("good", said, "Nothing is to be done."))
    if content["swaps"] and content["swaps"][0]["high"] < _LEAST_KEPT / 2:
        one = content["swaps"][0]
        said = f"One other category, chosen for its effect, leaves only {one['kept']:.1%} of the {what} as they are."
        told.append(finding("warning", said, "Check the categories that count most where they are entered."))
    return told
