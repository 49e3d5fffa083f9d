"""A cell of a few nodes, stacked: what is searched are the operation of each node and what it reads.

The cell is that of NASNet (Zoph et al., 2018, arXiv:1707.07012) and DARTS (Liu et al., 2019, arXiv:1806.09055): a node
reads one or two of those before it, and what no node reads leaves the cell. The operations are those of tables.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from modules.base.settings import SearchSpace
from modules.contracts.architecture import ADD, DENSE, ENCODED, MULTIPLY, Architecture, Node
from modules.training.architectures.kind import Bytes, Values

_NO_SECOND = -1


def choices(space: SearchSpace) -> dict[str, Sequence[Any]]:
    """Returns the values of each hyperparameter, as `Kind` has it.

    A node reads `input` and, where it is not -1, `second`: 0 is the cell's input, and n the n-th node.
    """
    numbers = range(1, max(space.nodes) + 1)
    return {
        "nodes": space.nodes,
        **{f"operation_{number}": space.operations for number in numbers},
        **{f"input_{number}": range(number) for number in numbers if number > 1},
        **{f"second_{number}": range(_NO_SECOND, number) for number in numbers if number > 1},
        "cells": space.cells,
        "units": space.units,
        "activation": space.activation,
        "dropout": space.dropout,
        "normalization": space.normalization,
    }


def active(values: Values) -> set[str]:
    """Returns what the network depends on: of the nodes, those that it has."""
    numbers = range(1, values["nodes"] + 1)
    parts = {f"{part}_{number}" for part in ("operation", "input", "second") for number in numbers}
    usual = {"nodes", "cells", "units", "activation", "dropout", "normalization"}
    return usual | parts - {"input_1", "second_1"}


def architecture(values: Values) -> Architecture:
    """Returns the network of a configuration: a dense layer down to the width of the cells, then the cells."""
    network = _Nodes(values)
    end = network.dense("hidden_0", ENCODED)
    for cell in range(values["cells"]):
        end = _cell(network, f"cell_{cell + 1}", end, values)
    return Architecture(tuple(network.made), "micro")


def small(space: SearchSpace, bytes_of: Bytes) -> Iterable[Architecture]:
    """Yields cells of one operation whose nodes read one another in a row: nothing has to be added up."""
    parts: tuple[Sequence[Any], ...] = (space.nodes, space.operations, space.cells, space.units, space.activation)
    for nodes, operation, cells, units, activation in itertools.product(*parts):
        numbers = range(1, nodes + 1)
        chosen = {f"operation_{number}": operation for number in numbers}
        chosen |= {f"input_{number}": number - 1 for number in numbers}
        usual = {"units": units, "activation": activation, "dropout": 0.0, "normalization": "none"}
        yield architecture({"nodes": nodes, "cells": cells, **usual, **chosen})


class _Nodes:
    """The nodes of a network so far."""

    def __init__(self, values: Values) -> None:
        self.made: list[Node] = []
        self._values = values

    def dense(self, name: str, read: str, activation: str | None = None) -> str:
        """Adds a dense node; one with the cells' own activation is normalized, and thinned by dropout."""
        values = self._values
        if activation is not None:
            return self._add(Node(name, DENSE, (read,), values["units"], activation))
        usual = (values["activation"], values["normalization"], values["dropout"])
        return self._add(Node(name, DENSE, (read,), values["units"], *usual))

    def merge(self, name: str, operation: str, read: Sequence[str]) -> str:
        """Adds the sum or the product of nodes; of a single one, that is the node itself."""
        different = tuple(dict.fromkeys(read))
        if operation == ADD and len(different) == 1:
            return different[0]
        return self._add(Node(name, operation, different, self._values["units"]))

    def _add(self, node: Node) -> str:
        self.made.append(node)
        return node.name


def _cell(network: _Nodes, name: str, read: str, values: Values) -> str:
    """Adds a cell; returns the name of what leaves it: the sum of what no node reads."""
    made, loose = [read], {0}
    for number in range(1, values["nodes"] + 1):
        inputs = [values.get(f"input_{number}", 0), values.get(f"second_{number}", _NO_SECOND)]
        places = [place for place in inputs if place != _NO_SECOND]
        summed = network.merge(f"{name}_inputs_{number}", ADD, [made[place] for place in places])
        made.append(_OPERATIONS[values[f"operation_{number}"]](network, f"{name}_node_{number}", summed, read))
        loose = (loose - set(places)) | {number}
    return network.merge(f"{name}_end", ADD, [made[place] for place in sorted(loose)])


def _dense(network: _Nodes, name: str, read: str, start: str) -> str:
    """A dense layer."""
    return network.dense(name, read)


def _gated(network: _Nodes, name: str, read: str, start: str) -> str:
    """A gated linear unit (Dauphin et al., 2017, arXiv:1612.08083): W x + b, times the sigmoid of V x + c."""
    parts = [network.dense(f"{name}_values", read, "linear"), network.dense(f"{name}_gates", read, "sigmoid")]
    return network.merge(name, MULTIPLY, parts)


def _identity(network: _Nodes, name: str, read: str, start: str) -> str:
    """What it reads."""
    return read


def _cross(network: _Nodes, name: str, read: str, start: str) -> str:
    """A cross layer (Wang et al., 2021, arXiv:2008.13535): x_0 times W x + b, plus x, with the cell's input as x_0."""
    product = network.merge(f"{name}_product", MULTIPLY, [start, network.dense(f"{name}_values", read, "linear")])
    return network.merge(name, ADD, [product, read])


_OPERATIONS: Mapping[str, Callable[[_Nodes, str, str, str], str]] = {
    "dense": _dense,
    "gated": _gated,
    "identity": _identity,
    "cross": _cross,
}
