"""The metadata of a .tflite, read by TensorFlow's and by the flatbuffers package's own code, too."""

import dataclasses
import random

import flatbuffers.table
import numpy as np
import pytest
import tensorflow as tf
from flatbuffers import encode, number_types
from tensorflow.lite.tools import flatbuffer_utils

from modules.tflite import inference, metadata
from modules.tflite.metadata import FileMetadata

pytestmark = pytest.mark.unit

SAID = FileMetadata("größe", "How large it is.\nIn metres.", "20260101", "Ada, Grace", "Apache-2.0", "ab" * 32)


@pytest.fixture(scope="module")
def content() -> bytes:
    """A .tflite that gives a text's length plus a number."""

    @tf.function(input_signature=[tf.TensorSpec([None, 1], tf.float32, name="x")])
    def serve(x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"value": tf.matmul(x, [[2.0]]) + 0.5}

    module = tf.Module()
    module.serve = serve
    converter = tf.lite.TFLiteConverter.from_concrete_functions([serve.get_concrete_function()], module)
    made: bytes = converter.convert()
    return made


def test_what_was_judged_stands_behind_the_header_byte_for_byte(content: bytes) -> None:
    made = metadata.attach(content, SAID)
    assert made.endswith(content)
    assert (len(made) - len(content)) % 16 == 0
    assert len(made) - len(content) < 2_000
    assert metadata.attach(content, SAID) == made


def test_what_is_said_comes_back_and_a_file_that_says_nothing_says_none(content: bytes) -> None:
    assert metadata.read(metadata.attach(content, SAID)) == SAID
    assert metadata.read(content) is None


def test_the_model_answers_as_before(content: bytes) -> None:
    rows = {"x": np.array([[1.0], [-3.0]], np.float32)}
    made = metadata.attach(content, SAID)
    for file in (content, made):
        np.testing.assert_array_equal(inference.Predictor(file).predict(rows), [[2.5], [-5.5]])
    (answer,) = tf.lite.Interpreter(model_content=made).get_signature_runner()(**rows).values()
    np.testing.assert_array_equal(answer, [[2.5], [-5.5]])


def test_tensorflow_finds_the_entry_beside_those_that_there_were(content: bytes) -> None:
    before = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    after = flatbuffer_utils.convert_bytearray_to_object(bytearray(metadata.attach(content, SAID)))
    assert [note.name for note in after.metadata] == [*(note.name for note in before.metadata), b"TFLITE_METADATA"]
    note = bytes(after.buffers[after.metadata[-1].buffer].data)
    assert note[4:8] == b"M001"
    table = flatbuffers.table.Table(bytearray(note), encode.Get(number_types.UOffsetTFlags.packer_type, note, 0))
    texts = {slot: table.String(table.Pos + table.Offset(slot)) for slot in (4, 6, 8, 12, 14)}
    assert texts[4] == SAID.name.encode()
    assert texts[6] == f"{SAID.description}\nsha256 of model.json: {SAID.card_sha256}".encode()
    assert [texts[slot].decode() for slot in (8, 12, 14)] == [SAID.version, SAID.author, SAID.license]
    assert table.Offset(10) == 0  # nothing is said of subgraphs
    after.metadata.pop()
    after.buffers.pop()
    assert flatbuffer_utils.convert_object_to_bytearray(after) == flatbuffer_utils.convert_object_to_bytearray(before)


def test_texts_may_be_empty(content: bytes) -> None:
    said = dataclasses.replace(SAID, author="", license="", description="")
    assert metadata.read(metadata.attach(content, said)) == said


@pytest.mark.parametrize("cut", [0, 3, 7, 20, 200, 700])
def test_what_is_cut_off_or_no_model_is_refused_in_words(content: bytes, cut: int) -> None:
    with pytest.raises(ValueError, match=r"^it "):
        metadata.read(metadata.attach(content, SAID)[:cut])


def test_no_changed_byte_is_more_than_refused(content: bytes) -> None:
    made = metadata.attach(content, SAID)
    header, chance = len(made) - len(content), random.Random(5)
    for _ in range(500):
        changed = bytearray(made)
        changed[chance.randrange(header)] = chance.randrange(256)
        try:
            found = metadata.read(bytes(changed))
        except ValueError:
            continue
        assert found is None or isinstance(found, FileMetadata)
