import collections
import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import tensorflow as tf

from components.table_example_gen import examples
from components.table_example_gen.examples import write_examples
from components.table_example_gen.executor import schema_dtypes
from components.table_example_gen.splitting import SPLITS
from modules.base.errors import DataError
from modules.base.settings import Data, Label
from modules.tables import delimited, readers

pytestmark = pytest.mark.unit

SCHEMA = """
feature { name: "n" type: FLOAT }
feature { name: "income" type: BYTES }
"""


class Tables:
    """A training and a test table in a folder, and what is written of them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.train: Sequence[str] = [f"{i},{i / 2},t{i % 3},{'yes' if i % 2 else 'no'}" for i in range(200)]
        self.test: Sequence[str] = ["1,0.5,t1,yes", "2,,t2,no"]
        self.header = "n,x,t,income"
        self.train_name = "train.csv"
        self.label: Label = Label(column="income", positive_class="yes")
        (folder / "examples").mkdir()  # as TFX makes the folder of an artifact

    def write(self, **data: Any) -> dict[str, int]:
        (self.folder / self.train_name).write_text("\n".join([self.header, *self.train]) + "\n")
        (self.folder / "test.csv").write_text("\n".join([self.header, *self.test]) + "\n")
        settings = Data(train=str(self.folder / self.train_name), test=str(self.folder / "test.csv"), **data)
        return write_examples(settings, self.label, str(self.folder / "examples"), schema_dtypes(settings))

    def examples(self, split: str) -> list[dict[str, list]]:
        files = tf.io.gfile.glob(str(self.folder / "examples" / f"Split-{split}" / "*.gz"))
        found = []
        for record in tf.data.TFRecordDataset(files, "GZIP").as_numpy_iterator():
            features = tf.train.Example.FromString(record).features.feature
            present = {name: value for name, value in features.items() if value.WhichOneof("kind")}
            found.append({name: list(getattr(v, v.WhichOneof("kind")).value) for name, v in present.items()})
        return found

    def numbers(self, split: str) -> set[int]:
        return {example["n"][0] for example in self.examples(split)}


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return Tables(tmp_path)


def test_every_row_lands_in_one_split_and_the_test_file_in_the_test_split(tables: Tables) -> None:
    counts = tables.write()
    train, validation = tables.numbers("train"), tables.numbers("validation")
    assert train | validation == set(range(200))
    assert not train & validation
    splits = {"train": len(train), "validation": len(validation), "test": 2}
    assert counts == splits | {"without_label": 0, "without_time": 0, "placeholder": 0}
    assert tables.numbers("test") == {1, 2}


def test_the_validation_split_has_about_the_share_that_the_config_asks_for(tables: Tables) -> None:
    # 200 rows: the standard deviation at 0.3 is √(200 · 0.3 · 0.7) = 6.5 rows.
    assert abs(tables.write(validation_fraction=0.3)["validation"] - 60) < 20


def test_a_larger_fraction_only_adds_rows_to_the_validation_split(tables: Tables) -> None:
    tables.write(validation_fraction=0.2)
    smaller = tables.numbers("validation")
    tables.write(validation_fraction=0.4)
    assert smaller < tables.numbers("validation")


def test_values_have_the_types_of_their_columns_and_a_missing_one_is_no_feature(tables: Tables) -> None:
    tables.write()
    assert tables.examples("test") == [
        {"n": [1], "x": [0.5], "t": [b"t1"], "income": [b"yes"]},
        {"n": [2], "t": [b"t2"], "income": [b"no"]},
    ]


def test_a_reader_gets_its_default_for_a_missing_value(tables: Tables) -> None:
    tables.test = ["1,0.5,t1,yes", ",,,no"]
    tables.write()
    files = tf.io.gfile.glob(str(tables.folder / "examples" / "Split-test" / "*.gz"))
    spec = {
        "n": tf.io.FixedLenFeature([1], tf.int64, -5),
        "x": tf.io.FixedLenFeature([1], tf.float32, -6.5),
        "t": tf.io.FixedLenFeature([1], tf.string, b"gone"),
    }
    (batch,) = tf.data.TFRecordDataset(files, "GZIP").batch(2).map(lambda b: tf.io.parse_example(b, spec))
    assert batch["n"].numpy().tolist() == [[1], [-5]]
    assert batch["x"].numpy().tolist() == [[0.5], [-6.5]]
    assert batch["t"].numpy().tolist() == [[b"t1"], [b"gone"]]


def test_the_split_depends_neither_on_the_order_of_rows_and_columns_nor_on_the_files_name(tables: Tables) -> None:
    tables.write()
    expected = tables.numbers("validation")
    rows = [",".join(reversed(row.split(","))) for row in tables.train]
    random.Random(15).shuffle(rows)
    tables.train, tables.header, tables.train_name = rows, "income,t,x,n", "another name.csv"
    tables.test = ["yes,t1,0.5,1", "no,t2,,2"]
    tables.write()
    assert tables.numbers("validation") == expected


def test_duplicates_never_lie_on_both_sides_of_the_split(tables: Tables) -> None:
    tables.train = [*tables.train, *tables.train, *tables.train]
    tables.write()
    assert not tables.numbers("train") & tables.numbers("validation")
    for split in ("train", "validation"):
        counts = collections.Counter(example["n"][0] for example in tables.examples(split))
        assert set(counts.values()) == {3}


def test_rows_without_a_label_are_counted_and_left_out(tables: Tables) -> None:
    tables.train = [*tables.train, "900,1.5,t1,", "901,1.5,t1, "]
    tables.test = [*tables.test, "902,1.5,t1,"]
    counts = tables.write()
    assert counts["without_label"] == 3
    assert counts["train"] + counts["validation"] == 200
    assert counts["test"] == 2
    assert not {900, 901, 902} & (tables.numbers("train") | tables.numbers("validation") | tables.numbers("test"))


def test_types_come_from_the_schema_where_there_is_one(tables: Tables) -> None:
    (tables.folder / "schema.pbtxt").write_text(SCHEMA)
    tables.write(schema_file=str(tables.folder / "schema.pbtxt"))
    assert tables.examples("test")[0] == {"n": [1.0], "income": [b"yes"]}  # a float now; t and x are not in it


def test_a_column_of_the_schema_that_the_table_lacks_is_named(tables: Tables) -> None:
    (tables.folder / "schema.pbtxt").write_text(SCHEMA + 'feature { name: "height" type: INT }')
    with pytest.raises(DataError, match=r"train\.csv: has no column 'height', which the others or the schema have"):
        tables.write(schema_file=str(tables.folder / "schema.pbtxt"))


def test_a_wrong_cell_is_named_with_its_row_in_the_file(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    # Row 102 of the file is the hundred-and-first after the header; it lies in another block than the first.
    monkeypatch.setattr(delimited, "_BLOCK_BYTES", 500)
    (tables.folder / "schema.pbtxt").write_text(SCHEMA)
    tables.train = [*tables.train[:100], "oops,1,t1,yes", *tables.train[100:]]
    with pytest.raises(DataError, match=r"train\.csv, row 102, column 'n': 'oops' is not a number"):
        tables.write(schema_file=str(tables.folder / "schema.pbtxt"))


def test_text_in_a_column_of_the_test_table_that_holds_numbers_in_training_is_named(tables: Tables) -> None:
    tables.test = ["1,0.5,t1,yes", "2,high,t2,no"]
    with pytest.raises(DataError, match=r"test\.csv, row 3, column 'x': 'high' is not a number"):
        tables.write()


def test_whole_number_labels_are_compared_as_numbers(tables: Tables) -> None:
    tables.train = [f"{i},1,t,{i % 2}" for i in range(100)]
    tables.test = ["1,1,t,0", "2,1,t,1"]
    tables.label = Label(column="income", positive_class=1)
    assert tables.write()["test"] == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"train": [f"{i},1.5,t,no" for i in range(50)]}, "train.csv, column 'income': every row of the split 'train'"),
        ({"test": ["1,1,t,no", "2,1,t,no"]}, "test.csv, column 'income': every row of the split 'test'"),
        ({"test": ["1,1,t,"]}, "test.csv, column 'income': the split 'test' has no row with a label"),
        (
            {"label": Label(column="income", positive_class="Yes")},
            "label.positive_class 'Yes' is none of the values 'no', 'yes'",
        ),
        ({"label": Label(column="income", positive_class=1)}, "label.positive_class 1 is none of the values"),
    ],
    ids=["one class", "one class in test", "no label in test", "other spelling", "other type"],
)
def test_a_label_that_nothing_can_be_learnt_from_is_refused(tables: Tables, change: dict, said: str) -> None:
    vars(tables).update(change)
    with pytest.raises(DataError) as caught:
        tables.write()
    assert said in str(caught.value)


def test_a_validation_split_without_rows_is_refused(tables: Tables) -> None:
    with pytest.raises(DataError, match="the split 'validation' has no row.* a larger share for validation"):
        tables.write(validation_fraction=1e-6)


def test_the_dtypes_lie_beside_the_examples(tables: Tables) -> None:
    tables.write()
    found = json.loads((tables.folder / "examples" / "dtypes.json").read_text())
    assert found == {"n": "int64", "x": "float32", "t": "string", "income": "string"}


def _records(tables: Tables) -> dict[str, list[bytes]]:
    """Returns the records of the splits that come from the training table, in the order of the file."""
    files = {split: str(next((tables.folder / "examples" / f"Split-{split}").glob("*.gz"))) for split in SPLITS}
    return {split: list(tf.data.TFRecordDataset([file], "GZIP").as_numpy_iterator()) for split, file in files.items()}


def test_the_same_table_gives_the_same_bytes_in_the_same_order_however_it_is_cut_into_blocks(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables.train = [f"{i},{'' if i % 5 == 0 else i / 3},t{i % 7},{'yes' if i % 2 else 'no'}" for i in range(3_000)]
    tables.write()
    expected = _records(tables)
    assert [sum(map(len, expected.values()))] == [3_002]
    for block_bytes, processors in ((300, 4), (1_000, 3), (7_777, 1)):
        monkeypatch.setattr(delimited, "_BLOCK_BYTES", block_bytes)
        monkeypatch.setattr(os, "cpu_count", lambda count=processors: count)
        tables.write()
        assert _records(tables) == expected


@pytest.mark.parametrize(
    ("late", "dtype"),
    [("2.5", float), ("007", bytes), ("high", bytes), ("9223372036854775808", float), ("", int)],
    ids=["a fraction", "a leading zero", "text", "beyond 2^63", "nothing"],
)
def test_a_columns_dtype_does_not_depend_on_how_late_the_row_comes_that_decides_it(
    tables: Tables, monkeypatch: pytest.MonkeyPatch, late: str, dtype: type
) -> None:
    monkeypatch.setattr(delimited, "_BLOCK_BYTES", 200)
    tables.train = [*tables.train, f"{late},1.5,t1,yes"]
    tables.write()
    assert {type(example["n"][0]) for example in tables.examples("train") if "n" in example} == {dtype}


def test_a_column_whose_first_values_come_late_has_their_dtype(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_BLOCK_BYTES", 200)
    tables.train = [f"{i},{i if i > 100 else ''},t{i % 3},{'yes' if i % 2 else 'no'}" for i in range(200)]
    tables.test = ["1,5,t1,yes", "2,,t2,no"]
    tables.write()
    found = {example["x"][0] for example in tables.examples("train") if "x" in example}
    assert found <= set(range(101, 200))
    assert {type(value) for value in found} == {int}


def test_a_table_whose_columns_are_plain_from_the_first_block_is_read_only_once_more(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "_BLOCK_BYTES", 200)
    drawn: list[str] = []
    read = readers.read

    def counted(table: Any, data: Data) -> Any:
        for block in read(table, data):
            drawn.append(block.path)
            yield block

    monkeypatch.setattr(readers, "read", counted)
    tables.write()
    train = [path for path in drawn if path.endswith("train.csv")]
    blocks = len(list(read(train[0], Data(train=train[0]))))
    assert blocks > 5
    assert len(train) == blocks + 1


class Watched:
    """A batch that counts how often somebody asks for the names of all columns."""

    def __init__(self, batch: pa.RecordBatch):
        self.asked, self._batch = 0, batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    @property
    def schema(self) -> Any:
        return self

    @property
    def names(self) -> list[str]:
        self.asked += 1
        return self._batch.schema.names

    def get_field_index(self, name: str) -> int:
        return self._batch.schema.get_field_index(name)


@pytest.mark.parametrize("columns", [3, 300])
def test_the_names_of_all_columns_are_not_listed_for_each_column(columns: int) -> None:
    batch: Any = Watched(pa.RecordBatch.from_pydict({f"c{number}": ["1", "2"] for number in range(columns)}))
    dtypes = dict.fromkeys(batch.names, "int64")
    batch.asked = 0
    typed = examples._typed(readers.Block("table.csv", 2, batch), dtypes, Data(train="table.csv"))
    assert typed.num_columns == columns
    assert batch.asked == 1


def test_rows_without_a_time_and_placeholders_are_counted_and_stretch_no_split(tables: Tables) -> None:
    tables.header = "n,when,income"
    tables.train = [f"{i},2024-01-{1 + i // 10:02},{'yes' if i % 2 else 'no'}" for i in range(200)]
    tables.train += ["200,,yes", "201,9999-12-31,no", "202,0000-00-00,no", "203,,no"]
    tables.test = ["1,2024-02-01,yes", "2,2024-02-02,no"]
    (tables.folder / "train.csv").write_text("\n".join([tables.header, *tables.train]) + "\n")
    settings = Data(train=str(tables.folder / "train.csv"), time_column="when")
    counts = write_examples(settings, tables.label, str(tables.folder / "examples"), None, ["when"])
    assert (counts["without_time"], counts["placeholder"]) == (4, 2)
    assert {200, 201, 202, 203} <= tables.numbers("train")
    assert counts["test"] == pytest.approx(40, abs=10)


@pytest.mark.parametrize(
    ("days", "own_test", "said"),
    [
        (["2024-01-31"] * 200, True, "has 1 different time, and 2 splits need 2 at least"),
        ([f"2024-01-{1 + i % 2:02}" for i in range(200)], False, "has 2 different times, and 3 splits need 3 at least"),
        ([""] * 200, True, "has 0 different times"),
    ],
)
def test_a_column_with_too_few_times_to_split_by_is_named(
    tables: Tables, days: list[str], own_test: bool, said: str
) -> None:
    path = tables.folder / "train.csv"
    path.write_text("\n".join(["day,income", *(f"{day},{'yes' if i % 2 else 'no'}" for i, day in enumerate(days))]))
    settings = Data(train=str(path), test=str(path) if own_test else None, time_column="day")
    with pytest.raises(DataError) as caught:
        write_examples(settings, tables.label, str(tables.folder / "examples"), None, ["day"])
    assert str(caught.value).startswith(f"{path}, column 'day': {said}")
