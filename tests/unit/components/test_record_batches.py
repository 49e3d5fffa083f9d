from pathlib import Path

import pyarrow as pa
import pytest
import tensorflow as tf

from components import record_batches, serialization

pytestmark = pytest.mark.unit

AGES, NAMES = [31, None, -5, 7], ["é", "", None, "d"]
DTYPES = {"age": "int64", "name": "string", "empty": "float32"}


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> str:
    columns = {"age": pa.array(AGES, pa.int64()), "name": pa.array(NAMES), "empty": pa.nulls(4, pa.float32())}
    batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    path = tmp_path_factory.mktemp("records") / "rows.gz"
    with tf.io.TFRecordWriter(str(path), tf.io.TFRecordOptions(compression_type="GZIP")) as writer:
        for record in serialization.serialize(batch).to_pylist():
            writer.write(record)
    return str(Path(path))


def test_columns_come_back_as_they_were_written(pattern: str) -> None:
    found = record_batches.columns(pattern, DTYPES)
    assert {name: values.to_pylist() for name, values in found.items()} == {
        "age": AGES,
        "name": NAMES,
        "empty": [None] * 4,
    }
    assert [str(values.type) for values in found.values()] == ["int64", "string", "float"]


def test_one_row_in_so_many_is_read_from_the_first(pattern: str) -> None:
    found = record_batches.columns(pattern, {"age": "int64", "unknown": "string"}, every=2)
    assert {name: values.to_pylist() for name, values in found.items()} == {"age": [31, -5], "unknown": [None, None]}


def test_a_cell_without_a_value_is_what_the_schema_puts_there() -> None:
    batch = pa.RecordBatch.from_pydict(
        {"n": pa.array([[1.5], [], None], pa.list_(pa.float32())), "t": pa.array([[b"a"], None, [b""]])}
    )
    spec = {
        "n": tf.io.FixedLenFeature([1], tf.float32, -7.0),
        "t": tf.io.FixedLenFeature([1], tf.string, "none"),
        "absent": tf.io.FixedLenFeature([1], tf.int64, 3),
    }
    columns = record_batches.dense(batch, spec)
    assert columns["n"].tolist() == [[1.5], [-7.0], [-7.0]]
    assert columns["t"].tolist() == [[b"a"], [b"none"], [b""]]
    assert columns["absent"].tolist() == [[3], [3], [3]]
