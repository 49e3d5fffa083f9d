"""How the answer changes with a column: lines of single rows, their mean, and accumulated local effects."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair

from components.reporter import charts
from components.reporter.blocks import Figure
from components.reporter.figures import shapes
from modules.base import numerals

_PARTIAL, _ACCUMULATED, _ROWS = "mean (PDP)", "ALE", "rows (ICE)"
_COLORS = {_PARTIAL: charts.FIRST, _ACCUMULATED: charts.SECOND, _ROWS: charts.MUTED}
# A column whose greatest value is so many times as far from the least as the median is drawn by its logarithm.
_SKEWED = 10
_CATEGORY = 22  # pixels


def of_numbers(column: Mapping[str, Any], answer: str) -> list[Figure]:
    """Draws a numeric column twice: the answers, and how they change from the least value on.

    Args:
        column: What the content of the method has of it.
        answer: What the answer is, in words.
    """
    name, values = column["column"], _drawn(column, column["values"])
    partial, lines, accumulated = column["partial"], column["lines"], column["accumulated"]
    low, high = min(partial), max(partial)
    at = [_text(column, column["values"][partial.index(end)]) for end in (low, high)]
    levels = _lines(values, lines, _PARTIAL, partial)
    layers = [*_layers(levels, column, answer), *_missing(column, values, answer)]
    least, most = (numerals.written(end, ".4g") for end in (low, high))
    said = f"Mean answer to the same rows with another {name}: lowest {least} at {at[0]}, highest {most} at {at[1]}."
    if column["missing"] is not None:
        said += f" Where it is missing: {numerals.written(column['missing'], '.4g')}."
    changes = _lines(values, [_from_first(line) for line in lines], _PARTIAL, _from_first(partial))
    effects = _from_first(accumulated["effects"])
    changes |= {_ACCUMULATED: (_drawn(column, accumulated["values"]), [effects])}
    by_partial, by_accumulated = (numerals.written(by, "+.4g") for by in (partial[-1] - partial[0], effects[-1]))
    return [
        _figure(f"{name}: the answer", said, layers),
        _figure(
            f"{name}: change from its least value",
            f"Change of the answer from the least {name} to the greatest: partial dependence "
            f"{by_partial}, accumulated local effects {by_accumulated}.",
            _layers(changes, column, "change of the answer"),
        ),
    ]


def of_categories(column: Mapping[str, Any], answer: str) -> list[Figure]:
    """Draws a categorical column twice: the answers, and how they change from the most frequent category.

    Args:
        column: What the content of the method has of it.
        answer: What the answer is, in words.
    """
    name, values, partial = column["column"], column["values"], column["partial"]
    order = sorted(range(len(values)), key=lambda place: -partial[place])
    missing = [] if column["missing"] is None else [{"category": "(missing)", "value": round(column["missing"], 5)}]
    levels = _points(values, partial, column["spread"], order)
    changes = _points(values, column["change"], column["change_spread"], order)
    low, high = partial[order[-1]], partial[order[0]]
    said = f"Mean answer to the same rows with another {name}: lowest {numerals.written(low, '.4g')} "
    said += f"with {values[order[-1]]}, highest {numerals.written(high, '.4g')} with {values[order[0]]}."
    most, least = max(changes, key=lambda row: row["value"]), min(changes, key=lambda row: row["value"])
    lowest, highest = (numerals.written(change["value"], "+.4g") for change in (least, most))
    return [
        _categories(f"{name}: the answer", said, [*levels, *missing], answer),
        _categories(
            f"{name}: change from {values[0]}",
            f"Change of the answer from {values[0]}, the most frequent {name}: from {lowest} with {least['category']} "
            f"to {highest} with {most['category']}.",
            changes,
            "change of the answer",
        ),
    ]


def _lines(
    values: Sequence[Any], lines: Sequence[Sequence[float]], name: str, mean: Sequence[float]
) -> dict[str, tuple[Sequence[Any], Sequence[Sequence[float]]]]:
    return {_ROWS: (values, lines), name: (values, [mean])}


def _layers(drawn: Mapping[str, tuple[Sequence[Any], Sequence[Sequence[float]]]], of: Mapping[str, Any], y: str) -> Any:
    """Returns a chart for each kind of line, the values once for all lines of a kind."""
    color = altair.Color(
        "kind:N",
        scale=altair.Scale(domain=list(drawn), range=[_COLORS[kind] for kind in drawn]),
        legend=altair.Legend(title=None, symbolOpacity=1),
    )
    made = []
    for kind, (values, lines) in drawn.items():
        fields = [f"l{number}" for number in range(len(lines))]
        table = [
            {"x": value, "kind": kind, **dict(zip(fields, shapes.rounded(at, 5), strict=True))}
            for value, at in zip(values, zip(*lines, strict=True), strict=True)
        ]
        is_single = kind == _ROWS
        tooltip = [] if is_single else [_value_tip(of), charts.tip("answer:Q", kind, ".4~g")]
        made.append(
            altair.Chart(charts.data(table))
            .transform_fold(fields, as_=["line", "answer"])
            .mark_line(
                opacity=0.45 if is_single else 1,
                strokeWidth=1 if is_single else 2.5,
                strokeDash=[5, 3] if kind == _ACCUMULATED else [],
                point=False if is_single else altair.OverlayMarkDef(size=14, opacity=1),
            )
            .encode(x=_x(of), y=altair.Y("answer:Q", title=y), detail="line:N", color=color, tooltip=tooltip)
        )
    return made


def _missing(column: Mapping[str, Any], values: Sequence[Any], y: str) -> list[Any]:
    """Returns the answer to a missing value: a mark at the left edge, and a line that continues it."""
    if column["missing"] is None:
        return []
    point = altair.Chart(charts.data([{"missing": round(column["missing"], 5), "x": min(values)}]))
    at = altair.Y("missing:Q", title=y)
    tips = [charts.tip("missing:Q", "where it is missing", ".4~g")]
    rule = point.mark_rule(strokeDash=[2, 3], color=charts.THIRD).encode(y=at, tooltip=tips)
    words = point.mark_text(text="missing", align="left", dx=4, dy=-6, color=charts.THIRD).encode(x=_x(column), y=at)
    return [rule, words]


def _x(column: Mapping[str, Any]) -> Any:
    """Returns the axis of a numeric column: of times in dates, of skewed numbers by their logarithm."""
    if column["kind"] == "timestamp":
        return altair.X("x:T", title=column["column"], scale=altair.Scale(type="utc"), axis=altair.Axis(tickCount=4))
    values = sorted(column["values"])
    middle = values[len(values) // 2] - values[0]
    is_skewed = middle > 0 and values[-1] - values[0] > _SKEWED * middle and values[0] >= 0
    scale = altair.Scale(type="symlog", constant=middle / 4) if is_skewed else altair.Scale(zero=False, nice=False)
    axis = altair.Axis(tickCount=4, format=",~r") if is_skewed else altair.Axis(tickCount=5)
    return altair.X("x:Q", title=column["column"], scale=scale, axis=axis)


def _value_tip(column: Mapping[str, Any]) -> Any:
    if column["kind"] == "timestamp":
        return altair.Tooltip("utcyearmonthdatehoursminutes(x):T", title=column["column"])
    return charts.tip("x:Q", column["column"], ",.6~g")


def _drawn(column: Mapping[str, Any], values: Sequence[Any]) -> list[Any]:
    """Returns values as Vega has them: times in milliseconds."""
    return [value * 1_000 for value in values] if column["kind"] == "timestamp" else list(values)


def _text(column: Mapping[str, Any], value: float) -> str:
    return shapes.date(value) if column["kind"] == "timestamp" else numerals.written(value, ",.6g")


def _from_first(line: Sequence[float]) -> list[float]:
    return [value - line[0] for value in line]


def _figure(caption: str, description: str, layers: Sequence[Any]) -> Figure:
    chart = altair.layer(*layers).properties(width="container", height=shapes.HEIGHT)
    return Figure(small=True, caption=caption, description=description, spec=charts.spec(chart))


def _points(
    values: Sequence[str], means: Sequence[float], spread: Mapping[str, Sequence[float]], order: Sequence[int]
) -> list[dict[str, Any]]:
    return [
        {
            "category": values[place],
            "value": round(means[place], 5),
            "low": round(spread["low"][place], 5),
            "high": round(spread["high"][place], 5),
        }
        for place in order
    ]


def _categories(caption: str, description: str, rows: list[dict[str, Any]], title: str) -> Figure:
    axis = altair.Axis(labelLimit=140, ticks=False, domain=False)
    y = altair.Y("category:N", sort=[row["category"] for row in rows], title=None, axis=axis)
    base = altair.Chart(charts.data(rows)).encode(y=y)
    tooltip = [
        charts.tip("category:N", "category"),
        charts.tip("value:Q", "mean", ".4~g"),
        charts.tip("low:Q", "a tenth of the rows lies below", ".4~g"),
        charts.tip("high:Q", "a tenth lies above", ".4~g"),
    ]
    x = altair.X("value:Q", title=title, scale=altair.Scale(zero=False), axis=altair.Axis(tickCount=4))
    chart = base.mark_rule(strokeWidth=2, color=charts.MUTED).encode(x=altair.X("low:Q"), x2="high:Q")
    chart += base.mark_point(filled=True, size=50, opacity=1, color=charts.FIRST).encode(x=x, tooltip=tooltip)
    height = max(4, len(rows)) * _CATEGORY
    spec = charts.spec(chart.properties(width="container", height=height))
    return Figure(small=True, caption=caption, description=description, spec=spec)
