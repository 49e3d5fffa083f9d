"""Two runs side by side, as sections of a page."""

import difflib
from collections.abc import Mapping
from typing import Any

import altair
import yaml

from components.reporter import charts, compared_promises, readings
from components.reporter.blocks import Block, Cell, Code, Column, Figure, Section, Table, between, number, text
from modules import tasks
from modules.base import numerals
from modules.base.errors import UserError

_PLOTTED = 40  # slices; the table has all of them
# The title of the column that says what is compared.
_WHAT = "what"


def compare(first: tuple[str, Mapping[str, Any]], second: tuple[str, Mapping[str, Any]]) -> list[Section]:
    """Builds the sections that hold two runs against each other.

    Args:
        first: What to call the first run, and its summary.
        second: The same of the second; changes are from the first to it.

    Raises:
        UserError: They answer different questions.
    """
    one, two = first[1], second[1]
    if one["task"] != two["task"]:
        raise UserError(
            f"{first[0]} and {second[0]}", f"are of different tasks, {one['task']} and {two['task']}", "Name others"
        )
    names = (first[0], second[0])
    with charts.unchecked():
        shown = [_figures(names, one, two), _slices(names, one, two), _gates(names, one, two)]
        return [*shown, *compared_promises.sections(names, one, two), _origin(names, one, two)]


def _table(caption: str, names: tuple[str, str], rows: list[list[Cell]], note: str = "") -> Table:
    titles = [_WHAT, *names, "change"]
    return Table(
        caption=caption, columns=[Column(title=title, numeric=title != _WHAT) for title in titles], rows=rows, note=note
    )


def _change(one: float | None, two: float | None, higher_is_better: bool | None, digits: int = 4) -> Cell:
    """Returns the change as a cell, marked as good or bad unless it is zero."""
    if one is None or two is None:
        return number(None)
    change = two - one
    if round(change, digits) == 0:
        return Cell(text="0", sort=0.0)
    shown = numerals.written(change, f"+,.{digits}f")
    if higher_is_better is None:
        return Cell(text=shown, sort=change)
    return Cell(text=shown, sort=change, mark="good" if (change > 0) == higher_is_better else "bad")


def _figures(names: tuple[str, str], one: Mapping[str, Any], two: Mapping[str, Any]) -> Section:
    rungs = [readings.shipped(summary) or {} for summary in (one, two)]
    rows = []
    for name in tasks.LADDER[one["task"]]:
        metric = tasks.METRICS[name]
        values = [rung.get(name) for rung in rungs]
        cells = [
            cell for summary, value in zip((one, two), values, strict=True) for cell in _measured(summary, name, value)
        ]
        rows.append([text(metric.title), *cells, _change(values[0], values[1], metric.higher_is_better)])
    sizes = [("bytes", "bytes", 0), ("gzip_bytes", "bytes after gzip", 0), ("latency_p50_us", "one row, µs (p50)", 0)]
    for key, title, digits in sizes:
        values = [rung.get(key) for rung in rungs]
        cells = [cell for value in values for cell in (number(value, digits), text(""))]
        rows.append([text(title), *cells, _change(values[0], values[1], False, digits)])
    forms = [str(summary.get("shipped_form", "–")) for summary in (one, two)]
    rows.append(_words("form", forms))
    verdicts = ["may ship" if summary["blessed"] else "may not ship" for summary in (one, two)]
    rows.append(_words("verdict", verdicts))
    titles = [_WHAT, names[0], "95 % interval", names[1], "95 % interval", "change"]
    columns = [Column(title=title, numeric=title != _WHAT) for title in titles]
    table = Table(caption="The model that ships", columns=columns, rows=rows)
    return Section(id="figures", title="Which is better?", lead=_answer(names, one, two), order=10, blocks=[table])


def _entry(summary: Mapping[str, Any], metric: str) -> Mapping[str, Any]:
    """Returns the overall interval of a metric; empty if there is none."""
    return readings.by_slice(summary)["intervals"].get(readings.OVERALL, {}).get(metric) or {}


def _measured(summary: Mapping[str, Any], metric: str, value: float | None) -> list[Cell]:
    entry = _entry(summary, metric)
    known = value is not None and entry.get("low") is not None
    return [number(value), between(entry["low"], entry["high"], 4) if known else text("")]


def _words(title: str, said: list[str]) -> list[Cell]:
    return [
        text(title),
        text(said[0]),
        text(""),
        text(said[1]),
        text(""),
        text("" if said[0] == said[1] else "another"),
    ]


def _answer(names: tuple[str, str], one: Mapping[str, Any], two: Mapping[str, Any]) -> str:
    name = tasks.LADDER[one["task"]][0]
    metric = tasks.METRICS[name]
    before, after = ((readings.shipped(summary) or {}).get(name) for summary in (one, two))
    if before is None or after is None:
        return "One of them was stopped before its model was measured."
    if f"{before:.4f}" == f"{after:.4f}":
        return f"They are alike in {metric.title}: {numerals.written(before, '.4f')}."
    better = names[1] if (after > before) == metric.higher_is_better else names[0]
    first, second = (_entry(summary, name) for summary in (one, two))
    if first.get("low") is None or second.get("low") is None:
        weight = "without intervals to tell it from chance"
    elif first["high"] < second["low"] or second["high"] < first["low"]:
        weight = "their intervals do not overlap"
    else:
        weight = "which may be chance: their intervals overlap"
    return f"{better} has the better {metric.title}, by {abs(after - before):.4f}; {weight}."


def _slices(names: tuple[str, str], one: Mapping[str, Any], two: Mapping[str, Any]) -> Section:
    name = tasks.LADDER[one["task"]][0]
    metric = tasks.METRICS[name]
    values = [_by_name(summary, name) for summary in (one, two)]
    rows, points, drops = [], [], []
    for where in list(values[0]) + [key for key in values[1] if key not in values[0]]:
        of_both = [of_run.get(where) for of_run in values]
        pair = [reading.value if reading else None for reading in of_both]
        small = any(reading.small for reading in of_both if reading)
        rows.append(
            [
                text(f"{where} (small)" if small else where, "muted" if small else ""),
                *(number(value) for value in pair),
                _change(pair[0], pair[1], None if small else metric.higher_is_better),
            ]
        )
        points += [
            {"slice": where, "run": run, "value": value}
            for run, value in zip(names, pair, strict=True)
            if value is not None
        ]
        if not small and pair[0] is not None and pair[1] is not None:
            drops.append(((pair[1] - pair[0]) * (1 if metric.higher_is_better else -1), where, pair[1] - pair[0]))
    blocks: list[Block] = []
    if points:
        blocks.append(_dumbbells(points, metric.title, names))
    blocks.append(_table(f"{metric.title} by slice", names, rows))
    worst = min(drops, default=None)
    lead = (
        f"No slice that is large enough lost in {metric.title}."
        if worst is None or worst[0] >= 0
        else f"The largest loss in {metric.title} is that of {worst[1]}: {numerals.written(worst[2], '+.4f')}."
    )
    return Section(id="slices", title="For whom?", lead=lead, order=20, blocks=blocks)


def _by_name(summary: Mapping[str, Any], metric: str) -> dict[str, readings.Reading | None]:
    """Returns a metric of each slice, None where it is undefined."""
    known = readings.by_slice(summary)
    return {entry["slice"]: readings.read(known, entry, metric) for entry in summary["slices"]}


def _dumbbells(points: list[dict[str, Any]], title: str, names: tuple[str, str]) -> Figure:
    shown = list(dict.fromkeys(point["slice"] for point in points))[:_PLOTTED]
    data = charts.data([point for point in points if point["slice"] in shown])
    slices = altair.Y("slice:N", sort=shown, title=None, axis=altair.Axis(labelLimit=240))
    values = altair.X("value:Q", title=title, scale=altair.Scale(zero=False))
    line = altair.Chart(data).mark_line(color=charts.MUTED).encode(y=slices, x=values, detail="slice:N")
    dots = (
        altair.Chart(data)
        .mark_point(filled=True, size=70, opacity=1)
        .encode(
            y=slices,
            x=values,
            color=altair.Color("run:N", sort=list(names)),
            shape=altair.Shape("run:N", sort=list(names), legend=None),
            tooltip=[charts.tip("slice:N", "slice"), charts.tip("run:N", "run"), charts.tip("value:Q", title, ".4f")],
        )
    )
    more = "" if len(shown) == len({point["slice"] for point in points}) else f"; the first {_PLOTTED} slices"
    return Figure(
        caption=f"{title} by slice in both runs{more}",
        description="One dot per run and slice, joined by a line; the table below has the values.",
        spec=charts.spec((line + dots).properties(width="container", height=24 * len(shown))),
    )


def _gates(names: tuple[str, str], one: Mapping[str, Any], two: Mapping[str, Any]) -> Section:
    by_run = [{(gate["name"], gate["slice"]): gate for gate in summary["gates"]} for summary in (one, two)]
    rows = []
    for key in dict.fromkeys([*by_run[0], *by_run[1]]):
        cells = [_verdict(of_run.get(key)) for of_run in by_run]
        rows.append([text(f"{key[0]} ({key[1]})"), *cells, text("" if cells[0].text == cells[1].text else "differs")])
    failed = [sum(not gate["passed"] for gate in of_run.values()) for of_run in by_run]
    lead = f"{names[0]} failed {failed[0]} of {len(by_run[0])} checks, {names[1]} {failed[1]} of {len(by_run[1])}."
    tables: list[Block] = [_table("Release checks", names, rows)]
    return Section(id="gates", title="Which checks did they pass?", lead=lead, order=30, blocks=tables)


def _verdict(gate: Mapping[str, Any] | None) -> Cell:
    if gate is None:
        return text("–", "muted")
    value = "undefined" if gate["value"] is None else numerals.written(gate["value"], ".4f")
    passed = "passed" if gate["passed"] else "failed"
    limit = numerals.written(gate["limit"], ".4f")
    return text(f"{passed}: {value}, {gate['rule']} {limit}", "good" if gate["passed"] else "bad")


def _origin(names: tuple[str, str], one: Mapping[str, Any], two: Mapping[str, Any]) -> Section:
    titles = {"data_fingerprint": "data", "code_digest": "code", "seed": "seed", "model_sha256": "model"}
    rows = []
    for key, title in titles.items():
        values = [str(summary.get(key, "–"))[:16] for summary in (one, two)]
        rows.append([text(title), *map(text, values), text("same" if values[0] == values[1] else "differs")])
    texts = [yaml.safe_dump(summary.get("config", {}), sort_keys=False, allow_unicode=True) for summary in (one, two)]
    old, new = [value.splitlines() for value in texts]
    lines = list(difflib.unified_diff(old, new, names[0], names[1], n=2, lineterm=""))
    blocks: list[Block] = [_table("Where they come from", names, rows)]
    if lines:
        blocks.append(Code(caption="What differs in the config", text="\n".join(lines)))
    differing = [row[0].text for row in rows if row[3].text == "differs" and row[0].text != "model"]
    differing += ["config"] if lines else []
    what = f"They differ in {', '.join(differing)}." if differing else "Same data, same code, same config."
    return Section(id="origin", title="What differs?", lead=what, order=40, blocks=blocks)
