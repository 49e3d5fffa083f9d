"""Figures of what columns contribute to answers: a swarm of rows, dependence on a column, the way to one answer."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair

from components.reporter import charts
from components.reporter.blocks import Figure
from components.reporter.figures import shapes
from modules.base import numerals

_COLUMN, _SPREAD = 34, 26  # pixels of a column of the swarm, and of its points
_BINS = 60
_SWARM_ROWS, _SWARM_COLUMNS = 60, 8
_DEPENDENCE_ROWS, _CATEGORIES = 100, 8
_PARTS = 8
_BAR = 20


def swarm(columns: Sequence[Mapping[str, Any]], output: int, title: str) -> Figure:
    """Draws each row as a point in each column, at what the column contributed.

    Args:
        columns: As the content of `shapley` has them.
        output: The place of the output among the contributions.
        title: What is contributed to.
    """
    kept = columns[:_SWARM_COLUMNS]
    names = [column["column"] for column in kept]
    rows = [point for column in kept for point in _points(column, output)]
    x = altair.X("by:Q", title=f"contribution to {title}", axis=altair.Axis(tickCount=5))
    y = altair.Y("column:N", sort=names, title=None, axis=altair.Axis(ticks=False, domain=False, labelLimit=150))
    offset = altair.YOffset("beside:Q", scale=altair.Scale(domain=[-1, 1], range=[4, 4 + _SPREAD]))
    tooltip = [
        charts.tip("column:N", "column"),
        charts.tip("value:N", "value"),
        charts.tip("by:Q", "contributed", "+.4~g"),
    ]
    numbers = [point for point in rows if point["share"] is not None]
    others = [point for point in rows if point["share"] is None]
    scale = altair.Scale(domain=[0, 1], range=[charts.FIRST, charts.SECOND])
    layers = [altair.Chart(charts.data([{"by": 0}])).mark_rule(color=charts.MUTED, strokeWidth=1).encode(x="by:Q")]
    marks = {"filled": True, "size": 22, "opacity": 0.75}
    if numbers:
        color = altair.Color("share:Q", legend=None, scale=scale)
        layers.append(
            altair.Chart(charts.data(numbers))
            .mark_point(**marks)
            .encode(x=x, y=y, yOffset=offset, color=color, tooltip=tooltip)
        )
    if others:
        layers.append(
            altair.Chart(charts.data(others))
            .mark_point(color=charts.MUTED, **marks)
            .encode(x=x, y=y, yOffset=offset, tooltip=tooltip)
        )
    widest = max(kept, key=lambda column: _reach(column, output))
    low, high = min(widest["contributions"][output]), max(widest["contributions"][output])
    chart = altair.layer(*layers).properties(width="container", height=_COLUMN * len(names))
    return Figure(
        caption=f"What each column contributed to {title}, row by row. Blue: the lowest values of a column, orange: "
        "the highest, grey: categories and missing values",
        description=f"Contributions of {len(names)} columns to {title}. Those of {widest['column']} reach furthest, "
        f"from {numerals.interval(low, high, '+.4g')}.",
        spec=charts.spec(chart),
    )


def _reach(column: Mapping[str, Any], output: int) -> float:
    values = column["contributions"][output]
    return float(max(values) - min(values))


def _points(column: Mapping[str, Any], output: int) -> list[dict[str, Any]]:
    """Returns points of one column; those at the same place are put beside each other."""
    given, values = column["given"][:_SWARM_ROWS], column["contributions"][output][:_SWARM_ROWS]
    known = sorted({value for value in given if value is not None}) if column["is_number"] else []
    ranks = {value: number / max(1, len(known) - 1) for number, value in enumerate(known)}
    low, reach = min(values), (max(values) - min(values)) or 1.0
    taken: dict[int, int] = {}
    most = max(_counts(values, low, reach).values())
    points = []
    for value, by in zip(given, values, strict=True):
        place = _bin(by, low, reach)
        number = taken[place] = taken.get(place, 0) + 1
        side = (number // 2) * (1 if number % 2 else -1)
        points.append(
            {
                "column": column["column"],
                "value": "(missing)" if value is None else value,
                "by": by,
                "share": round(ranks[value], 2) if value in ranks else None,
                "beside": round(2 * side / max(most, 8), 2),
            }
        )
    return points


def _bin(value: float, low: float, reach: float) -> int:
    return int((value - low) / reach * _BINS)


def _counts(values: Sequence[float], low: float, reach: float) -> dict[int, int]:
    counts: dict[int, int] = {}
    for value in values:
        place = _bin(value, low, reach)
        counts[place] = counts.get(place, 0) + 1
    return counts


def dependence(column: Mapping[str, Any], output: int, title: str) -> Figure:
    """Draws rows by their value of a column and what it contributed; of many categories the most frequent ones."""
    name = column["column"]
    pairs = list(zip(column["given"], column["contributions"][output], strict=True))[:_DEPENDENCE_ROWS]
    pairs = [(value, by) for value, by in pairs if value is not None]
    if column["is_number"]:
        place: Any = altair.X("value:Q", title=name, scale=altair.Scale(zero=False), axis=altair.Axis(tickCount=4))
        by: Any = altair.Y("by:Q", title="contribution", axis=altair.Axis(tickCount=5))
        channels = {"x": place, "y": by}
    else:
        counts: dict[str, int] = {}
        for value, _ in pairs:
            counts[value] = counts.get(value, 0) + 1
        frequent = sorted(counts, key=lambda value: -counts[value])[:_CATEGORIES]
        pairs = [(value, by) for value, by in pairs if value in frequent]
        place = altair.Y("value:N", title=name, sort=frequent, axis=altair.Axis(labelLimit=110, ticks=False))
        channels = {"y": place, "x": altair.X("by:Q", title="contribution", axis=altair.Axis(tickCount=4))}
    rows = [{"value": value, "by": by} for value, by in pairs]
    kind = "Q" if column["is_number"] else "N"
    tooltip = [charts.tip(f"value:{kind}", name), charts.tip("by:Q", "contributed", "+.4~g")]
    points = altair.Chart(charts.data(rows)).mark_point(filled=True, size=22, opacity=0.6, color=charts.FIRST)
    values = [by for _, by in pairs] or [0.0]
    return Figure(
        small=True,
        caption=f"What {name} contributed to {title}, by its value",
        description=f"{len(rows)} rows by {name}: contributions from "
        f"{numerals.interval(min(values), max(values), '+.4g')}.",
        spec=charts.spec(
            points.encode(**channels, tooltip=tooltip).properties(width="container", height=shapes.HEIGHT)
        ),
    )


def waterfall(row: Mapping[str, Any]) -> Figure:
    """Draws the way from the mean answer to a row's answer, column by column."""
    parts = [(_named(part), part["contribution"]) for part in row["parts"]]
    shown, left = parts[:_PARTS], parts[_PARTS:]
    rest = row["rest"] + sum(by for _, by in left)
    if left or row["rest"]:
        shown.append(("all other columns", rest))
    at, bars = row["base"], []
    for name, by in shown:
        bars.append({"name": name, "from": round(at, 5), "to": round(at + by, 5), "by": by, "rises": by >= 0})
        at += by
    names = [bar["name"] for bar in bars]
    color = altair.Color(
        "rises:N", legend=None, scale=altair.Scale(domain=[True, False], range=[charts.FIRST, charts.SECOND])
    )
    x = altair.X("from:Q", title=row["output"], scale=altair.Scale(zero=False), axis=altair.Axis(tickCount=4))
    y = altair.Y("name:N", sort=names, title=None, axis=altair.Axis(labelLimit=150, ticks=False, domain=False))
    tooltip = [
        charts.tip("name:N", "column"),
        charts.tip("by:Q", "contributed", "+.4~g"),
        charts.tip("to:Q", "answer so far", ".4~g"),
    ]
    base = altair.Chart(charts.data([{"from": row["base"]}]))
    chart = base.mark_rule(color=charts.MUTED, strokeDash=[4, 4]).encode(x=x)
    chart += (
        altair.Chart(charts.data(bars))
        .mark_bar(height=_BAR - 8)
        .encode(x=x, x2="to:Q", y=y, color=color, tooltip=tooltip)
    )
    first = ", ".join(f"{name} {numerals.written(by, '+.4g')}" for name, by in shown[:3])
    base, answer = (numerals.written(row[name], ".4g") for name in ("base", "answer"))
    return Figure(
        small=True,
        caption=f"Test row {row['row']:,}, {row['why']}: {row['output']} {answer} (label {row['label']})",
        description=f"From the mean answer {base} to {answer}; most by {first}.",
        spec=charts.spec(chart.properties(width="container", height=_BAR * len(bars))),
    )


def _named(part: Mapping[str, Any]) -> str:
    return f"{part['column']} = {part['value']}" if part["value"] else str(part["column"])
