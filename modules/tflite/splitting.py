"""A .tflite of many columns in two files: what becomes of each column alone, and what is made of all of them together.

Preprocessing begins column by column: numbers are put side by side, a text is compared with its vocabulary. Where few
columns change from row to row only theirs has to be computed anew, and the rest of the model has a handful of inputs.
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema_fb
from tensorflow.lite.tools import flatbuffer_utils

from modules.tflite import packing, trimming

# Of each tensor, the inputs of the model that it depends on.
_Sources = Mapping[int, frozenset[int]]
_NONE: frozenset[int] = frozenset()


@dataclasses.dataclass(frozen=True)
class Part:
    """What one column gives to a join.

    Attributes:
        tensor: Name of the model's input.
        join: Name of the join.
        start: Its first place there.
        width: How many places it has.
        is_value: Whether it is the column as it is.
    """

    tensor: str
    join: str
    start: int
    width: int
    is_value: bool


@dataclasses.dataclass(frozen=True)
class SplitModel:
    """Both files.

    Attributes:
        columns: From the inputs of the model to the joins, [n, width] each.
        rest: From the joins to the answer of the model.
        widths: Of each join, by name.
        parts: What the joins consist of; a column may have several parts, or none.
    """

    columns: bytes
    rest: bytes
    widths: Mapping[str, int]
    parts: Sequence[Part]


def split(model: bytes) -> SplitModel | None:
    """Splits a model where its columns meet.

    Args:
        model: A .tflite, as `conversion.to_tflite` returns it.

    Returns:
        Two files that, one after the other, answer what the model answers, to the bit; None where its columns do not
        meet, or not as [n, width].
    """
    flat = _read(model)
    graph = flat.subgraphs[0]
    sources = _sources(graph)
    joins = _joins(flat, graph, sources)
    tensors = {tensor for join, operands in joins.items() for tensor in (join, *operands)}
    shapes = [graph.tensors[tensor].shape for tensor in tensors]
    is_joined = all(len(sources.get(int(index), _NONE)) > 1 for index in graph.outputs)
    if not is_joined or any(shape is None or len(shape) != 2 for shape in shapes):
        return None
    names = {join: f"join_{number}" for number, join in enumerate(joins)}
    first = [
        number
        for number, operator in enumerate(graph.operators)
        if len(_of_all(sources, operator.inputs)) < 2 or not names.keys().isdisjoint(_indices(operator.outputs))
    ]
    second = _with_constants(graph, sources, sorted(set(range(len(graph.operators))) - set(first)))
    return SplitModel(
        _cut(model, first, outputs=names),
        _cut(model, second, inputs=names),
        {name: int(graph.tensors[join].shape[1]) for join, name in names.items()},
        [*_parts(flat, sources, joins, names)],
    )


def _read(model: bytes) -> Any:
    return flatbuffer_utils.convert_bytearray_to_object(bytearray(model))


def _indices(tensors: Iterable[Any]) -> list[int]:
    return [int(index) for index in tensors]


def _of_all(sources: _Sources, tensors: Iterable[Any]) -> frozenset[int]:
    return _NONE.union(*(sources.get(index, _NONE) for index in _indices(tensors)))


def _sources(graph: Any) -> _Sources:
    found = {index: frozenset([index]) for index in _indices(graph.inputs)}
    for operator in graph.operators:
        read = _of_all(found, operator.inputs)
        found |= dict.fromkeys(_indices(operator.outputs), read)
    return found


def _joins(flat: Any, graph: Any, sources: _Sources) -> dict[int, list[int]]:
    """Returns the tensors in which columns meet, and what they consist of: columns side by side, or one alone."""
    joins: dict[int, list[int]] = {}
    for operator in graph.operators:
        read = _indices(operator.inputs)
        if len(_of_all(sources, read)) < 2:
            continue
        alone = [index for index in read if len(sources.get(index, _NONE)) == 1]
        if len(alone) == len(read) and _is_side_by_side(flat, operator):
            joins[int(operator.outputs[0])] = read
        else:
            joins |= {index: [index] for index in alone}
    return joins


def _is_side_by_side(flat: Any, operator: Any) -> bool:
    if flatbuffer_utils.opcode_to_name(flat, operator.opcodeIndex) != "CONCATENATION":
        return False
    options = operator.builtinOptions
    return options.axis in (1, -1) and not options.fusedActivationFunction


def _parts(flat: Any, sources: _Sources, joins: Mapping[int, list[int]], names: Mapping[int, str]) -> Iterable[Part]:
    inputs = {entry.tensorIndex: _text(entry.name) for entry in flat.signatureDefs[0].inputs}
    for join, operands in joins.items():
        start = 0
        for operand in operands:
            (source,) = sources[operand]
            width = int(flat.subgraphs[0].tensors[operand].shape[1])
            yield Part(inputs[source], names[join], start, width, operand == source)
            start += width


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _with_constants(graph: Any, sources: _Sources, numbers: Collection[int]) -> list[int]:
    """Adds to operators, by number, those that they read and that depend on no column."""
    kept, read = set(numbers), {index for number in numbers for index in _indices(graph.operators[number].inputs)}
    for number in reversed(range(len(graph.operators))):
        operator = graph.operators[number]
        if not _of_all(sources, operator.inputs) and not read.isdisjoint(_indices(operator.outputs)):
            kept.add(number)
            read |= set(_indices(operator.inputs))
    return sorted(kept)


def _cut(
    model: bytes,
    numbers: Iterable[int],
    inputs: Mapping[int, str] | None = None,
    outputs: Mapping[int, str] | None = None,
) -> bytes:
    """Returns a model of some operators, with other inputs or outputs: names by tensor."""
    flat = _read(model)
    graph, signature = flat.subgraphs[0], flat.signatureDefs[0]
    graph.operators = [graph.operators[number] for number in numbers]
    for tensor in inputs or ():
        width = graph.tensors[tensor].shape[1]
        graph.tensors[tensor].shape = np.array([1, width], np.int32)
        graph.tensors[tensor].shapeSignature = np.array([-1, width], np.int32)
        graph.tensors[tensor].hasRank = True
    if inputs is not None:
        graph.inputs, signature.inputs = list(inputs), [_entry(*one) for one in inputs.items()]
    if outputs is not None:
        graph.outputs, signature.outputs = list(outputs), [_entry(*one) for one in outputs.items()]
    flat.metadata = [note for note in flat.metadata or () if note.name == b"min_runtime_version"]
    trimming.trim(flat)
    return packing.pack(flat)


def _entry(tensor: int, name: str) -> Any:
    entry = schema_fb.TensorMapT()
    entry.name, entry.tensorIndex = name, tensor
    return entry
