from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
import tensorflow as tf

from components import raw_rows, record_batches, serialization

pytestmark = pytest.mark.unit

SPEC = {"age": tf.io.FixedLenFeature([1], tf.int64, -1), "name": tf.io.FixedLenFeature([1], tf.string, "")}
RUN: Any = SimpleNamespace(raw_feature_spec=SPEC)


@pytest.fixture
def patterns(tmp_path: Path) -> list[str]:
    batch = pa.RecordBatch.from_pydict({"age": pa.array([31, None, 7], pa.int64()), "name": pa.array(["é", "b", None])})
    path = tmp_path / "rows.gz"
    with tf.io.TFRecordWriter(str(path), tf.io.TFRecordOptions(compression_type="GZIP")) as writer:
        for record in serialization.serialize(batch).to_pylist():
            writer.write(record)
    return [str(path)]


def test_columns_are_read_once_and_nobody_can_write_into_what_others_read(
    patterns: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = raw_rows.read_columns(RUN, patterns)
    monkeypatch.setattr(record_batches, "read", None)  # whoever calls it fails
    again = raw_rows.read_columns(RUN, patterns)
    assert {name: values[:, 0].tolist() for name, values in again.items()} == {
        "age": [31, -1, 7],
        "name": ["é".encode(), b"b", b""],
    }
    first.pop("age")
    assert list(raw_rows.read_columns(RUN, patterns)) == ["age", "name"]
    with pytest.raises(ValueError, match="read-only"):
        again["age"][0] = 5


def test_some_columns_and_some_rows_are_not_taken_for_all(patterns: list[str]) -> None:
    assert raw_rows.read_columns(RUN, patterns)["age"].shape == (3, 1)
    assert list(raw_rows.read_columns(RUN, patterns, ["name"])) == ["name"]
    assert raw_rows.read_columns(RUN, patterns, most=2)["age"].shape == (2, 1)
