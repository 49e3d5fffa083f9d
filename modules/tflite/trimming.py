"""Dropping from a .tflite what changes no answer: notes that nothing reads, equal constants, needless operations."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema_fb
from tensorflow.lite.tools import flatbuffer_utils

from modules.tflite import canonical

_INT64 = np.iinfo(np.int64)
_BOOL, _FLOAT32 = schema_fb.TensorType.BOOL, schema_fb.TensorType.FLOAT32
# What these give depends on more than on what they read, or they give nothing.
_STATEFUL = canonical.WRITING | {"CALL_ONCE", "HASHTABLE", "HASHTABLE_IMPORT", "CALL", "RANDOM_UNIFORM"}
# Of values that are 0 and 1 these make nothing else.
_MOVING = {"CONCATENATION", "GATHER", "RESHAPE"}


def trim(flat: Any) -> None:
    """Drops what changes no answer; each answer stays as it is, to the bit.

    Args:
        flat: A `ModelT`, as flatbuffer_utils reads one; it is changed. Inputs, outputs and signatures stay as they are.
    """
    _share_constants(flat)
    for number, graph in enumerate(flat.subgraphs):
        _drop_notes(flat, number, graph)
        _Operations(flat, graph).drop_needless()
        _keep_used_tensors(flat, number, graph)
    flat.description = None


def _keep_used_tensors(flat: Any, number: int, graph: Any) -> None:
    """Drops the tensors of a subgraph that are neither read nor made, and numbers the others anew."""
    read_and_made = [index for operator in graph.operators for index in (*operator.inputs, *operator.outputs)]
    inner = [index for operator in graph.operators for index in operator.intermediates or ()]
    used = {int(index) for index in (*graph.inputs, *graph.outputs, *read_and_made, *inner)} - {-1}
    places = {old: new for new, old in enumerate(sorted(used))} | {-1: -1}
    graph.tensors = [graph.tensors[old] for old in sorted(used)]
    for holder in (graph, *graph.operators):
        holder.inputs = [places[int(index)] for index in holder.inputs]
        holder.outputs = [places[int(index)] for index in holder.outputs]
    for operator in graph.operators:
        operator.intermediates = [places[int(index)] for index in operator.intermediates or ()] or None
    for signature in flat.signatureDefs or ():
        if signature.subgraphIndex == number:
            for entry in (*(signature.inputs or ()), *(signature.outputs or ())):
                entry.tensorIndex = places[entry.tensorIndex]


def _share_constants(flat: Any) -> None:
    """Leads tensors of equal content to one buffer, and those without content to the first, which is empty."""
    known: dict[bytes, int] = {b"": 0}
    for graph in flat.subgraphs:
        for tensor in graph.tensors:
            data = flat.buffers[tensor.buffer].data
            content = b"" if data is None else np.asarray(data, np.uint8).tobytes()
            tensor.buffer = known.setdefault(content, tensor.buffer)


def _drop_notes(flat: Any, number: int, graph: Any) -> None:
    """Drops what LiteRT finds out itself: of inner tensors, names, and lengths that depend on the number of rows.

    Inputs and outputs are named as in the signature, so that the file holds these names once.
    """
    outer = {int(index) for index in (*graph.inputs, *graph.outputs)}
    for index, tensor in enumerate(graph.tensors):
        if index not in outer:
            tensor.name, tensor.shapeSignature, tensor.hasRank = None, None, False
        marks = tensor.quantization
        if marks is not None and all(part is None for part in (marks.scale, marks.min, marks.max, marks.details)):
            tensor.quantization = None
    for signature in flat.signatureDefs or ():
        if signature.subgraphIndex == number:
            for entry in (*(signature.inputs or ()), *(signature.outputs or ())):
                graph.tensors[entry.tensorIndex].name = entry.name
    for operator in graph.operators:
        if operator.builtinOptions is not None and not vars(operator.builtinOptions):
            operator.builtinOptions, operator.builtinOptionsType = None, schema_fb.BuiltinOptions.NONE


class _Operations:
    """The operations of a subgraph, and which tensor stands for which after some were dropped."""

    def __init__(self, flat: Any, graph: Any) -> None:
        self._flat, self._graph = flat, graph
        self._instead: dict[int, int] = {}
        self._makers: dict[int, Any] = {}

    def drop_needless(self) -> None:
        """Drops operations that give what they read, or what another one gives, and those that nothing reads."""
        outputs = {int(index) for index in self._graph.outputs}
        known: dict[Any, Any] = {}
        kept = []
        for operator in self._graph.operators:  # each after those that it reads from
            operator.inputs = [self._instead.get(int(index), int(index)) for index in operator.inputs]
            made = [int(index) for index in operator.outputs]
            if self._name(operator) not in _STATEFUL and outputs.isdisjoint(made):
                same = self._given(operator)
                twin = known.setdefault(self._key(operator), operator)
                if same is not None:
                    self._instead[made[0]] = same
                    continue
                if twin is not operator:
                    self._instead |= dict(zip(made, (int(index) for index in twin.outputs), strict=True))
                    continue
            kept.append(operator)
            self._makers |= dict.fromkeys(made, operator)
        self._graph.operators = self._read(kept, outputs)

    def _read(self, operators: Iterable[Any], outputs: set[int]) -> list[Any]:
        """Returns the operations that something reads, or that do something."""
        read, kept = set(outputs), []
        for operator in reversed(list(operators)):
            made = {int(index) for index in operator.outputs}
            if self._name(operator) in _STATEFUL - {"HASHTABLE"} or made & read:
                kept.append(operator)
                read |= {int(index) for index in operator.inputs}
        return kept[::-1]

    def _name(self, operator: Any) -> str:
        return str(flatbuffer_utils.opcode_to_name(self._flat, operator.opcodeIndex))

    def _key(self, operator: Any) -> Any:
        return canonical.digest(
            operator.opcodeIndex,
            operator.inputs,
            [self._kind(int(index)) for index in operator.outputs],
            canonical.plain(operator.builtinOptions),
            canonical.plain(operator.builtinOptions2),
            canonical.plain(operator.customOptions),
        )

    def _kind(self, index: int) -> Any:
        """Returns type and scale of a tensor: an operation may read them off what it makes."""
        tensor = self._graph.tensors[index]
        return tensor.type, canonical.plain(tensor.quantization)

    def _given(self, operator: Any) -> int | None:
        """Returns the tensor that is what an operation gives, where it gives nothing new."""
        rule = _RULES.get(self._name(operator))
        return rule(self, operator) if rule else None

    def _whole_slice(self, operator: Any) -> int | None:
        """A slice of all rows and columns."""
        values, begin, end, strides = (int(index) for index in operator.inputs)
        bounds = [self._constant(index, np.int32) for index in (begin, end, strides)]
        options, shape = operator.builtinOptions, self._graph.tensors[values].shape
        changing = options.ellipsisMask or options.newAxisMask or options.shrinkAxisMask
        if changing or shape is None or any(bound is None or len(bound) != len(shape) for bound in bounds):
            return None
        for axis, (first, last, step) in enumerate(zip(*bounds, strict=True)):
            # The number of rows is not known: only a mask covers all of them.
            length = np.inf if axis == 0 else shape[axis]
            from_start, to_end = options.beginMask >> axis & 1 or first == 0, options.endMask >> axis & 1
            if step != 1 or not from_start or not (to_end or last >= length):
                return None
        return values

    def _truth(self, operator: Any) -> int | None:
        """Truth values that were numbers, 0 and 1, before they were compared: the numbers."""
        comparison = self._makers.get(int(operator.inputs[0]))
        if comparison is None or self._name(comparison) != "GREATER" or self._type(operator.outputs[0]) != _FLOAT32:
            return None
        values, bound = (int(index) for index in comparison.inputs)
        half = self._constant(bound, np.float32)
        if half is None or half.tolist() != [0.5] or not self._is_truth(values):
            return None
        return values

    def _is_truth(self, index: int) -> bool:
        """Tells whether a tensor's numbers, float32, were made of truth values."""
        maker = self._makers.get(index)
        if maker is None or self._type(index) != _FLOAT32:
            return False
        if self._name(maker) == "CAST":
            return bool(self._type(maker.inputs[0]) == _BOOL)
        moved = maker.inputs if self._name(maker) == "CONCATENATION" else maker.inputs[:1]
        return self._name(maker) in _MOVING and all(self._is_truth(int(one)) for one in moved)

    def _neutral(self, operator: Any) -> int | None:
        """A number that is compared with the end of its type, or from which 0 is subtracted."""
        values, constant = (int(index) for index in operator.inputs)
        ends = {"MAXIMUM": _INT64.min, "MINIMUM": _INT64.max, "SUB": 0}
        activated = getattr(operator.builtinOptions, "fusedActivationFunction", 0)
        if activated or self._type(values) != schema_fb.TensorType.INT64:
            return None
        other = self._constant(constant, np.int64)
        needless = other is not None and (other == ends[self._name(operator)]).all()
        return values if needless and self._as_wide(values, operator) else None

    def _as_wide(self, values: int, operator: Any) -> bool:
        """Tells whether an operation with a constant gives as many columns as it reads."""
        shapes = (self._graph.tensors[int(index)].shape for index in (values, operator.outputs[0]))
        read, made = (None if shape is None else [int(length) for length in shape] for shape in shapes)
        return read is not None and read == made

    def _type(self, index: Any) -> int:
        return int(self._graph.tensors[int(index)].type)

    def _constant(self, index: int, dtype: type) -> np.ndarray | None:
        data = self._flat.buffers[self._graph.tensors[index].buffer].data
        return None if data is None or index in self._makers else np.frombuffer(bytes(data), dtype)


_RULES: dict[str, Callable[[_Operations, Any], int | None]] = {
    "STRIDED_SLICE": _Operations._whole_slice,
    "CAST": _Operations._truth,
    "MAXIMUM": _Operations._neutral,
    "MINIMUM": _Operations._neutral,
    "SUB": _Operations._neutral,
}
