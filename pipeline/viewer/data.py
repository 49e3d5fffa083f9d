"""What TFMA's elements are given: the EvalResult of a run, as the properties that its front end reads."""

import math
from collections.abc import Sequence
from typing import Any

from modules.base.errors import UserError
from modules.judging.tfma_results import FAIRNESS, result_name, slice_name

Columns = str | Sequence[str] | None


def slices_of(
    slices: Sequence[tuple[Any, Any]], columns: Columns, where: str, *, crosses: bool = True
) -> list[tuple[Any, Any]]:
    """Picks the slices of a column, or of a cross of columns.

    Args:
        slices: Slice key and what was measured of it, as TFMA has them.
        columns: Name of the column, or names of the columns that are crossed; None for all slices.
        where: Whose slices they are, for the message.
        crosses: Whether those of several columns are among all slices.

    Returns:
        The overall slice, then the others by name.

    Raises:
        UserError: There is no such slice.
    """
    ordered = sorted(slices, key=lambda item: (len(item[0]), slice_name(item[0])))
    if columns is None:
        return [item for item in ordered if crosses or len(item[0]) <= 1]
    wanted = {columns} if isinstance(columns, str) else set(columns)
    kept = [item for item in ordered if {column for column, _ in item[0]} == wanted]
    if not kept:
        there = sorted({", ".join(sorted(column for column, _ in key)) for key, _ in ordered if key})
        raise UserError(
            where,
            f"has no slices by {', '.join(sorted(wanted))}",
            f"It has: {'; '.join(there)}" if there else "Name columns in evaluation.slices, and run again",
        )
    return [item for item in ordered if not item[0]] + kept


def slice_called(slices: Sequence[tuple[Any, Any]], name: str | None, where: str) -> tuple[Any, Any]:
    """Returns the one slice of a name, as summary.json has it; overall for None.

    Raises:
        UserError: There is no such slice.
    """
    wanted = "overall" if name is None else name
    by_name = {slice_name(key): (key, value) for key, value in slices}
    if wanted not in by_name:
        raise UserError(where, f"has no slice {wanted!r}", f"It has: {'; '.join(sorted(by_name))}")
    return by_name[wanted]


def metrics_rows(slices: Sequence[tuple[Any, Any]], classes: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Returns slices as `tfma-nb-slicing-metrics` reads them; the rates of Fairness Indicators have their own view.

    Args:
        slices: Slice key and what was measured of it.
        classes: Names of the classes, in order.
    """
    return [{"slice": _label(key), "metrics": _numbers(outputs, classes)} for key, outputs in slices]


def fairness_rows(slices: Sequence[tuple[Any, Any]], sub_key: str) -> list[dict[str, Any]]:
    """Returns slices as `fairness-nb-container` reads them.

    Args:
        slices: Slice key and what was measured of it.
        sub_key: TFMA's key of the class whose rates are meant, as `classId:1`; empty if there is but one.
    """
    return [
        {
            "slice": _label(key),
            "sliceValue": ", ".join(slice_name(((column, value),)).partition("=")[2] for column, value in key)
            or "Overall",
            "metrics": {name: _finite(value) for name, value in _rates(outputs[""], sub_key).items()},
        }
        for key, outputs in slices
    ]


def _rates(outputs: dict[str, Any], sub_key: str) -> dict[str, Any]:
    """Picks the rates and the count of rows; of several classes, only their total has a count."""
    rates = {name: value for name, value in outputs.get(sub_key, {}).items() if name.startswith(FAIRNESS)}
    return rates | {"example_count": outputs[""]["example_count"]}


def series_rows(named: Sequence[tuple[str, Any]], classes: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Returns runs as `tfma-nb-time-series` reads them.

    Args:
        named: Of each run its name and its overall metrics.
        classes: Names of the classes, in order.
    """
    return [
        {"metrics": _numbers(outputs, classes), "config": {"modelIdentifier": name, "dataIdentifier": "test rows"}}
        for name, outputs in named
    ]


def _label(key: Any) -> str:
    """Names a slice as TFMA's front end does: columns and values on either side of a colon."""
    from tensorflow_model_analysis.slicer import slicer_lib

    return slicer_lib.stringify_slice_key(key)


def _numbers(outputs: dict[str, Any], classes: Sequence[str]) -> dict[str, Any]:
    """Puts the metrics of all classes side by side: TFMA's front end shows those of no class until one is picked."""
    numbers = {
        result_name(name, sub_key, classes): _finite(value)
        for sub_key, metrics in sorted(outputs[""].items())
        for name, value in metrics.items()
        if not name.startswith(FAIRNESS) and _is_plain(value)
    }
    return {"": {"": numbers}}


def _is_plain(value: Any) -> bool:
    """Tells whether it is a number, perhaps with its interval, and no matrix or array."""
    return "doubleValue" in value or "boundedValue" in value


def _finite(value: Any) -> Any:
    """Turns NaN, which JSON has no number for, into null."""
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, str) and value == "NaN":
        return None
    return None if isinstance(value, float) and not math.isfinite(value) else value
