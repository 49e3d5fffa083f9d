"""The same model is the same file, in whatever order a converter left it."""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from tensorflow.lite.python import schema_py_generated as schema_fb
from tensorflow.lite.tools import flatbuffer_utils

from modules.tflite import canonical

pytestmark = pytest.mark.unit

COLOURS, SIZES = ["red", "green", "blue"], ["s", "m"]


class Model(tf.Module):
    """Two looked-up columns and two numbers, in branches that wait for nothing of each other."""

    def __init__(self) -> None:
        super().__init__()
        self.tables = [self._table(COLOURS), self._table(SIZES)]
        self.weights = tf.constant(np.random.default_rng(1).normal(size=(6, 3)), tf.float32)

    @staticmethod
    def _table(words: list[str]) -> Any:
        values = tf.range(len(words), dtype=tf.int64)
        return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(words, values), -1)

    @tf.function(
        input_signature=[
            tf.TensorSpec([1, 1], tf.string, "colour"),
            tf.TensorSpec([1, 1], tf.string, "size"),
            tf.TensorSpec([1, 1], tf.float32, "price"),
            tf.TensorSpec([1, 1], tf.float32, "weight"),
        ]
    )
    def __call__(self, colour: Any, size: Any, price: Any, weight: Any) -> dict[str, Any]:
        looked_up = [
            tf.cast(table.lookup(text), tf.float32) for table, text in zip(self.tables, (colour, size), strict=True)
        ]
        numbers = [tf.maximum(price, 2.0) * 3.0, tf.minimum(weight, 5.0) - 1.0, tf.floor(price), tf.floor(price + 0.5)]
        return {"score": tf.concat([*looked_up, *numbers], 1) @ self.weights}


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder: Path = tmp_path_factory.mktemp("model")
    module = Model()
    tf.saved_model.save(module, str(folder), signatures=module.__call__.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder))
    return converter.convert()


def loaded(content: bytes) -> Any:
    return flatbuffer_utils.convert_bytearray_to_object(bytearray(content))


def saved(flat: Any) -> bytes:
    return bytes(flatbuffer_utils.convert_object_to_bytearray(flat))


def arranged(content: bytes) -> bytes:
    flat = loaded(content)
    for subgraph in flat.subgraphs:
        for index, tensor in enumerate(subgraph.tensors):
            tensor.name = tensor.name if index in [*subgraph.inputs, *subgraph.outputs] else None
    canonical.arrange(flat)
    return saved(flat)


def shuffled(content: bytes, seed: int) -> bytes:
    """Returns the same model with everything in another order that computes the same."""
    flat, draw = loaded(content), random.Random(seed)
    for index, subgraph in enumerate(flat.subgraphs):
        _shuffle_operators(flat, subgraph, draw)
        _shuffle_tensors(flat, index, subgraph, draw)
    codes = list(range(len(flat.operatorCodes)))
    draw.shuffle(codes)
    flat.operatorCodes = [flat.operatorCodes[old] for old in codes]
    buffers = [0, *draw.sample(range(1, len(flat.buffers)), len(flat.buffers) - 1)]
    flat.buffers = [flat.buffers[old] for old in buffers]
    for holder in (*(tensor for subgraph in flat.subgraphs for tensor in subgraph.tensors), *flat.metadata):
        holder.buffer = buffers.index(holder.buffer)
    for subgraph in flat.subgraphs:
        for operator in subgraph.operators:
            operator.opcodeIndex = codes.index(operator.opcodeIndex)
    change_places(flat.subgraphs)
    for note in flat.metadata:
        if note.name == b"CONVERSION_METADATA":
            flat.buffers[note.buffer].data = np.frombuffer(draw.randbytes(96), np.uint8)
    return saved(flat)


def change_places(subgraphs: Iterable[Any]) -> None:
    """Gives each of the two tables the number of the other."""
    options = [operator.builtinOptions for subgraph in subgraphs for operator in subgraph.operators]
    tables = [option for option in options if isinstance(option, schema_fb.HashtableOptionsT)]
    one, other = sorted({option.tableId for option in tables})
    for option in tables:
        option.tableId = one + other - option.tableId


def _shuffle_operators(flat: Any, subgraph: Any, draw: random.Random) -> None:
    made: set[int] = set()
    waiting, found = list(subgraph.operators), []
    outputs = {int(index) for operator in waiting for index in operator.outputs}
    first = [o for o in waiting if flatbuffer_utils.opcode_to_name(flat, o.opcodeIndex) == "CALL_ONCE"]
    while waiting:
        ready = [o for o in waiting if {int(i) for i in o.inputs} & outputs <= made]
        chosen = first.pop() if first else draw.choice(ready)
        waiting.remove(chosen)
        made |= {int(index) for index in chosen.outputs}
        found.append(chosen)
    subgraph.operators = found


def _shuffle_tensors(flat: Any, index: int, subgraph: Any, draw: random.Random) -> None:
    order = draw.sample(range(len(subgraph.tensors)), len(subgraph.tensors))
    subgraph.tensors = [subgraph.tensors[old] for old in order]
    new = {old: place for place, old in enumerate(order)} | {-1: -1}
    for operator in subgraph.operators:
        operator.inputs = [new[int(i)] for i in operator.inputs]
        operator.outputs = [new[int(i)] for i in operator.outputs]
    subgraph.inputs, subgraph.outputs = ([new[int(i)] for i in ends] for ends in (subgraph.inputs, subgraph.outputs))
    for signature in flat.signatureDefs:
        for entry in (*signature.inputs, *signature.outputs) if signature.subgraphIndex == index else ():
            entry.tensorIndex = new[entry.tensorIndex]


def answers(content: bytes) -> np.ndarray:
    interpreter = Interpreter(model_content=content)
    interpreter.allocate_tensors()
    score = interpreter.get_signature_runner()
    draw, found = np.random.default_rng(3), []
    for row in range(30):
        words = {"colour": [*COLOURS, "pink"][row % 4], "size": [*SIZES, "xl"][row % 3]}
        texts = {name: np.array([[word.encode()]], object) for name, word in words.items()}
        numbers = {name: draw.normal(3, 3, (1, 1)).astype(np.float32) for name in ("price", "weight")}
        found.append(score(**texts, **numbers)["score"])
    return np.concatenate(found)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_order_a_converter_leaves_the_file_is_the_same(content: bytes, seed: int) -> None:
    other = shuffled(content, seed)
    assert other != content
    assert arranged(other) == arranged(content)


def test_what_it_computes_stays_the_same(content: bytes) -> None:
    expected = answers(content)
    assert len(np.unique(expected)) > 50
    assert np.array_equal(answers(arranged(content)), expected)
    assert np.array_equal(answers(shuffled(content, 1)), expected)


def test_a_file_in_order_stays_as_it_is(content: bytes) -> None:
    assert arranged(arranged(content)) == arranged(content)


def test_models_that_differ_in_a_constant_are_other_files(content: bytes) -> None:
    flat = loaded(content)
    (weights,) = [buffer for buffer in flat.buffers if buffer.data is not None and len(buffer.data) == 6 * 3 * 4]
    weights.data = weights.data.copy()
    weights.data[0] ^= 1
    assert arranged(saved(flat)) != arranged(content)


def test_tables_that_change_places_are_another_model(content: bytes) -> None:
    flat = loaded(content)
    change_places(flat.subgraphs[:1])  # and not where they are filled
    assert arranged(saved(flat)) != arranged(content)
