import gzip
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from modules.base.errors import DataError
from modules.tables import readers
from pipeline.drafting import sample

pytestmark = pytest.mark.unit


def test_types_values_and_missing_cells_are_those_of_the_run(table: Callable) -> None:
    found = table({"n": [3, None, 3], "x": ["1.5", "?", "2"], "code": ["007", "1", "2"], "nothing": [None, "NA", None]})
    assert found.rows == 3
    assert {name: c.dtype for name, c in found.columns.items()} == {
        "n": "int64",
        "x": "float32",
        "code": "string",
        "nothing": "string",
    }
    assert {name: c.missing for name, c in found.columns.items()} == {"n": 1, "x": 1, "code": 0, "nothing": 3}
    assert found.tokens == {"?": "x", "NA": "nothing"}
    assert found.columns["n"].tally == {3: 2}
    assert found.columns["code"].tally == {"007": 1, "1": 1, "2": 1}


def test_a_column_has_levels_codes_and_counts(table: Callable) -> None:
    column = table({"a": ["y", "x", None, "y"], "b": [1, 2, 3, 4]}).columns["a"]
    assert column.levels == ["y", "x"]
    assert column.codes.tolist() == [0, 1, -1, 0]
    assert column.counts.tolist() == [2, 1]
    assert (column.present, column.distinct, column.is_text, column.is_whole) == (3, 2, True, False)


def test_numbers_are_nan_where_they_are_missing(table: Callable) -> None:
    columns = table({"a": ["1.0", None, "3.0"], "b": ["1.5", "2", "3"]}).columns
    assert columns["a"].numbers.tolist()[::2] == [1.0, 3.0]
    assert math.isnan(columns["a"].numbers[1])
    assert columns["a"].is_whole
    assert not columns["b"].is_whole


def test_rows_beyond_the_sample_still_count(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    # 1,000,000 rows are several blocks of 8 MiB; the last rows bring a new type, a missing value and a token.
    rows = "1,1,no,unknown\n" * 500_000 + "1,1,no,xxxxxxxxxxxxxxxxxxxx\n" * 500_000
    path.write_text("a,b,label,c\n" + rows + "1.5,,yes,x\n" + "2,unknown,yes,NA\n")
    found = sample.take(str(path), rows=1_000)
    assert (found.rows, found.sampled) == (1_000_002, 1_000)
    assert found.columns["a"].dtype == "float32"
    assert found.columns["b"].dtype == "int64"
    assert found.columns["b"].missing == 2
    assert found.columns["label"].tally == {"no": 1_000_000, "yes": 2}
    assert found.columns["label"].counts.tolist() == [1_000]
    assert found.style.missing_values == ["", "unknown", "NA"]
    # What stands for a missing number in the last row does so in every row.
    assert found.columns["c"].tally == {"x" * 20: 500_000, "x": 1}
    assert found.columns["c"].missing == 500_001


def test_no_values_are_counted_where_there_are_too_many(table: Callable) -> None:
    columns = table({"a": list(range(101)), "b": [i % 100 for i in range(101)]}).columns
    assert columns["a"].tally is None
    assert len(columns["b"].tally) == 100


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_table_in_any_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("größe;n\nklein;1,5\nübergroß;2\n".encode(encoding))
    found = sample.take(str(path))
    assert found.columns["größe"].levels == ["klein", "übergroß"]
    assert found.columns["n"].levels == [1.5, 2.0]
    assert (found.style.delimiter, found.style.decimal) == (";", ",")


def test_an_encoding_that_shows_only_far_into_the_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"x,1\n" * 200_000 + "é,1\n".encode("latin-1"))
    found = sample.take(str(path))
    assert found.style.encoding == "cp1252"
    assert found.columns["a"].tally == {"x": 200_000, "é": 1}


def test_what_the_sample_says_is_what_the_reader_reads(tmp_path: Path) -> None:
    path = tmp_path / "t.txt.gz"
    path.write_bytes(gzip.compress(b"'a b'|'n'\n'x| y'|'1'\n'-'|'NA'\n"))
    found = sample.take(str(path))
    (block,) = readers.read(str(path), found.style)
    assert block.batch.to_pydict() == {"a b": ["x| y", None], "n": ["1", None]}


def test_parquet_keeps_its_types_and_knows_its_times(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    day = pa.array(np.array(["2024-01-01", "2024-01-03"], "datetime64[s]"))
    columns = {"x": pa.array([1.0, float("nan")]), "b": pa.array([True, None]), "day": day, "t": pa.array(["NA", ""])}
    pq.write_table(pa.table(columns), path)
    found = sample.take(str(path))
    assert found.columns["x"].missing == 1
    assert found.columns["b"].tally == {"true": 1}
    assert [name for name, column in found.columns.items() if column.moments] == ["day"]
    # Of the texts of typed files, the empty one alone is known to mean nothing.
    assert (found.columns["t"].tally, found.columns["t"].missing) == ({"NA": 1}, 1)
    assert (found.text, found.tokens) == (False, {})


def test_a_feature_that_a_record_does_not_have_is_missing(tmp_path: Path) -> None:
    import tensorflow as tf

    path = str(tmp_path / "t.tfrecord")
    with tf.io.TFRecordWriter(path) as writer:
        for row in range(4):
            features = tf.train.Features()
            features.feature["label"].bytes_list.value.append(b"a" if row % 2 else b"b")
            if row != 2:
                features.feature["x"].int64_list.value.append(row)
            writer.write(tf.train.Example(features=features).SerializeToString())
    found = sample.take(path)
    assert {name: (c.dtype, c.missing, c.distinct) for name, c in found.columns.items()} == {
        "label": ("string", 0, 2),
        "x": ("int64", 1, 3),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("a,b\n", "has no row"),
        ("a\n1\n", "has one column only, 'a'"),
        ("39,Private,1\n38,Private,1\n39,Public,1\n", "has no names of columns: its first row, 39, Private, 1, …"),
        ("a,b,a\n1,2,3\n", "has 2 columns named 'a'"),
        ("a,b\n1,2\n3,4,5\n", "has 3 cells where the header has 2"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        sample.take(str(path))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_years_may_name_columns(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("2019,2020,2021\n5,6,7\n")
    assert list(sample.take(str(path)).columns) == ["2019", "2020", "2021"]


def test_files_of_one_table_have_the_same_columns(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("a,b\n1,2\n")
    (tmp_path / "2.csv").write_text("b,a\n1,2\n")
    assert sample.take(str(tmp_path)).rows == 2
    (tmp_path / "3.csv").write_text("a,c\n1,2\n")
    with pytest.raises(DataError, match=r"3\.csv: differs from the other files in its column '[bc]'"):
        sample.take(str(tmp_path))


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"PAR1\x15", "is a Parquet file"),
        (b'{"a": 1}\n', "holds JSON"),
        (b"sep=;;\na;b\n", "begins with the line 'sep=;;'"),
    ],
)
def test_a_file_that_is_no_delimited_text_is_refused_by_what_it_is(tmp_path: Path, start: bytes, said: str) -> None:
    (tmp_path / "t.csv").write_bytes(start)
    with pytest.raises(DataError, match=said):
        sample.take(str(tmp_path / "t.csv"))


@pytest.mark.parametrize(
    ("text", "dtypes", "values"),
    [
        ("preis;einwohner\n0,50;58\n1,50;7.919\n2,50;1.003.838\n", ["float32", "int64"], [58, 7919, 1003838]),
        ("preis;einwohner\n0,50;58\n1,50;7.9\n2,50;3.8\n", ["float32", "string"], ["58", "7.9", "3.8"]),
        ("y;amount\nno;1\u00a0000\nyes;999\nno;\u22121\u202f014\n", ["string", "int64"], [1000, 999, -1014]),
        ("y;amount\nno;1'000.5\nyes;999\nno;5-\n", ["string", "float32"], [1000.5, 999, -5]),
    ],
    ids=["points beside decimal commas", "points of another kind", "spaces and minus", "apostrophes"],
)
def test_numbers_with_marks_are_read_where_the_whole_column_agrees(
    tmp_path: Path, text: str, dtypes: list[str], values: list
) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    found = sample.take(str(tmp_path / "t.csv"))
    assert [column.dtype for column in found.columns.values()] == dtypes
    assert list(found.columns.values())[1].values.to_pylist() == values


@pytest.mark.parametrize("delimiter", [";", "^", "\t"])
def test_the_delimiter_is_the_one_that_a_line_for_excel_names(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "t.csv").write_text(f"sep={delimiter}\r\na{delimiter}b\r\n1,5{delimiter}2\r\n2,5{delimiter}3\r\n")
    found = sample.take(str(tmp_path / "t.csv"))
    assert (found.style.delimiter, found.style.decimal, list(found.columns), found.rows) == (
        delimiter,
        ",",
        ["a", "b"],
        2,
    )
