"""How the answer changes with two columns at once."""

from collections.abc import Mapping
from typing import Any

import altair

from components.reporter import charts
from components.reporter.blocks import Figure
from components.reporter.figures import shapes
from modules.base import numerals


def interaction_map(found: Mapping[str, Any], answer: str) -> Figure:
    """Draws the partial dependence on two columns as a map.

    Args:
        found: What the content of the method has of the pair.
        answer: What the answer is, in words.
    """
    first, second = found["first"], found["second"]
    sides = [
        [_text(kind, value) for value in values] for kind, values in zip(found["kinds"], found["values"], strict=True)
    ]
    rows = [
        {"x": across, "y": up, "value": round(value, 5)}
        for across, line in zip(sides[0], found["partial"], strict=True)
        for up, value in zip(sides[1], line, strict=True)
    ]
    x, y = (
        altair.Axis(labelLimit=110, labelAngle=angle, ticks=False, domain=False, labelOverlap=False)
        for angle in (-45, 0)
    )
    # Numbers grow upwards, as on any axis.
    up = list(reversed(sides[1])) if found["kinds"][1] != "categorical" else sides[1]
    chart = (
        altair.Chart(charts.data(rows))
        .mark_rect()
        .encode(
            x=altair.X("x:N", title=first, sort=sides[0], axis=x),
            y=altair.Y("y:N", title=second, sort=up, axis=y),
            color=altair.Color(
                "value:Q", scale=altair.Scale(scheme="viridis"), legend=altair.Legend(title=None, format=".3~g")
            ),
            tooltip=[charts.tip("x:N", first), charts.tip("y:N", second), charts.tip("value:Q", answer, ".4~g")],
        )
    )
    least, most = min(rows, key=lambda row: row["value"]), max(rows, key=lambda row: row["value"])
    return Figure(
        small=True,
        caption=f"{first} and {second}: {answer}",
        description=f"Mean answer by both: lowest {numerals.written(least['value'], '.4g')} "
        f"at {least['x']} and {least['y']}, highest {numerals.written(most['value'], '.4g')} "
        f"at {most['x']} and {most['y']}.",
        spec=charts.spec(chart.properties(width="container", height=shapes.HEIGHT)),
    )


def _text(kind: str, value: Any) -> str:
    if kind == "categorical":
        return str(value)
    return shapes.date(value) if kind == "timestamp" else numerals.written(value, ",.6g")
