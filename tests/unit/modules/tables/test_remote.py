"""Tables in gs:// and s3://, read by Arrow's own clients from a server on this machine that speaks either protocol."""

import bz2
import gzip
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf
import yaml

from components.table_example_gen import examples
from modules.base.errors import DataError
from modules.base.settings import Data, Label
from modules.tables import content, readers, sources
from pipeline import config
from tests.object_store import Store

pytestmark = pytest.mark.unit

LABEL = Label(column="y", positive_class="yes")
ROWS = [{"n": i, "x": i / 4, "y": "yes" if i % 3 else "no"} for i in range(200)]


@pytest.fixture(params=["gs", "s3"])
def uri(request: pytest.FixtureRequest, store: Store) -> Any:
    """Returns a function from the name of an object to its URI."""
    return lambda name: store.uri(request.param, name)


def as_csv(rows: list[dict]) -> bytes:
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def as_parquet(rows: list[dict]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file, row_group_size=70)
    return file.getvalue()


def as_tfrecord(rows: list[dict], folder: Path) -> bytes:
    with tf.io.TFRecordWriter(str(folder / "rows.tfrecord")) as writer:
        for row in rows:
            example = tf.train.Example()
            example.features.feature["n"].int64_list.value.append(row["n"])
            example.features.feature["x"].float_list.value.append(row["x"])
            example.features.feature["y"].bytes_list.value.append(row["y"].encode())
            writer.write(example.SerializeToString())
    return (folder / "rows.tfrecord").read_bytes()


def records(folder: Path, table: str | list[str]) -> dict[str, list[bytes]]:
    folder.mkdir()
    examples.write_examples(Data(train=table), LABEL, str(folder), None)
    files = {split: str(next((folder / f"Split-{split}").glob("*.gz"))) for split in ("train", "validation", "test")}
    return {split: sorted(tf.data.TFRecordDataset([file], "GZIP").as_numpy_iterator()) for split, file in files.items()}


def test_a_remote_table_gives_the_examples_of_a_local_one_in_every_format(
    store: Store, uri: Any, tmp_path: Path
) -> None:
    (tmp_path / "local.csv").write_bytes(as_csv(ROWS))
    expected = records(tmp_path / "local", str(tmp_path / "local.csv"))
    assert sum(map(len, expected.values())) == 200
    store.objects = {
        "t.csv": as_csv(ROWS),
        "t.csv.gz": gzip.compress(as_csv(ROWS)),
        "t.parquet": as_parquet(ROWS),
        "t.tfrecord": as_tfrecord(ROWS, tmp_path),
        "t.tfrecord.gz": gzip.compress(as_tfrecord(ROWS, tmp_path)),
        "t.tfrecord.bz2": bz2.compress(as_tfrecord(ROWS, tmp_path)),
    }
    for number, name in enumerate(store.objects):
        store.forget()
        assert records(tmp_path / str(number), uri(name)) == expected, name
        assert set(store.read) == {name}


def test_a_remote_folder_a_pattern_and_a_list_are_the_files_that_they_name(
    store: Store, uri: Any, tmp_path: Path
) -> None:
    store.objects = {
        "tables/1.csv": as_csv(ROWS[:50]),
        "tables/2 b%20.csv.gz": gzip.compress(as_csv(ROWS[50:120])),
        "tables/3.csv": as_csv(ROWS[120:]),
        "tables/notes.md": b"no data",
        "tablesque.csv": b"n\n1\n",
    }
    files = [uri("tables/1.csv"), uri("tables/2 b%20.csv.gz"), uri("tables/3.csv")]
    assert sources.expand(uri("tables")) == sources.expand(uri("tables/")) == files
    assert sources.expand(uri("tables/*.csv")) == [files[0], files[2]]
    assert sources.expand(uri("tables/[12]*")) == files[:2]
    assert sources.expand(files[::-1]) == files
    (tmp_path / "local.csv").write_bytes(as_csv(ROWS))
    assert records(tmp_path / "remote", uri("tables")) == records(tmp_path / "local", str(tmp_path / "local.csv"))


def test_a_remote_table_is_known_by_its_content(store: Store, uri: Any, tmp_path: Path) -> None:
    (tmp_path / "local.csv").write_bytes(as_csv(ROWS))
    store.objects = {"t.csv": as_csv(ROWS)}
    before = content.data_digest(uri("t.csv"))
    assert before == content.data_digest(str(tmp_path / "local.csv"))
    store.objects = {"t.csv": as_csv(ROWS[1:])}
    assert content.data_digest(uri("t.csv")) != before


def test_a_config_may_name_remote_tables_and_their_columns_are_checked(store: Store, uri: Any, tmp_path: Path) -> None:
    store.objects = {"t.csv": as_csv(ROWS), "t.parquet": as_parquet(ROWS)}
    path = tmp_path / "pipeline.yaml"
    settings = {
        "name": "remote",
        "data": {"train": [uri("t.csv")], "test": uri("t.parquet")},
        "label": {"column": "y", "positive_class": "yes"},
        "evaluation": {"gates": {"auc": {"minimum": 0.5}}},
    }
    path.write_text(yaml.safe_dump(settings))
    data = config.load(str(path)).data
    assert (data.train, data.test) == ([uri("t.csv")], uri("t.parquet"))
    path.write_text(yaml.safe_dump(settings | {"label": {"column": "Y", "positive_class": "yes"}}))
    with pytest.raises(config.ConfigError, match=r"label\.column is 'Y', which is not a column of"):
        config.load(str(path))
    path.write_text(yaml.safe_dump(settings | {"data": {"train": uri("gone.csv")}}))
    with pytest.raises(config.ConfigError, match=r"pipeline\.yaml:\d+: data\.train: .*gone\.csv.* does not exist"):
        config.load(str(path))


def test_a_remote_table_that_is_not_there_or_not_allowed_is_refused(store: Store, uri: Any) -> None:
    store.objects = {"tables/notes.md": b"no data"}
    with pytest.raises(DataError, match="does not exist"):
        sources.expand(uri("gone.csv"))
    for name in ("tables", "tables/*.csv"):
        with pytest.raises(DataError, match="names no data file"):
            sources.expand(uri(name))
    store.refuse()
    with pytest.raises(DataError, match="cannot be listed"):
        sources.expand(uri("tables/*.csv"))
    with pytest.raises(DataError, match="cannot be opened"):
        sources.open_file(uri("x.csv"))


def test_a_remote_tfrecord_that_ends_early_is_refused(store: Store, uri: Any, tmp_path: Path) -> None:
    whole = as_tfrecord(ROWS, tmp_path)
    store.objects = {"t.tfrecord": whole[: len(whole) // 2], "t.tfrecord.gz": gzip.compress(whole)[:-50]}
    for name in store.objects:
        with pytest.raises(DataError, match=r"t\.tfrecord.*(is no whole TFRecord file|is damaged)"):
            list(readers.read(uri(name), Data(train="t")))
