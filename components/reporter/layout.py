"""Where the steps of a run stand in its graph, and how the lines between them go round the others.

Layers as by Sugiyama et al., 1981 (doi:10.1109/TSMC.1981.4308636): a step stands below all that it depends on; a line
over several layers has a place of its own in each; places are ordered by the mean of their neighbours'. All lines that
leave one step share a lane, or a graph of a pipeline would be nothing but lines.
"""

import dataclasses
from collections.abc import Mapping, Sequence

Point = tuple[float, float]
# A step, or the lane of a step in a layer that it passes.
Place = tuple[str, int]

_SWEEPS = 8


@dataclasses.dataclass(frozen=True)
class Layout:
    """A drawing.

    Attributes:
        width: Width in pixels.
        height: Height in pixels.
        nodes: The centre of each step; y grows downwards.
        lines: The ends of each stretch of a line, with the step that it comes from.
        lanes: Where the lane of a step begins, by step.
    """

    width: float
    height: float
    nodes: dict[str, Point]
    lines: list[tuple[str, Point, Point]]
    lanes: dict[str, Point]


def layout(
    nodes: Sequence[str], edges: Sequence[tuple[str, str]], size: Point, gap: Point = (24.0, 30.0), lane: float = 22.0
) -> Layout:
    """Lays out a graph from top to bottom.

    Args:
        nodes: The steps, at least one.
        edges: Pairs of them, without a cycle.
        size: Width and height of a step.
        gap: Distance of two steps in a layer, and of two layers.
        lane: Width of a lane.
    """
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    level = {node: at for at, layer in enumerate(networkx.topological_generations(graph)) for node in layer}
    links = _links(graph, level)
    layers: list[list[Place]] = [[] for _ in range(max(level.values()) + 1)]
    for place in dict.fromkeys([*((node, level[node]) for node in nodes), *(p for link in links for p in link)]):
        layers[place[1]].append(place)
    widths = {place: size[0] if level[place[0]] == place[1] else lane for layer in layers for place in layer}
    x = _across(layers, links, widths, gap[0])
    left = min(x[place] - widths[place] / 2 for place in x)
    width = max(x[place] + widths[place] / 2 for place in x) - left
    step = size[1] + gap[1]

    def end(place: Place, side: float) -> Point:
        real = level[place[0]] == place[1]
        return x[place] - left, place[1] * step + size[1] / 2 + (side * size[1] / 2 if real else 0)

    lanes = {place[0]: end(place, 0) for place in reversed(list(x)) if level[place[0]] != place[1]}
    return Layout(
        width,
        len(layers) * step - gap[1],
        {node: end((node, level[node]), 0) for node in nodes},
        [(above[0], end(above, 1), end(below, -1)) for above, below in links],
        lanes,
    )


def _links(graph, level: Mapping[str, int]) -> list[tuple[Place, Place]]:  # type: ignore[no-untyped-def]
    """Returns what joins places of neighbouring layers: from a step along its lane, and off to those that use it."""
    links: dict[tuple[Place, Place], None] = {}
    for node in graph:
        for user in graph[node]:
            path = [(node, at) for at in range(level[node], level[user])] + [(user, level[user])]
            links.update(dict.fromkeys(zip(path, path[1:], strict=False)))
    return list(links)


def _across(
    layers: Sequence[list[Place]], links: Sequence[tuple[Place, Place]], widths: Mapping[Place, float], gap: float
) -> dict[Place, float]:
    """Returns the x of each place: first the order within its layer, then as near to its neighbours as there is room."""
    near: dict[Place, list[Place]] = {place: [] for layer in layers for place in layer}
    for above, below in links:
        near[above].append(below)
        near[below].append(above)
    x: dict[Place, float] = {}
    for layer in layers:
        x |= dict(zip(layer, _apart([0.0] * len(layer), [widths[place] for place in layer], gap), strict=True))
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wish = {place: _mean([x[other] for other in near[place]], x[place]) for place in layer}
            if sweep < _SWEEPS - 2:
                layer.sort(key=lambda place: wish[place])
            placed = _apart([wish[place] for place in layer], [widths[place] for place in layer], gap)
            x |= dict(zip(layer, placed, strict=True))
    return x


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _apart(wishes: Sequence[float], widths: Sequence[float], gap: float) -> list[float]:
    """Returns centres in the given order that do not overlap, half of what is moved to either side."""

    def push(values: Sequence[float], breadths: Sequence[float]) -> list[float]:
        placed: list[float] = []
        for number, (value, width) in enumerate(zip(values, breadths, strict=True)):
            least = placed[-1] + (breadths[number - 1] + width) / 2 + gap if placed else value
            placed.append(max(value, least))
        return placed

    right = push(wishes, widths)
    left = [-value for value in push([-value for value in reversed(wishes)], list(reversed(widths)))][::-1]
    return [(a + b) / 2 for a, b in zip(left, right, strict=True)]
