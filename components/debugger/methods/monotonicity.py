"""Whether the answer moves only the way that debugger.monotone asks for."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from components import asked_model
from components.asked_model import AskedModel, Found
from modules.base import numerals
from modules.base.errors import UserError
from modules.base.questions import Debugger
from modules.debugging import monotonicity
from modules.debugging.findings import finding


def check(asked: AskedModel, settings: Debugger) -> Found:
    """Checks each column of the config on drawn test rows."""
    if not settings.monotone:
        return None, "debugger.monotone names no column."
    asked_model.check_columns("debugger.monotone", list(settings.monotone), asked.function)
    if len(asked.function.outputs) > 1:
        return None, "Of several classes there is no one answer that could rise or fall."
    sample = asked.test.sample(asked.rows, asked.seed)
    found: list[dict[str, Any]] = []
    for name, direction in settings.monotone.items():
        column = asked.function.column(name)
        if not column.is_number:
            where, what = "debugger.monotone", f"column {name!r} has categories, which have no order"
            raise UserError(where, what, "Name numeric columns")
        if asked.clock.over:
            return _content(found), asked.clock.stopped(len(found), len(settings.monotone), "columns")
        one = monotonicity.check(asked.function, column, direction == "rises", sample.rows, asked.training.rows[name])
        if one is not None:
            row = None if one.place is None else int(sample.numbers[one.place]) + 1
            found.append({"column": name, "direction": direction, "row": row, **dataclasses.asdict(one)})
    return _content(found), ""


def _content(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {"columns": found, "findings": [_finding(one) for one in found]}


def _finding(one: Mapping[str, Any]) -> dict[str, Any]:
    name, way = one["column"], "falls" if one["direction"] == "rises" else "rises"
    if one["row"] is None:
        what = f"While {name} rises, the answer never {way}, in {one['rows']:,} rows with all else as it is."
        return finding("good", what, "Nothing is to be done.")
    what = f"While {name} rises, the answer {way} at some step in {one['wrong_rows']:.1%} of {one['rows']:,} rows, "
    what += f"at most from {numerals.interval(one['before'], one['after'], '.3f')} (test row {one['row']:,}, "
    what += f"{numerals.interval(one['start'], one['end'], '.6g')})."
    advice = f"Look at {name} with the columns that go with it; if it must only move one way, use fewer bins "
    return finding("warning", what, advice + "(features.quantile_bins) or check each decision beside the model.")
