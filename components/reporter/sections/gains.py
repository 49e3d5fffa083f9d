"""What the teacher and the synthetic rows bought: students of one size, after equally many steps."""

from collections.abc import Mapping
from typing import Any

from components.reporter.blocks import Cell, Column, Mark, Table, number, signed, text
from modules import tasks
from modules.base import numerals
from modules.contracts import gains

_TITLES = {
    gains.LABELS: "the labels alone",
    gains.TEACHER: "labels and teacher",
    gains.SYNTHETIC: "labels, teacher and synthetic rows",
}


def table(compared: Mapping[str, Any]) -> Table:
    """Builds the table of `gains` in the summary."""
    metric = tasks.METRICS[compared["metric"]].title
    by_model = {gain["after"]: gain for gain in compared["gains"][: len(compared["values"]) - 1]}
    rows = [
        [text(_TITLES[model]), number(value), *_gained(by_model.get(model))]
        for model, value in compared["values"].items()
    ]
    more = compared["gains"][len(rows) - 1 :]
    in_all = f" In all: {_words(more[0])}." if more else ""
    return Table(
        caption="What teacher and synthetic rows bought: students of one shape, not yet pruned and quantized, after "
        f"{compared['steps']:,} steps each, on the test rows",
        columns=[
            Column(title="learnt from", numeric=False),
            Column(title=metric),
            Column(title="better than the row above by"),
            Column(title="95 % interval", numeric=False),
        ],
        rows=rows,
        note=f"Differences are of the same rows; where the interval holds 0, chance may have made them.{in_all}",
    )


def _gained(gain: Mapping[str, Any] | None) -> list[Cell]:
    if gain is None or gain["value"] is None:
        return [text("–"), text(gain["reason"] if gain else "–")]
    mark: Mark = "" if gain["low"] is None else "good" if gain["low"] > 0 else "bad" if gain["high"] < 0 else ""
    shown = signed(gain["value"], mark=mark)
    return [shown, text(_interval(gain) or gain["reason"])]


def _interval(gain: Mapping[str, Any]) -> str:
    return "" if gain["low"] is None else numerals.interval(gain["low"], gain["high"], "+.4f")


def _words(gain: Mapping[str, Any]) -> str:
    if gain["value"] is None:
        return str(gain["reason"])
    interval = _interval(gain)
    return numerals.written(gain["value"], "+.4f") + (f" ({interval})" if interval else "")
