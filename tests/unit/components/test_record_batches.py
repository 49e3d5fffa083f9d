from pathlib import Path

import pyarrow as pa
import pytest
import tensorflow as tf

from components import record_batches, serialization
from modules.base.kept import Kept

pytestmark = pytest.mark.unit

AGES, NAMES = [31, None, -5, 7], ["é", "", None, "d"]
DTYPES = {"age": "int64", "name": "string", "empty": "float32"}


def write(path: Path, columns: dict[str, pa.Array]) -> str:
    batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    with tf.io.TFRecordWriter(str(path), tf.io.TFRecordOptions(compression_type="GZIP")) as writer:
        for record in serialization.serialize(batch).to_pylist():
            writer.write(record)
    return str(path)


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> str:
    columns = {"age": pa.array(AGES, pa.int64()), "name": pa.array(NAMES), "empty": pa.nulls(4, pa.float32())}
    return write(tmp_path_factory.mktemp("records") / "rows.gz", columns)


def ages(path: str, most: int | None = None) -> list[list[int] | None]:
    return [cell for batch in record_batches.read(path, most=most) for cell in batch.column(0).to_pylist()]


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


def test_rows_are_decoded_once_and_again_when_their_file_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "rows.gz", {"age": pa.array([1, 2, 3], pa.int64())})
    assert ages(path) == [[1], [2], [3]]
    decoded = record_batches._decoded
    monkeypatch.setattr(record_batches, "_decoded", None)  # whoever calls it fails
    assert ages(path) == [[1], [2], [3]]
    assert ages(path, most=2) == [[1], [2]]
    monkeypatch.setattr(record_batches, "_decoded", decoded)
    write(tmp_path / "rows.gz", {"age": pa.array([4, 5], pa.int64())})
    assert ages(path) == [[4], [5]]


@pytest.mark.parametrize(("most", "kept"), [(2, False), (3, False), (4, True)])
def test_of_the_first_rows_only_those_that_were_all_are_kept(
    most: int, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "rows.gz", {"age": pa.array([1, 2, 3], pa.int64())})
    assert ages(path, most) == [[1], [2], [3]][:most]
    if kept:
        monkeypatch.setattr(record_batches, "_decoded", None)
    assert ages(path) == [[1], [2], [3]]


def test_a_table_larger_than_the_room_is_read_whole_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_batches, "_KEPT", Kept(8))
    path = write(tmp_path / "rows.gz", {"age": pa.array(range(100), pa.int64())})
    assert ages(path) == [[age] for age in range(100)]
    assert ages(path, most=70) == [[age] for age in range(70)]
