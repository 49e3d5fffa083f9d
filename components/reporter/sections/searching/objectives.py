"""What a good score costs: the trials' scores against the bytes of their files, and how the front grew."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Figure
from modules import tasks
from modules.base import numerals

_HEIGHT = 200
# Share of the scores, the best ones, that the axis spans at least.
_SEEN = 0.75
_TITLES = {"bytes": "bytes, computed", "operations": "multiplications of one row"}


def figures(search: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], metric: tasks.Metric) -> list[Figure]:
    """Draws the front, and how much of the box it covered after each trial; none where all trials cost the same.

    Args:
        search: summary.json's `tuner_search`.
        trials: The trials, in any order.
        metric: What the score is.
    """
    front = search.get("front")
    costs = [name for name in (front or {"ideal": {}})["ideal"] if name != "metric"]
    if not front or not costs or front["ideal"][costs[0]] == front["reference"][costs[0]]:
        return []
    known = [trial for trial in trials if trial["trial_id"] in front["hypervolume"]]
    return [_front(front, known, costs[0], search.get("chosen"), metric), _covered(front, known, [*costs])]


def _front(
    front: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], cost: str, chosen: str | None, metric: tasks.Metric
) -> Figure:
    import altair

    rows = [
        {
            "trial": trial["trial_id"].lstrip("0") or "0",
            "cost": trial["trial/costs"][cost],
            "score": trial["score"],
            "front": trial["trial_id"] in front["trials"],
            "kind": "chosen"
            if trial["trial_id"] == chosen
            else "in front"
            if trial["trial_id"] in front["trials"]
            else "beaten",
        }
        for trial in sorted(trials, key=lambda trial: trial["trial/costs"][cost])
    ]
    scores = sorted((row["score"] for row in rows), reverse=metric.higher_is_better)
    seen = scores[: math.ceil(_SEEN * len(scores))]
    seen += [row["score"] for row in rows if row["front"]]
    scale = altair.Scale(domain=charts.at_least(seen, None), nice=False, zero=False)
    x = altair.X("cost:Q", title=f"{_TITLES.get(cost, cost)} (log scale)").scale(type="log", nice=False, padding=10)
    x = x.axis(format="~s", tickCount=4, grid=False)
    y = altair.Y("score:Q", title=None, scale=scale).axis(tickCount=4)
    kinds = ["chosen", "in front", "beaten"]
    colour = altair.Color("kind:N").scale(domain=kinds, range=[charts.SECOND, charts.FIRST, charts.MUTED])
    drawn = altair.Chart(charts.data(rows))
    joined = altair.Chart(charts.data([row for row in rows if row["front"]]))
    tips = [
        charts.tip("trial:N", "trial"),
        charts.tip("cost:Q", _TITLES.get(cost, cost), ","),
        charts.tip("score:Q", f"validation {metric.title}", ".4f"),
    ]
    points = drawn.mark_point(filled=True, opacity=1, clip=True).encode(
        x=x,
        y=y,
        color=colour.legend(altair.Legend(orient="top")),
        shape=altair.condition("datum.kind == 'chosen'", altair.value("diamond"), altair.value("circle")),
        size=altair.condition("datum.kind == 'chosen'", altair.value(130), altair.value(45)),
        tooltip=tips,
    )
    line = joined.mark_line(interpolate="step-after", strokeDash=[4, 3], strokeWidth=1.5, color=charts.FIRST)
    ahead = [row for row in rows if row["front"]]
    told = "; ".join(
        f"trial {row['trial']}: {row['cost']:,} {cost}, {numerals.written(row['score'], '.4f')}" for row in ahead
    )
    every = "both" if len(front["ideal"]) == 2 else f"all {len(front['ideal'])} objectives"
    return Figure(
        caption=f"Validation {metric.title} against {cost}; dashed: those that no trial beats in {every}",
        description=f"Of {len(rows)} trials {len(ahead)} lie in front, from the cheapest on: {told}.",
        spec=charts.spec(altair.layer(line.encode(x=x, y=y), points).properties(width="container", height=_HEIGHT)),
        small=True,
    )


def _covered(front: Mapping[str, Any], trials: Sequence[Mapping[str, Any]], costs: Sequence[str]) -> Figure:
    import altair

    rows, epochs = [], 0
    for trial in sorted(trials, key=lambda trial: str(trial["trial_id"])):
        epochs += trial["trial/epochs"]
        rows.append({"epochs": epochs, "volume": front["hypervolume"][trial["trial_id"]]})
    x = altair.X("epochs:Q", title="epochs of all trials").axis(grid=False, tickCount=5)
    y = altair.Y("volume:Q", title=None).scale(domain=[0, 1]).axis(format=".0%", tickCount=5)
    tips = [charts.tip("epochs:Q", "epochs", ",.0f"), charts.tip("volume:Q", "hypervolume", ".1%")]
    line = altair.Chart(charts.data(rows)).mark_line(
        interpolate="step-after",
        strokeWidth=2,
        color=charts.SECOND,
        point=altair.OverlayMarkDef(size=24, color=charts.SECOND),
    )
    first, last = rows[0], rows[-1]
    return Figure(
        caption=f"Hypervolume of score and {' and '.join(costs)}: the share of the box that the front covers",
        description=(
            f"The hypervolume rises from {first['volume']:.1%} after {first['epochs']} epochs to {last['volume']:.1%} "
            f"after {last['epochs']}. The box lies between the best and the worst value of each objective."
        ),
        spec=charts.spec(line.encode(x=x, y=y, tooltip=tips).properties(width="container", height=_HEIGHT)),
        small=True,
    )
