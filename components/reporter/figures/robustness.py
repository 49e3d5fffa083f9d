"""How many decisions stay as a row's numbers move."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair

from components.reporter import charts
from components.reporter.blocks import Figure

_NAMES = {"pgd": "to the worst effect, 5 steps", "fgsm": "to the worst effect, 1 step", "noise": "in a drawn direction"}
_HEIGHT = 220


def curve(points: Sequence[Mapping[str, Any]], kept: str) -> Figure:
    """Draws the share that is kept by radius, a line for each attack.

    Args:
        points: Of each attack and radius `attack`, `radius`, `kept`, and the ends of its interval, `low` and `high`.
        kept: What is kept, in words.
    """
    rows = [
        {
            "attack": _NAMES[one["attack"]],
            "radius": one["radius"],
            **{name: round(one[name], 5) for name in ("kept", "low", "high")},
        }
        for one in points
    ]
    radii = sorted({one["radius"] for one in rows})
    x = altair.X(
        "radius:Q",
        title="each number moved by at most, in standard deviations",
        scale=altair.Scale(type="log", domain=[radii[0], radii[-1]]),
        axis=altair.Axis(values=radii, format="~g"),
    )
    y = altair.Y("kept:Q", title=f"{kept} kept", scale=altair.Scale(domain=[0, 1]), axis=altair.Axis(format=".0%"))
    tips = [
        charts.tip("attack:N", "moved"),
        charts.tip("radius:Q", "standard deviations", "~g"),
        charts.tip("kept:Q", "kept", ".1%"),
        charts.tip("low:Q", "95 % interval from", ".1%"),
        charts.tip("high:Q", "to", ".1%"),
    ]
    base = altair.Chart(charts.data(rows)).encode(x=x, color=altair.Color("attack:N", sort=list(_NAMES.values())))
    drawn = (
        base.mark_area(opacity=0.12).encode(y="low:Q", y2="high:Q")
        + base.mark_line(strokeWidth=2).encode(y=y)
        + base.mark_point(filled=True, size=45, opacity=1).encode(y=y, tooltip=tips)
    ).properties(width="container", height=_HEIGHT)
    worst = [one for one in points if one["attack"] == "pgd"]
    told = ", ".join(f"{one['kept']:.0%} at {one['radius']:g}" for one in worst)
    return Figure(
        caption=f"Robustness curve: {kept} that stay as numbers move",
        description=f"Moved to the worst effect, these shares stay by standard deviations: {told}.",
        spec=charts.spec(drawn),
    )
