"""One layout for one model: a .tflite whose bytes depend on what it computes, and not on the process that converted it.

TensorFlow's exporter and converter leave independent operations in an order that depends on names, and on what the
process has done before; they number hash tables by a counter of the process, and note a hash of the SavedModel, which
is another one for each export. Here operations get a topological order decided by what they compute.
"""

import hashlib
import heapq
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema_fb

_CODES = {code: name for name, code in vars(schema_fb.BuiltinOperator).items() if isinstance(code, int)}
# Of the process that converted, and read by nothing.
_NOTES = b"CONVERSION_METADATA"
# What these do depends on when they run: their order stays as it is, and so does that of everything around them.
WRITING = {"ASSIGN_VARIABLE", "VAR_HANDLE", "READ_VARIABLE", "WHILE", "IF"}


def arrange(flat: Any) -> None:
    """Puts operations, tensors, buffers and operation codes into canonical order, and numbers hash tables by content.

    Buffers and operation codes that nothing uses are dropped.

    Args:
        flat: A `ModelT`, as flatbuffer_utils reads one; it is changed. Inputs, outputs and signatures stay as they are.
    """
    tables = _tables(flat)
    for subgraph in flat.subgraphs:
        names = {_name(flat, operator) for operator in subgraph.operators}
        if not names & WRITING:
            subgraph.operators = _ordered(flat, subgraph, tables)
    numbers = {content: number for number, content in enumerate(sorted(set(tables.values())), 1)}
    for options in _table_options(flat):
        options.tableId = numbers[tables[options.tableId]]
    _renumber_codes(flat)
    for index, subgraph in enumerate(flat.subgraphs):
        _renumber_tensors(flat, index, subgraph)
    flat.metadata = [note for note in flat.metadata or () if note.name != _NOTES]
    _renumber_buffers(flat)


def _name(flat: Any, operator: Any) -> str:
    return _CODES[flat.operatorCodes[operator.opcodeIndex].builtinCode]


def digest(*parts: Any) -> str:
    """Returns a digest of plain values."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def plain(value: Any) -> Any:
    """Returns a schema's object as nested tuples and lists."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.tolist()
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if hasattr(value, "__dict__"):
        return type(value).__name__, [(name, plain(part)) for name, part in sorted(vars(value).items())]
    return value


def _constant(flat: Any, tensor: Any) -> str:
    """Returns a digest of a tensor that no operation makes."""
    data = flat.buffers[tensor.buffer].data
    content = b"" if data is None else np.asarray(data, np.uint8).tobytes()
    return digest(tensor.type, plain(tensor.shape), plain(tensor.quantization), hashlib.sha256(content).digest())


def _table_options(flat: Any) -> Iterable[Any]:
    for subgraph in flat.subgraphs:
        for operator in subgraph.operators:
            if isinstance(operator.builtinOptions, schema_fb.HashtableOptionsT):
                yield operator.builtinOptions


def _tables(flat: Any) -> dict[int, str]:
    """Returns a digest of the content of each hash table, by its number."""
    digests = {options.tableId: "" for options in _table_options(flat)}
    for subgraph in flat.subgraphs:
        made = {
            int(operator.outputs[0]): operator.builtinOptions
            for operator in subgraph.operators
            if len(operator.outputs)
        }
        for operator in subgraph.operators:
            if _name(flat, operator) == "HASHTABLE_IMPORT":
                table, *content = (int(index) for index in operator.inputs)
                digests[made[table].tableId] = digest(*(_constant(flat, subgraph.tensors[index]) for index in content))
    return digests


def _ordered(flat: Any, subgraph: Any, tables: Mapping[int, str]) -> list[Any]:
    """Returns a subgraph's operations: each after those that it reads from; of several, the one of least digest first.

    What initializes the model comes before all, as it did.
    """
    keys = {int(index): digest("input", place) for place, index in enumerate(subgraph.inputs)}
    makers = {int(index): operator for operator in subgraph.operators for index in operator.outputs}
    digests: dict[int, str] = {}
    for operator in subgraph.operators:  # the converter's own order is topological
        read = [int(index) for index in operator.inputs]
        for index in read:
            if index >= 0 and index not in keys:
                keys[index] = _constant(flat, subgraph.tensors[index])
        digests[id(operator)] = digest(
            vars(flat.operatorCodes[operator.opcodeIndex]),
            _options(operator, tables),
            [keys.get(index) for index in read],
        )
        keys |= {int(index): digest(digests[id(operator)], place) for place, index in enumerate(operator.outputs)}
    first = [operator for operator in subgraph.operators if _name(flat, operator) == "CALL_ONCE"]
    waiting = {
        id(operator): {id(makers[int(index)]) for index in operator.inputs if int(index) in makers}
        for operator in subgraph.operators
        if operator not in first
    }
    return first + _topological(subgraph.operators, waiting, digests)


def _options(operator: Any, tables: Mapping[int, str]) -> Any:
    if isinstance(operator.builtinOptions, schema_fb.HashtableOptionsT):
        return (
            tables[operator.builtinOptions.tableId],
            operator.builtinOptions.keyDtype,
            operator.builtinOptions.valueDtype,
        )
    return plain(operator.builtinOptions), plain(operator.builtinOptions2), plain(operator.customOptions)


def _topological(operators: list[Any], waiting: dict[int, set[int]], digests: Mapping[int, str]) -> list[Any]:
    by_id = {id(operator): (place, operator) for place, operator in enumerate(operators)}
    readers: dict[int, list[int]] = {}
    for reader, makers in waiting.items():
        for maker in makers:
            readers.setdefault(maker, []).append(reader)
    ready = [(digests[one], by_id[one][0], one) for one, makers in waiting.items() if not makers]
    heapq.heapify(ready)
    ordered = []
    while ready:
        *_, one = heapq.heappop(ready)
        ordered.append(by_id[one][1])
        for reader in readers.get(one, ()):
            waiting[reader].discard(one)
            if not waiting[reader]:
                heapq.heappush(ready, (digests[reader], by_id[reader][0], reader))
    return ordered


def _order_of_use(uses: Iterable[int]) -> dict[int, int]:
    """Returns new numbers by old ones: in the order of first use."""
    return {old: new for new, old in enumerate(dict.fromkeys(uses))}


def _renumber_codes(flat: Any) -> None:
    operators = [operator for subgraph in flat.subgraphs for operator in subgraph.operators]
    numbers = _order_of_use(operator.opcodeIndex for operator in operators)
    for operator in operators:
        operator.opcodeIndex = numbers[operator.opcodeIndex]
    flat.operatorCodes = [flat.operatorCodes[old] for old in numbers]


def _renumber_tensors(flat: Any, index: int, subgraph: Any) -> None:
    read_and_made = [i for operator in subgraph.operators for i in (*operator.inputs, *operator.outputs)]
    uses = [int(i) for i in (*subgraph.inputs, *read_and_made, *subgraph.outputs) if i >= 0]
    numbers = _order_of_use([*uses, *range(len(subgraph.tensors))]) | {-1: -1}
    subgraph.tensors = [subgraph.tensors[old] for old in numbers if old >= 0]
    for operator in subgraph.operators:
        operator.inputs = [numbers[int(i)] for i in operator.inputs]
        operator.outputs = [numbers[int(i)] for i in operator.outputs]
        operator.intermediates = [numbers[int(i)] for i in operator.intermediates or ()] or None
    subgraph.inputs = [numbers[int(i)] for i in subgraph.inputs]
    subgraph.outputs = [numbers[int(i)] for i in subgraph.outputs]
    for signature in flat.signatureDefs or ():
        if signature.subgraphIndex == index:
            for entry in (*(signature.inputs or ()), *(signature.outputs or ())):
                entry.tensorIndex = numbers[entry.tensorIndex]


def _renumber_buffers(flat: Any) -> None:
    tensors = [tensor for subgraph in flat.subgraphs for tensor in subgraph.tensors]
    numbers = _order_of_use([0, *(tensor.buffer for tensor in tensors), *(note.buffer for note in flat.metadata)])
    for holder in (*tensors, *flat.metadata):
        holder.buffer = numbers[holder.buffer]
    flat.buffers = [flat.buffers[old] for old in numbers]
