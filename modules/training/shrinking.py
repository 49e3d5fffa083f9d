"""Taking out of a network what provably changes no answer: units that are constant or that nobody reads, and inputs.

A pruned network computes with its zeros like with any other number. Whole rows and columns of zeros are what can be
left out of its matrices for real. A unit that is never active on the training rows is not enough: it has to be so for
every input in the encoder's range, which interval arithmetic shows.

Operations whose outputs are added or multiplied unit by unit have their units in common: a unit goes from all of them
or from none.
"""

import copy
import dataclasses
from collections.abc import Iterable, Iterator

import numpy as np
import tf_keras

from modules.contracts.architecture import ADD, DENSE, ENCODED
from modules.training.network import Operation, built, operations

# Every element of an encoded row lies between these.
_LOWEST, _HIGHEST = -1.0, 1.0
_NEVER_NEGATIVE = "relu"
# What an activation that does not rise throughout does not fall below.
_DIPS = {"swish": -0.2785, "silu": -0.2785}


@dataclasses.dataclass(frozen=True, eq=False)
class ShrunkNetwork:
    """A network with the same answers and smaller matrices.

    Attributes:
        network: The network; it reads just the inputs that are kept.
        inputs: Their places among those of the network before, int64, rising.
    """

    network: tf_keras.Model
    inputs: np.ndarray


@dataclasses.dataclass(frozen=True, eq=False)
class _Range:
    """What the outputs of an operation lie between, for all inputs; the bounds are numbers that it can compute.

    Attributes:
        low: The least value of each unit.
        high: The largest.
        varies: Whether a unit may have different outputs.
        constant: What a unit that does not vary gives.
    """

    low: np.ndarray
    high: np.ndarray
    varies: np.ndarray
    constant: np.ndarray


def shrink(network: tf_keras.Model) -> ShrunkNetwork:
    """Leaves out what changes no answer, until nothing more is found.

    A unit whose output is the same for all inputs goes into the biases of the layers that read it; a unit that no
    weight reads goes, and so does an input. One unit of each layer and one input stay.

    Args:
        network: What `network.built` makes: dense layers, sums and products; inputs lie in [-1, 1]. It is not changed.
    """
    graph = _Graph(operations(network), network.input_shape[-1])
    before = -1
    while before != (before := graph.size):
        for group in graph.groups:
            graph.leave_out(group, graph.constant_units(group))
        for group in reversed(graph.groups):
            graph.leave_out(group, graph.unread_units(group))
        graph.leave_out_inputs()
    for operation in graph.operations:
        operation.kernel, operation.bias = operation.kernel.astype(np.float32), operation.bias.astype(np.float32)
    return ShrunkNetwork(built(graph.operations, len(graph.inputs)), graph.inputs)


class _Graph:
    """The operations that are left, in float64.

    Attributes:
        operations: Each after those that it reads; the last one gives the logits.
        inputs: The places of the inputs that are left.
        groups: The names of operations that have their units in common, the first to be computed first; the logits and
            what has its units in common with the inputs are in none.
    """

    def __init__(self, made: list[Operation], width: int) -> None:
        self.operations = [copy.copy(operation) for operation in made]
        for operation in self.operations:
            operation.kernel, operation.bias = operation.kernel.astype(np.float64), operation.bias.astype(np.float64)
        self.inputs = np.arange(width)
        self._by_name = {operation.name: operation for operation in self.operations}
        self._fixed = self._with_inputs()
        self.groups = self._groups()

    @property
    def size(self) -> int:
        """How many weights are left."""
        return sum(operation.kernel.size for operation in self.operations)

    def _readers(self, name: str) -> Iterator[Operation]:
        """Yields the dense layers that read an operation."""
        yield from (one for one in self.operations if one.kind == DENSE and name in one.inputs)

    def _merged(self) -> dict[str, set[str]]:
        """Returns of each operation, and of the encoded row, those that have their units in common with it."""
        merged = {name: {name} for name in (ENCODED, *self._by_name)}
        for operation in self.operations:
            if operation.kind != DENSE:
                group = set().union(*(merged[name] for name in (operation.name, *operation.inputs)))
                for name in group:
                    merged[name] = group
        return merged

    def _with_inputs(self) -> set[str]:
        return self._merged()[ENCODED]

    def _groups(self) -> list[list[str]]:
        merged = self._merged()
        kept = self._fixed | merged[self.operations[-1].name]
        groups: dict[int, list[str]] = {}
        for operation in self.operations:
            if operation.name not in kept:
                groups.setdefault(id(merged[operation.name]), []).append(operation.name)
        return list(groups.values())

    def constant_units(self, group: Iterable[str]) -> np.ndarray:
        """Returns which units no layer has to read, because they do not vary; their outputs go into the biases."""
        ranges = self._ranges()
        read = [name for name in group if any(True for _ in self._readers(name))]
        varies = _at_least_one(np.logical_or.reduce([ranges[name].varies for name in read]))
        for name in read:
            self._add_to_biases(name, ranges[name], ~varies)
        return ~varies

    def unread_units(self, group: list[str]) -> np.ndarray:
        """Returns which units no weight reads; of merged operations, also those that vary in none that is read."""
        ranges = self._ranges() if len(group) > 1 else {}
        needed = []
        for name in group:
            for reader in self._readers(name):
                read = (reader.kernel != 0).any(axis=1)
                needed.append(read & ranges[name].varies if ranges else read)
        kept = _at_least_one(np.logical_or.reduce(needed))
        for name in ranges.keys() & set(group):
            self._add_to_biases(name, ranges[name], ~kept)
        return ~kept

    def _add_to_biases(self, name: str, range_: _Range, units: np.ndarray) -> None:
        """Adds what some units give to the biases of the layers that read them; no weight reads those that vary."""
        if not units.any():
            return
        for reader in self._readers(name):
            reader.bias = reader.bias + range_.constant[units] @ reader.kernel[units]

    def leave_out(self, group: Iterable[str], units: np.ndarray) -> None:
        """Leaves units out of all operations of a group, and of what reads them."""
        for name in group:
            made = self._by_name[name]
            if made.kind == DENSE:
                made.kernel, made.bias = made.kernel[:, ~units], made.bias[~units]
            for reader in self._readers(name):
                reader.kernel = reader.kernel[~units]

    def leave_out_inputs(self) -> None:
        """Leaves out the inputs that no weight reads."""
        if len(self._fixed) > 1:
            return
        readers = [*self._readers(ENCODED)]
        read = _at_least_one(np.logical_or.reduce([(reader.kernel != 0).any(axis=1) for reader in readers]))
        for reader in readers:
            reader.kernel = reader.kernel[read]
        self.inputs = self.inputs[read]

    def _ranges(self) -> dict[str, _Range]:
        """Returns what the outputs of each operation lie between."""
        width = len(self.inputs)
        ends = np.full(width, _LOWEST), np.full(width, _HIGHEST)
        ranges = {ENCODED: _Range(*ends, np.full(width, True), ends[0])}
        for operation in self.operations:
            read = [ranges[name] for name in operation.inputs]
            ranges[operation.name] = _of_dense(operation, read[0]) if operation.kind == DENSE else _of(operation, read)
        return ranges


def _of_dense(layer: Operation, read: _Range) -> _Range:
    """Returns what a layer's outputs lie between; all activations rise, but for the dip of one."""
    rising, falling = np.maximum(layer.kernel, 0), np.minimum(layer.kernel, 0)
    least = layer.bias + read.low @ rising + read.high @ falling
    most = layer.bias + read.high @ rising + read.low @ falling
    name = layer.config["activation"]
    activate = tf_keras.activations.get(name)
    low, high = np.asarray(activate(least)), np.asarray(activate(most))
    varies = least < most
    if name == _NEVER_NEGATIVE:
        varies &= most > 0
    return _Range(np.minimum(np.minimum(low, high), _DIPS.get(name, np.inf)), np.maximum(low, high), varies, low)


def _of(operation: Operation, read: list[_Range]) -> _Range:
    """Returns what sums or products lie between, whatever their parts have to do with each other."""
    low, high, constant = read[0].low, read[0].high, read[0].constant
    varies = read[0].varies
    for other in read[1:]:
        varies = varies | other.varies
        if operation.kind == ADD:
            low, high, constant = low + other.low, high + other.high, constant + other.constant
        else:
            ends = np.stack([low * other.low, low * other.high, high * other.low, high * other.high])
            low, high, constant = ends.min(axis=0), ends.max(axis=0), constant * other.constant
            varies = varies & (low < high)
    return _Range(low, high, varies, np.where(varies, low, constant))


def _at_least_one(kept: np.ndarray) -> np.ndarray:
    if not kept.any():
        kept[0] = True
    return kept
