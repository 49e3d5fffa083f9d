"""The architecture of a network: a graph of dense layers, sums and products (architecture.json in a model run)."""

import dataclasses
import functools
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modules.contracts import files

_ARTIFACT, _FILE = "model run", "architecture.json"

#: What the first nodes read: the encoded row.
ENCODED = "encoded"
#: The last layer, which every network has, and which is no node.
LOGIT = "logit"
#: Weights and a bias for each unit, from all units that are read; then an activation.
DENSE = "dense"
#: The sum, and the product, of what is read, unit by unit.
ADD, MULTIPLY = "add", "multiply"


@dataclasses.dataclass(frozen=True)
class Node:
    """A node.

    Attributes:
        name: Its name, which no other node has.
        operation: `dense`, `add` or `multiply`.
        inputs: The names of the nodes that it reads, each before it; `encoded` is the encoded row.
        units: How many numbers it gives.
        activation: Of a dense node, by its Keras name.
        normalization: `batch` where batch normalization lies before the activation (Ioffe and Szegedy, 2015,
            arXiv:1502.03167), else `none`. It is folded into the dense layer once the network is trained.
        dropout: Share of its units that are dropped in training, in [0, 1).
    """

    name: str
    operation: str
    inputs: tuple[str, ...]
    units: int
    activation: str = "linear"
    normalization: str = "none"
    dropout: float = 0.0


@dataclasses.dataclass(frozen=True)
class Architecture:
    """A graph between the encoded row and the logits.

    Attributes:
        nodes: The nodes, each after those that it reads. The last one is read by the layer that gives the logits.
        kind: The search space that it is of: `mlp`, `macro` or `micro`.
    """

    nodes: tuple[Node, ...]
    kind: str = "mlp"

    @classmethod
    def stack(cls, units: Sequence[int], activation: str, dropout: float) -> "Architecture":
        """Returns dense layers one behind the other.

        Args:
            units: Width of each hidden layer.
            activation: Activation of the hidden layers, by its Keras name.
            dropout: Share of the units of each hidden layer that are dropped in training, in [0, 1).
        """
        names = [ENCODED, *(f"hidden_{number}" for number in range(len(units)))]
        pairs = zip(names[:-1], names[1:], units, strict=True)
        return cls(tuple(Node(name, DENSE, (read,), width, activation, dropout=dropout) for read, name, width in pairs))

    @property
    def dense(self) -> list[Node]:
        """The dense nodes."""
        return [node for node in self.nodes if node.operation == DENSE]

    @property
    def last(self) -> str:
        """The name of what the logits are made of."""
        return self.nodes[-1].name if self.nodes else ENCODED

    @property
    def is_stack(self) -> bool:
        """Whether each node is a dense layer that reads the one before."""
        names = [ENCODED, *(node.name for node in self.nodes)]
        return all(
            node.operation == DENSE and node.inputs == (read,)
            for read, node in zip(names[:-1], self.nodes, strict=True)
        )

    def kernels(self, width: int, outputs: int) -> Iterator[tuple[int, int]]:
        """Yields rows and columns of the weights of each dense layer, that of the logits last.

        Args:
            width: Length of the encoded row.
            outputs: How many logits there are.
        """
        units = {ENCODED: width} | {node.name: node.units for node in self.nodes}
        for node in self.dense:
            yield units[node.inputs[0]], node.units
        yield units[self.last], outputs

    def fingerprint(self) -> str:
        """Returns what two architectures share exactly if they are one graph, whatever the names and their order."""
        return _fingerprint(self)

    def to_json(self) -> dict[str, Any]:
        """Returns `kind` and `nodes` as a JSON object."""
        return {"kind": self.kind, "nodes": [dataclasses.asdict(node) for node in self.nodes]}

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> "Architecture":
        """Returns what `to_json` made the object of."""
        nodes = [Node(**{**node, "inputs": tuple(node["inputs"])}) for node in entry["nodes"]]
        return cls(tuple(nodes), entry["kind"])


@functools.lru_cache(maxsize=8_192)
def _fingerprint(architecture: Architecture) -> str:
    """Refines the mark of each node by those around it, until no more nodes differ (Weisfeiler and Leman, 1968)."""
    reads = {ENCODED: ()} | {node.name: node.inputs for node in architecture.nodes}
    readers = {name: [node.name for node in architecture.nodes if name in node.inputs] for name in reads}
    marks = {
        node.name: _digest(dataclasses.astuple(node)[1:2], dataclasses.astuple(node)[3:]) for node in architecture.nodes
    }
    marks |= {ENCODED: ENCODED}
    marks[architecture.last] = _digest(LOGIT, marks[architecture.last])
    different = 0
    while different < (different := len(set(marks.values()))):
        around = {
            name: (sorted(marks[read] for read in reads[name]), sorted(marks[reader] for reader in readers[name]))
            for name in reads
        }
        marks = {name: _digest(marks[name], *around[name]) for name in reads}
    return _digest(*sorted(marks.values()))


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclasses.dataclass(frozen=True)
class BuiltArchitecture:
    """An architecture between the rows of a table and its answers.

    Attributes:
        architecture: The graph.
        inputs: Length of the encoded row.
        outputs: How many logits there are.
    """

    architecture: Architecture
    inputs: int
    outputs: int

    @property
    def weights(self) -> int:
        """How many weights the dense layers have; biases do not count."""
        return sum(rows * columns for rows, columns in self.architecture.kernels(self.inputs, self.outputs))

    def to_json(self) -> dict[str, Any]:
        """Returns `kind`, `nodes`, `inputs`, `outputs` and `weights` as a JSON object."""
        graph = self.architecture.to_json()
        return graph | {"inputs": self.inputs, "outputs": self.outputs, "weights": self.weights}


def write(model_run: str, built: BuiltArchitecture | None) -> None:
    """Writes the architecture of the network that was trained; None where it was no network."""
    files.write_json(model_run, _FILE, None if built is None else built.to_json(), indent=1)


def read(model_run: str) -> BuiltArchitecture | None:
    """Returns the architecture of the network that was trained; None where it was no network."""
    entry = files.read_json(_ARTIFACT, model_run, _FILE)
    return entry and BuiltArchitecture(Architecture.from_json(entry), entry["inputs"], entry["outputs"])
