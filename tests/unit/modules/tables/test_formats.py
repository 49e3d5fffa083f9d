import datetime
import decimal
import gzip
import json
import random
import warnings
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

from components.table_example_gen import examples
from modules.base.errors import DataError
from modules.base.settings import Data, Label
from modules.tables import readers, sources

pytestmark = pytest.mark.unit

ROWS = [{"n": i, "x": i / 4, "t": f"t{i % 3}", "y": "yes" if i % 2 else "no"} for i in range(300)]
LABEL = Label(column="y", positive_class="yes")


def write_csv(path: Path, rows: list[dict], names: list[str] | None = None) -> str:
    names = names or list(rows[0])
    path.write_text("\n".join([",".join(names), *(",".join(str(row[name]) for name in names) for row in rows)]) + "\n")
    return str(path)


def example(row: dict[str, Any]) -> tf.train.Example:
    found = tf.train.Example()
    for name, value in row.items():
        feature = found.features.feature[name]
        if isinstance(value, str):
            feature.bytes_list.value.append(value.encode())
        elif isinstance(value, float):
            feature.float_list.value.append(value)
        elif value is not None:
            feature.int64_list.value.append(value)
    return found


def write_tfrecord(path: Path, rows: list[dict]) -> str:
    with tf.io.TFRecordWriter(str(path)) as writer:
        for row in rows:
            writer.write(example(row).SerializeToString())
    return str(path)


def splits(folder: Path, table: str | list[str]) -> dict[str, list[str]]:
    """Returns the examples of each split, as sorted JSON texts."""
    folder.mkdir()
    examples.write_examples(Data(train=table), LABEL, str(folder), None)
    found = {}
    for split in ("train", "validation", "test"):
        records = tf.data.TFRecordDataset([str(folder / f"Split-{split}" / "data_tfrecord-00000-of-00001.gz")], "GZIP")
        texts = []
        for record in records.as_numpy_iterator():
            features = tf.train.Example.FromString(record).features.feature
            row = {name: str(features[name]) for name in features if features[name].WhichOneof("kind")}
            texts.append(json.dumps(row, sort_keys=True))
        found[split] = sorted(texts)
    return found


def test_the_same_rows_give_the_same_examples_and_splits_whatever_the_format_order_and_files(tmp_path: Path) -> None:
    expected = splits(tmp_path / "0", write_csv(tmp_path / "a.csv", ROWS))
    assert all(expected.values())
    assert sum(map(len, expected.values())) == 300

    turned = write_csv(tmp_path / "turned.csv", ROWS[::-1], ["y", "t", "x", "n"])
    assert splits(tmp_path / "1", turned) == expected

    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "p.parquet", row_group_size=70)
    assert splits(tmp_path / "2", str(tmp_path / "p.parquet")) == expected

    assert splits(tmp_path / "3", write_tfrecord(tmp_path / "r.tfrecord", ROWS)) == expected

    parts = tmp_path / "parts"
    parts.mkdir()
    write_csv(parts / "1.csv", ROWS[:100])
    write_csv(parts / "2.csv", ROWS[100:], ["t", "n", "y", "x"])
    (parts / "notes.md").write_text("no data")
    listed = [str(parts / "2.csv"), str(parts / "1.csv")]
    tables: list[str | list[str]] = [str(parts), str(parts / "*.csv"), listed]
    for number, table in enumerate(tables):
        assert splits(tmp_path / f"4{number}", table) == expected


def read_parquet(tmp_path: Path, column: pa.Array) -> list:
    pq.write_table(pa.table({"c": column}), tmp_path / "t.parquet")
    blocks = list(readers.read(str(tmp_path / "t.parquet"), Data(train="t.parquet")))
    return [value for block in blocks for value in block.batch.column(0).to_pylist()]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (pa.array([1, None, 2**62], pa.int64()), [1, None, 2**62]),
        (pa.array([1, 255], pa.uint8()), [1, 255]),
        (pa.array([True, None, False]), ["true", None, "false"]),
        (pa.array(["a", None, "b"]).dictionary_encode(), ["a", None, "b"]),
        (pa.array([decimal.Decimal("1.25"), None]), [1.25, None]),
        (pa.array([datetime.date(1970, 1, 11), None]), [864_000, None]),
        # Noon of the second day is one and a half days after the epoch.
        (pa.array([datetime.datetime(1970, 1, 2, 12), None]), [129_600, None]),
        # A fraction is cut off, before 1970 too; no unit overflows, whatever the year.
        (pa.array([1_999, -1, None], pa.timestamp("ms")), [1, -1, None]),
        (pa.array([1_500_000, -1], pa.timestamp("us", "Europe/Rome")), [1, -1]),
        (pa.array([datetime.date(9999, 12, 30), datetime.date(9999, 12, 31)], pa.date64()), [253_402_128_000, None]),
        (pa.array([-62_135_596_800], pa.timestamp("s")), [-62_135_596_800]),
        (pa.array([None, None], pa.null()), [None, None]),
    ],
    ids=[
        "integers",
        "unsigned",
        "booleans",
        "dictionary",
        "decimals",
        "dates",
        "times",
        "milliseconds",
        "zone",
        "date64",
        "year 1",
        "nothing",
    ],
)
def test_a_parquet_column_becomes_numbers_or_text(tmp_path: Path, column: pa.Array, values: list) -> None:
    assert read_parquet(tmp_path, column) == values


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array([[1, 2]]), "column 'c': holds list"),
        (pa.array([{"a": 1}]), "column 'c': holds struct"),
        (pa.array([2**64 - 1], pa.uint64()), "holds integers beyond 2\\^63"),
    ],
    ids=["lists", "structures", "integers that do not fit"],
)
def test_a_parquet_column_of_anything_else_is_refused(tmp_path: Path, column: pa.Array, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_parquet(tmp_path, column)


def test_spaces_around_names_and_texts_are_no_part_of_them_in_any_format(tmp_path: Path) -> None:
    spaced = [{f" {name}": f" {value}\u00a0" if name in "ty" else value for name, value in row.items()} for row in ROWS]
    expected = splits(tmp_path / "0", write_csv(tmp_path / "a.csv", ROWS))
    assert splits(tmp_path / "1", write_csv(tmp_path / "s.csv", spaced)) == expected
    pq.write_table(pa.Table.from_pylist(spaced), tmp_path / "p.parquet")
    assert splits(tmp_path / "2", str(tmp_path / "p.parquet")) == expected
    assert splits(tmp_path / "3", write_tfrecord(tmp_path / "r.tfrecord", spaced)) == expected
    names = [readers.column_names(str(tmp_path / name), Data(train="t")) for name in ("s.csv", "p.parquet")]
    assert names == [list(ROWS[0])] * 2


def test_a_text_that_means_a_missing_value_does_in_any_format(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("t,n\n NA ,1\n,2\nb,3\n")
    pq.write_table(pa.table({"t": [" NA ", "", "b"], "n": [1, 2, 3]}), tmp_path / "p.parquet")
    rows = [{"t": " NA ", "n": 1}, {"t": "", "n": 2}, {"t": "b", "n": 3}]
    for path in (str(tmp_path / "a.csv"), str(tmp_path / "p.parquet"), write_tfrecord(tmp_path / "r.tfrecord", rows)):
        (block,) = readers.read(path, Data(train=path, missing_values=["", "NA"]))
        place = block.batch.schema.get_field_index("t")
        assert block.batch.column(place).to_pylist() == [None, None, "b"]


@pytest.mark.parametrize("names", [("a", "a "), ("a", " ")])
def test_names_of_parquet_are_as_different_as_those_of_text(tmp_path: Path, names: tuple[str, str]) -> None:
    pq.write_table(pa.table({names[0]: [1], names[1]: [2]}), tmp_path / "p.parquet")
    with pytest.raises(DataError, match="has 2 columns named 'a'|column 2 has no name"):
        list(readers.read(str(tmp_path / "p.parquet"), Data(train="t")))


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"t\.parquet: is no whole Parquet file"):
        list(readers.read(str(path), Data(train="t")))


def test_a_parquet_file_of_one_row_group_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    generator = random.Random(8)
    numbers = [generator.getrandbits(62) for _ in range(1_000_000)]  # 8 MB that no encoding makes smaller
    pq.write_table(pa.table({"n": numbers}), path, row_group_size=len(numbers), use_dictionary=False)
    assert pq.ParquetFile(path).num_row_groups == 1
    before, found, most = pa.total_allocated_bytes(), 0, 0
    for block in readers.read(str(path), Data(train="t")):
        assert block.first_row == found + 1
        assert block.batch.column(0)[0].as_py() == numbers[found]
        found += block.batch.num_rows
        most = max(most, pa.total_allocated_bytes() - before)
    assert found == len(numbers)
    assert most < 6 * 2**20


def test_batches_of_a_parquet_file_are_small_where_it_is_wide(tmp_path: Path) -> None:
    columns = {f"c{i}": [str(i)] * 1_000 for i in range(400)}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    blocks = list(readers.read(str(tmp_path / "t.parquet"), Data(train="t")))
    assert [block.batch.num_rows for block in blocks] == [327, 327, 327, 19]  # 327 · 400 cells are just below 2^17
    pq.write_table(pa.table({"t": ["x" * 10_000, "y" * 10_000] * 500}), tmp_path / "t.parquet", use_dictionary=False)
    (first, *_) = readers.read(str(tmp_path / "t.parquet"), Data(train="t"))
    assert 100 <= first.batch.num_rows <= 105  # 104 · 10,000 bytes are just below 2^20


def test_a_tfrecord_that_ends_early_is_refused(tmp_path: Path) -> None:
    path = Path(write_tfrecord(tmp_path / "t.tfrecord", ROWS))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with pytest.raises(DataError, match=r"t\.tfrecord: is no whole TFRecord file"):
        list(readers.read(str(path), Data(train="t")))


@pytest.mark.parametrize("part", [1.0, 0.6, 0.999])
def test_a_gzipped_tfrecord_is_read_whole_and_refused_where_it_is_cut_off(tmp_path: Path, part: float) -> None:
    content = gzip.compress(Path(write_tfrecord(tmp_path / "plain.tfrecord", ROWS)).read_bytes())
    path = tmp_path / "t.tfrecord.gz"
    path.write_bytes(content[: int(len(content) * part)])
    if part == 1:
        rows = [row for block in readers.read(str(path), Data(train="t")) for row in block.batch.to_pylist()]
        assert rows == ROWS
        return
    with pytest.raises(DataError, match=r"t\.tfrecord\.gz: is (damaged|no whole TFRecord file)"):
        list(readers.read(str(path), Data(train="t")))


def test_a_feature_with_several_values_is_refused_by_record_and_name(tmp_path: Path) -> None:
    path = tmp_path / "t.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(example({"a": 1}).SerializeToString())
        two = example({"a": 1})
        two.features.feature["a"].int64_list.value.append(2)
        writer.write(two.SerializeToString())
    with pytest.raises(DataError, match="record 2, feature 'a': has 2 values"):
        list(readers.read(str(path), Data(train="t")))


def test_features_that_a_record_lacks_are_missing(tmp_path: Path) -> None:
    path = write_tfrecord(tmp_path / "t.tfrecord", [{"a": 1, "b": "x"}, {"a": None, "b": "y"}, {"b": "z"}])
    (block,) = readers.read(path, Data(train="t"))
    assert block.batch.to_pydict() == {"a": [1, None, None], "b": ["x", "y", "z"]}


def test_a_folder_without_data_and_a_pattern_without_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("no data")
    for table in (str(tmp_path), str(tmp_path / "*.csv")):
        with pytest.raises(DataError, match="names no data file"):
            sources.expand(table)


def test_a_file_with_other_columns_than_the_first_is_refused(tmp_path: Path) -> None:
    write_csv(tmp_path / "1.csv", ROWS[:100])
    write_csv(tmp_path / "2.csv", ROWS[100:], ["n", "x", "y"])
    with pytest.raises(DataError, match=r"2\.csv: has no column 't'"):
        splits(tmp_path / "out", str(tmp_path / "*.csv"))


def test_a_table_without_a_row_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("n,y\n")
    with pytest.raises(DataError, match=r"t\.csv: has no row"):
        splits(tmp_path / "out", str(tmp_path / "t.csv"))


def test_a_table_of_its_own_is_the_test_split_and_nothing_else_is(tmp_path: Path) -> None:
    train, test = write_csv(tmp_path / "a.csv", ROWS[:200]), write_csv(tmp_path / "b.csv", ROWS[200:])
    (tmp_path / "out").mkdir()
    counts = examples.write_examples(Data(train=train, test=test), LABEL, str(tmp_path / "out"), None)
    assert counts["test"] == 100
    assert counts["train"] + counts["validation"] == 200


def test_a_tfrecord_feature_of_two_types_is_named_with_both(tmp_path: Path) -> None:
    path = str(tmp_path / "two.tfrecord")
    values = ({"int64_list": tf.train.Int64List(value=[1])}, {"bytes_list": tf.train.BytesList(value=[b"x"])})
    with tf.io.TFRecordWriter(path) as writer:
        for value in values:
            features = tf.train.Features(feature={"wage": tf.train.Feature(**value)})
            writer.write(tf.train.Example(features=features).SerializeToString())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DataError, match="feature 'wage': has both whole numbers and texts"):
            list(readers.read(path, Data(train=path)))
