import random
import struct

import pyarrow as pa
import pytest
import tensorflow as tf

from components.serialization import serialize

pytestmark = pytest.mark.unit


def batch(**columns: pa.Array) -> pa.RecordBatch:
    return pa.record_batch(list(columns.values()), list(columns))


def one(**columns: pa.Array) -> bytes:
    return serialize(batch(**columns))[0].as_py()


def test_the_bytes_are_those_of_protocol_buffers() -> None:
    # By hand: 300 is 0xAC 0x02, seven bits a byte; every message stands behind its tag and its length.
    value = b"\x1a\x04\x0a\x02\xac\x02"  # Feature: field 3, an Int64List of 4 bytes: field 1, 2 bytes packed
    entry = b"\x0a\x01n\x12\x06" + value  # entry of the map: key "n", then the feature
    assert one(n=pa.array([300])) == b"\x0a\x0d\x0a\x0b" + entry

    value = b"\x12\x06\x0a\x04" + struct.pack("<f", 0.5)
    assert one(x=pa.array([0.5], pa.float32())) == b"\x0a\x0f\x0a\x0d\x0a\x01x\x12\x08" + value

    assert one(t=pa.array(["ab"])) == b"\x0a\x0d\x0a\x0b\x0a\x01t\x12\x06\x0a\x04\x0a\x02ab"

    # A missing value: a feature of no bytes.
    assert one(t=pa.array([None, "a"])) == b"\x0a\x07\x0a\x05\x0a\x01t\x12\x00"


def test_every_value_comes_back_as_it_was() -> None:
    whole = [0, 1, -1, 127, 128, 16_383, 16_384, 2**31, 2**63 - 1, -(2**63), None, 5]
    numbers = [0.0, -0.0, 1.5, float("inf"), 1e-45, 3.4e38, -2.25, None, 7.0, 8.0, 9.0, None]
    texts = ["", "a", "ü€", "x" * 127, "x" * 128, "x" * 20_000, None, "a\x00b", "\n", '"', "ß", None]
    name = "n" * 200
    columns = {name: pa.array(whole), "x": pa.array(numbers, pa.float32()), "t": pa.array(texts)}
    found = [tf.train.Example.FromString(record) for record in serialize(batch(**columns)).to_pylist()]
    for row, example in enumerate(found):
        feature = example.features.feature
        assert sorted(feature) == ["n" * 200, "t", "x"]
        expected = {name: whole[row], "x": numbers[row], "t": texts[row]}
        kinds = {name: "int64_list", "x": "float_list", "t": "bytes_list"}
        for key, value in expected.items():
            if value is None:
                assert feature[key].WhichOneof("kind") is None
                continue
            stored = value.encode() if isinstance(value, str) else value
            if isinstance(stored, float):
                stored = struct.unpack("<f", struct.pack("<f", stored))[0]
            assert list(getattr(feature[key], kinds[key]).value) == [stored]


def test_the_messages_are_those_of_tfx_bsls_encoder() -> None:
    from tfx_bsl.coders import example_coder

    generator = random.Random(4)
    rows = 500
    columns = {
        "i": pa.array([generator.choice([None, generator.getrandbits(generator.randrange(63))]) for _ in range(rows)]),
        "x": pa.array([generator.choice([None, generator.gauss(0, 1e5)]) for _ in range(rows)], pa.float32()),
        "t": pa.array([generator.choice([None, "y" * generator.randrange(300)]) for _ in range(rows)]),
    }
    lists = [
        pa.array([None if value is None else [value] for value in column.to_pylist()], pa.large_list(kind))
        for column, kind in zip(columns.values(), [pa.int64(), pa.float32(), pa.binary()], strict=True)
    ]
    encoder = example_coder.RecordBatchToExamplesEncoder()
    expected = encoder.encode(pa.RecordBatch.from_arrays(lists, names=list(columns)))
    found = serialize(batch(**columns)).to_pylist()
    assert [len(record) for record in found] == [len(record) for record in expected]
    assert list(map(tf.train.Example.FromString, found)) == list(map(tf.train.Example.FromString, expected))


def test_the_same_row_gives_the_same_bytes_in_any_batch_and_any_order_of_columns() -> None:
    columns = {"b": pa.array([1, None, 3, 4_000]), "a": pa.array(["x", "y", None, ""])}
    turned = batch(**dict(reversed(columns.items())))
    expected = serialize(batch(**columns)).to_pylist()
    assert serialize(turned).to_pylist() == expected
    assert [serialize(turned.slice(row, 1))[0].as_py() for row in range(4)] == expected


@pytest.mark.parametrize("kind", [pa.int64(), pa.float32(), pa.string()], ids=str)
def test_a_column_without_a_value_and_a_batch_without_a_row_are_fine(kind: pa.DataType) -> None:
    assert serialize(batch(c=pa.nulls(2, kind))).to_pylist() == [b"\x0a\x07\x0a\x05\x0a\x01c\x12\x00"] * 2
    assert serialize(batch(c=pa.nulls(0, kind))).to_pylist() == []


def test_lists_of_numbers_come_back_as_they_were() -> None:
    numbers = [[0.5, float("inf")], [-0.0, 1e-45], [3.0, 4.0]]
    columns = {"x": pa.array(numbers, pa.list_(pa.float32(), 2)), "t": pa.array([b"\xff", b"", b"a"], pa.binary())}
    for table in (batch(**columns), batch(**columns).slice(1, 2)):
        found = [tf.train.Example.FromString(record).features.feature for record in serialize(table).to_pylist()]
        rows = table.to_pylist()
        assert [list(feature["x"].float_list.value) for feature in found] == [row["x"] for row in rows]
        assert [list(feature["t"].bytes_list.value) for feature in found] == [[row["t"]] for row in rows]
