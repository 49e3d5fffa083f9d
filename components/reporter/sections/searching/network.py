"""The chosen architecture, drawn from its graph."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from components.reporter import charts
from components.reporter.blocks import Figure
from components.reporter.layout import Layout, layout

_WIDTH, _HEIGHT = 168.0, 36.0
_GAP = (18.0, 20.0)
# Above this width a drawing keeps it, and scrolls on a narrow page.
_NARROW = 420.0
# As `modules.contracts.architecture` names them.
_ENCODED, _LOGIT, _DENSE = "encoded", "logit", "dense"
_OPERATIONS = {"add": "sum", "multiply": "product"}


@dataclasses.dataclass(frozen=True)
class _Box:
    """A node as it is drawn: two lines of text, and the nodes that it reads."""

    title: str
    note: str
    inputs: tuple[str, ...]


def figure(graph: Mapping[str, Any], whose: str) -> Figure:
    """Draws a network from the encoded row down to its answer.

    Args:
        graph: What `modules.contracts.architecture` writes: `nodes`, each with `name`, `operation`, `inputs`, `units`,
            `activation`, `normalization`, `dropout`; `inputs`, the length of the encoded row; `outputs`, `weights`.
        whose: Whose network it is, such as `Teacher`.
    """
    import altair

    boxed = _boxed(graph)
    edges = [(read, name) for name, box in boxed.items() for read in box.inputs]
    drawn = layout(list(boxed), list(dict.fromkeys(edges)), (_WIDTH, _HEIGHT), _GAP)
    x = altair.X("x:Q", axis=None).scale(domain=[-2, drawn.width + 2], nice=False, zero=False)
    y = altair.Y("y:Q", axis=None).scale(domain=[drawn.height + 2, -2], nice=False, zero=False)
    lines = (
        altair.Chart(charts.data(_lines(drawn)))
        .mark_line(interpolate="basis", strokeWidth=1.6, color=charts.MUTED)
        .encode(x=x, y=y, order="at:Q", detail="line:N")
    )
    boxes = altair.Chart(charts.data(_boxes(boxed, drawn)))
    tips = [charts.tip("title:N", "layer"), charts.tip("note:N", "with")]
    rect = boxes.mark_rect(cornerRadius=6, fill="var(--panel)", strokeWidth=1.4, stroke=charts.FIRST)
    centred = {"x": altair.X("middle:Q", axis=None), "y": altair.Y("centre:Q", axis=None)}
    above = boxes.transform_filter("datum.note != ''").mark_text(
        fontSize=11, fontWeight="bold", color="currentColor", dy=-6
    )
    alone = boxes.transform_filter("datum.note == ''").mark_text(fontSize=11, fontWeight="bold", color="currentColor")
    below = boxes.mark_text(fontSize=10, color="currentColor", dy=8, opacity=0.8, limit=_WIDTH - 8)
    chart = altair.layer(
        lines,
        rect.encode(x=x, x2="right:Q", y=y, y2="bottom:Q", tooltip=tips),
        above.encode(text="title:N", **centred),
        alone.encode(text="title:N", **centred),
        below.encode(text="note:N", **centred),
    ).properties(width=drawn.width + 4, height=drawn.height + 4)
    weights = f", {graph['weights']:,} weights" if graph.get("weights") else ""
    return Figure(
        caption=f"{whose}: its network{weights}",
        description=f"{whose}: {described(graph)}.",
        spec=charts.spec(chart),
        small=drawn.width <= _NARROW,
        wide=drawn.width > _NARROW,
    )


def described(graph: Mapping[str, Any]) -> str:
    """Returns a network in words: its layers by number, and what they read where that is not the one before."""
    boxed = _boxed(graph)
    number = {name: "the row" if name == _ENCODED else f"{at}" for at, name in enumerate(boxed)}
    parts, before = [], ""
    for name, box in boxed.items():
        what = ", ".join(filter(None, (box.title, box.note)))
        plain = not box.inputs or box.inputs == (before,)
        sources = "" if plain else f" (of {' and '.join(number[read] for read in box.inputs)})"
        parts.append((what if name in (_ENCODED, _LOGIT) else f"{number[name]}: {what}") + sources)
        before = name
    return "; ".join(parts)


def _boxed(graph: Mapping[str, Any]) -> dict[str, _Box]:
    """Returns the boxes by the names of their nodes, in an order in which each comes after those that it reads."""
    nodes = graph["nodes"]
    first = _Box("encoded row", f"{graph['inputs']:,} numbers" if graph.get("inputs") else "", ())
    of_nodes = {node["name"]: _box(node) for node in nodes}
    last = nodes[-1]["name"] if nodes else _ENCODED
    outputs = graph.get("outputs") or 1
    answer = _Box("answer", f"{outputs:,} numbers" if outputs > 1 else "1 number", (last,))
    return {_ENCODED: first, **of_nodes, _LOGIT: answer}


def _box(node: Mapping[str, Any]) -> _Box:
    inputs = tuple(node["inputs"])
    if node["operation"] != _DENSE:
        return _Box(_OPERATIONS.get(node["operation"], node["operation"]), f"{node['units']:,} units", inputs)
    notes = [node["activation"]]
    notes += ["batch norm"] if node["normalization"] == "batch" else []
    notes += [f"dropout {node['dropout']:g}"] if node["dropout"] else []
    return _Box(f"dense, {node['units']:,} units", ", ".join(notes), inputs)


def _boxes(boxed: Mapping[str, _Box], drawn: Layout) -> list[dict[str, Any]]:
    return [
        {
            "title": box.title,
            "note": box.note,
            "x": middle - _WIDTH / 2,
            "right": middle + _WIDTH / 2,
            "middle": middle,
            "y": centre - _HEIGHT / 2,
            "bottom": centre + _HEIGHT / 2,
            "centre": centre,
        }
        for name, box in boxed.items()
        for middle, centre in [drawn.nodes[name]]
    ]


def _lines(drawn: Layout) -> list[dict[str, Any]]:
    """Returns four points per stretch of a line, which leaves and arrives upright."""
    rows = []
    for number, (_, start, end) in enumerate(drawn.lines):
        bend = (end[1] - start[1]) / 2
        points = [start, (start[0], start[1] + bend), (end[0], end[1] - bend), end]
        rows += [{"line": number, "at": at, "x": x, "y": y} for at, (x, y) in enumerate(points)]
    return rows
