"""Where the steps of a run stand in its graph, and how the lines between them go round the others.

A step stands in the layer below all that it depends on (Sugiyama et al., 1981, doi:10.1109/TSMC.1981.4308636). A line
over several layers runs down a lane beside the steps that it passes. All lines that leave one step share its lane, or a
graph of a pipeline would be nothing but lines.
"""

import dataclasses
import graphlib
from collections.abc import Mapping, Sequence

Point = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Layout:
    """A drawing; y grows downwards.

    Attributes:
        width: Width in pixels.
        height: Height in pixels.
        nodes: The centre of each step.
        lines: The ends of each stretch of a line, with the step that it comes from; both ends are between two layers,
            or it is upright.
        lanes: The steps that have a lane.
    """

    width: float
    height: float
    nodes: dict[str, Point]
    lines: list[tuple[str, Point, Point]]
    lanes: list[str]


@dataclasses.dataclass(frozen=True)
class _Lane:
    """The lane of a step: the first layer that it passes, the last one, and where it is."""

    first: int
    last: int
    x: float

    def beside(self, first: int, last: int) -> bool:
        """Tells whether it passes one of the layers, or begins or ends next to them."""
        return self.first <= last + 1 and first <= self.last + 1


def layout(
    nodes: Sequence[str], edges: Sequence[tuple[str, str]], size: Point, gap: Point = (20.0, 34.0), lane: float = 16.0
) -> Layout:
    """Lays out a graph from top to bottom.

    Args:
        nodes: The steps, at least one.
        edges: Pairs of them, each pair once, without a cycle.
        size: Width and height of a step.
        gap: Distance of two steps in a layer, and of two layers.
        lane: Distance of two lanes.
    """
    makers: dict[str, list[str]] = {node: [] for node in nodes}
    for maker, user in edges:
        makers[user].append(maker)
    layers = _layers(nodes, makers)
    level = {node: at for at, layer in enumerate(layers) for node in layer}
    users = {
        node: sorted((user for maker, user in edges if maker == node), key=lambda user: level[user]) for node in nodes
    }
    x = _across(layers, makers, size[0] + gap[0])
    lanes = _lanes(layers, level, users, x, (size[0] / 2 + gap[0], lane))
    step = size[1] + gap[1]
    left = min(x.values()) - size[0] / 2
    x = {node: place - left for node, place in x.items()}
    lines = []
    for node in nodes:
        below = x[node], level[node] * step + size[1]
        for user in users[node]:
            start, at = below, level[user]
            if at > level[node] + 1:
                start = lanes[node].x - left, (at - 1) * step + size[1]
            lines.append((node, start, (x[user], at * step)))
        if node in lanes:
            beside, first, last = lanes[node].x - left, lanes[node].first, lanes[node].last
            lines += [
                (node, below, (beside, first * step)),
                (node, (beside, first * step), (beside, last * step + size[1])),
            ]
    return Layout(
        max([place + size[0] / 2 for place in x.values()] + [of.x - left + lane / 2 for of in lanes.values()]),
        len(layers) * step - gap[1],
        {node: (x[node], level[node] * step + size[1] / 2) for node in nodes},
        lines,
        list(lanes),
    )


def _layers(nodes: Sequence[str], makers: Mapping[str, list[str]]) -> list[list[str]]:
    """Returns the steps of each layer, in their order among the nodes."""
    order = {node: at for at, node in enumerate(nodes)}
    sorter = graphlib.TopologicalSorter(makers)
    sorter.prepare()
    layers = []
    while sorter.is_active():
        layers.append(sorted(sorter.get_ready(), key=order.__getitem__))
        sorter.done(*layers[-1])
    return layers


def _across(layers: Sequence[list[str]], makers: Mapping[str, list[str]], apart: float) -> dict[str, float]:
    """Returns the x of each step: each layer is centred, in the order of the mean of what its steps depend on."""
    x: dict[str, float] = {}
    for layer in layers:
        wish = {node: sum(x[maker] for maker in makers[node]) / max(1, len(makers[node])) for node in layer}
        for number, node in enumerate(sorted(layer, key=lambda node: wish[node])):
            x[node] = (number - (len(layer) - 1) / 2) * apart
    return x


def _lanes(
    layers: Sequence[list[str]],
    level: Mapping[str, int],
    users: Mapping[str, Sequence[str]],
    x: Mapping[str, float],
    distance: Point,
) -> dict[str, _Lane]:
    """Returns the lanes, each as far to the left as the steps and the shorter lanes beside it let it."""
    spans = {node: (level[node] + 1, level[of[-1]] - 1) for node, of in users.items() if of}
    spans = {node: (first, last) for node, (first, last) in spans.items() if first <= last}
    lanes: dict[str, _Lane] = {}
    for node in sorted(spans, key=lambda node: spans[node][1] - spans[node][0]):
        first, last = spans[node]
        place = max(x[other] for layer in layers[first : last + 1] for other in layer) + distance[0]
        for other in sorted(lane.x for lane in lanes.values() if lane.beside(first, last)):
            if abs(other - place) < distance[1]:
                place = other + distance[1]
        lanes[node] = _Lane(first, last, place)
    return lanes
