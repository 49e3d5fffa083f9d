"""The graph of a run: its steps, and the artifacts that flow from one to the other."""

from collections.abc import Mapping
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Figure
from components.reporter.layout import Layout, Point, layout

_WIDTH, _HEIGHT = 126.0, 36.0
# The steps that make pages read what nearly all others made: their lines would hide theirs.
_PAGES = ("Papers", "Reporter")


def figure(graph: Mapping[str, Any], seconds: Mapping[str, float]) -> Figure:
    """Draws the graph.

    Args:
        graph: summary.json's `lineage`; the steps that make pages are left out.
        seconds: How long the steps took; a step that is missing has no time below its name.
    """
    import altair

    graph = {
        "nodes": [node for node in graph["nodes"] if node["step"] not in _PAGES],
        "edges": [edge for edge in graph["edges"] if not {edge["from"], edge["to"]} & {*_PAGES}],
    }
    names = [node["step"] for node in graph["nodes"]]
    pairs = list(dict.fromkeys((edge["from"], edge["to"]) for edge in graph["edges"]))
    drawn = layout(names, pairs, (_WIDTH, _HEIGHT))
    x = altair.X("x:Q", axis=None).scale(domain=[0, drawn.width], nice=False, zero=False)
    y = altair.Y("y:Q", axis=None).scale(domain=[drawn.height, 0], nice=False, zero=False)
    made = _artifacts(graph)
    lanes = {step: charts.PALETTE[number % len(charts.PALETTE)] for number, step in enumerate(drawn.lanes)}
    colours = altair.Color("from:N").scale(domain=[*lanes, "other"], range=[*lanes.values(), charts.MUTED]).legend(None)
    lines = (
        altair.Chart(charts.data(_lines(drawn)))
        .mark_line(interpolate="basis", strokeWidth=1.6, opacity=0.8)
        .encode(x=x, y=y, order="at:Q", detail="line:N", color=colours)
    )
    boxes = altair.Chart(charts.data(_boxes(graph, drawn, seconds)))
    tips = [charts.tip("step:N", "step"), charts.tip("note:N", "time")]
    corners = {"x": x, "x2": "right:Q", "y": y, "y2": "bottom:Q", "tooltip": tips}
    looks: dict[str, Any] = {"cornerRadius": 6, "fill": "var(--panel)", "strokeWidth": 1.4}
    ran = boxes.transform_filter("!datum.cached").mark_rect(**looks, stroke=charts.FIRST).encode(**corners)
    kept = boxes.transform_filter("datum.cached").mark_rect(**looks, stroke=charts.MUTED, strokeDash=[4, 3])
    centred = altair.X("middle:Q", axis=None).scale(domain=[0, drawn.width])
    above = boxes.mark_text(fontSize=11, fontWeight="bold", color="currentColor", dy=-6).encode(
        x=centred, y=altair.Y("centre:Q", axis=None), text="step:N"
    )
    below = boxes.mark_text(fontSize=10, color="currentColor", dy=8, opacity=0.8).encode(
        x=centred, y=altair.Y("centre:Q", axis=None), text="note:N"
    )
    chart = altair.layer(lines, ran, kept.encode(**corners), above, below).properties(
        width=drawn.width, height=drawn.height
    )
    cached = sum(node["cached"] for node in graph["nodes"])
    widest = max(made, key=lambda step: made[step], default="")
    shared = f" What {widest} made is used by {made[widest]} steps." if widest else ""
    return Figure(
        caption="Lineage: each step below those whose artifacts it used; dashed: from the cache",
        description=(
            f"{len(names)} steps, {cached} of them from the cache, and {len(pairs)} links from step to step, which the "
            f"table of artifacts lists.{shared}"
        ),
        spec=charts.spec(chart),
        wide=True,
    )


def _artifacts(graph: Mapping[str, Any]) -> dict[str, int]:
    """Returns how many steps use what a step made."""
    users: dict[str, set[str]] = {}
    for edge in graph["edges"]:
        users.setdefault(edge["from"], set()).add(edge["to"])
    return {step: len(of_step) for step, of_step in users.items()}


def _boxes(graph: Mapping[str, Any], drawn: Layout, seconds: Mapping[str, float]) -> list[dict[str, Any]]:
    return [
        {
            "step": node["step"],
            "cached": node["cached"],
            "note": "from the cache" if node["cached"] else _time(seconds.get(node["step"])),
            "x": drawn.nodes[node["step"]][0] - _WIDTH / 2,
            "right": drawn.nodes[node["step"]][0] + _WIDTH / 2,
            "middle": drawn.nodes[node["step"]][0],
            "y": drawn.nodes[node["step"]][1] - _HEIGHT / 2,
            "bottom": drawn.nodes[node["step"]][1] + _HEIGHT / 2,
            "centre": drawn.nodes[node["step"]][1],
        }
        for node in graph["nodes"]
    ]


def _time(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"


def _lines(drawn: Layout) -> list[dict[str, Any]]:
    """Returns four points per stretch, which leaves and arrives upright."""
    rows = []
    for number, (step, start, end) in enumerate(drawn.lines):
        bend = (end[1] - start[1]) * 0.5
        points: list[Point] = [start, (start[0], start[1] + bend), (end[0], end[1] - bend), end]
        source = step if step in drawn.lanes else "other"
        rows += [{"line": number, "from": source, "at": at, "x": x, "y": y} for at, (x, y) in enumerate(points)]
    return rows
