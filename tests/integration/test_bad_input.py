"""Every kind of bad or messy table: it trains with just these values, or is refused with just this message.

A table has 90 rows: `n` counts them, `y` says no and yes by turns, and a case's cells repeat themselves in between.
Each is read as a user's is: a pipeline.yaml is loaded, ExampleGen writes examples, and every one of them is compared.
"""

import bz2
import dataclasses
import datetime
import decimal
import gzip
import io
import itertools
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

from components.table_example_gen import examples
from modules.base.errors import UserError
from pipeline import config

pytestmark = pytest.mark.integration

ROWS = 90
CONFIG = """
name: bad
data: {train: table.csv, validation_fraction: 0.3, test_fraction: 0.3}
label: {column: y, positive_class: "yes"}
evaluation: {gates: {auc: {minimum: 0.5}}}
"""
REGRESSION = ("label={column: y, task: regression}", "evaluation.gates={r2: {minimum: 0.1}}")
CLASSES = ("label={column: y, task: multiclass}", "evaluation.gates={accuracy: {minimum: 0.1}}")

Cells = dict[str, list]
Files = dict[str, bytes]


@dataclasses.dataclass(frozen=True)
class Case:
    """A kind of table, and what becomes of it.

    Attributes:
        kind: What is bad or messy.
        files: Content by name, or a function that makes the files in a folder.
        becomes: The values of each column, repeated over the rows; None for a missing one. Rows whose label is missing
            are left out and counted.
        refused: Part of the one line that refuses it.
        settings: Changes of the config.
        rows: Number of rows.
        lookalikes: Columns that are said to be text although they look like numbers, with a value that does not.
    """

    kind: str
    files: Files | Callable[[Path], None]
    becomes: Cells | None = None
    refused: str = ""
    settings: tuple[str, ...] = ()
    rows: int = ROWS
    lookalikes: dict[str, str] = dataclasses.field(default_factory=dict)


def text(delimiter: str = ",", newline: str = "\n", rows: int = ROWS, last: str = "", **cells: list[str]) -> str:
    """Writes a table with a column for each list of cells, which are taken as they are, quotes included."""
    cells = {"n": [str(row) for row in range(rows)]} | cells | ({} if "y" in cells else {"y": ["no", "yes"]})
    lines = [delimiter.join(cells)]
    lines += [delimiter.join(values[row % len(values)] for values in cells.values()) for row in range(rows)]
    return newline.join([*lines, last])


def csv(delimiter: str = ",", newline: str = "\n", rows: int = ROWS, last: str = "", **cells: list[str]) -> Files:
    return {"table.csv": text(delimiter, newline, rows, last, **cells).encode()}


def with_line(line: str, at: int) -> Files:
    """A good table with a line of its own as line `at` of the file."""
    lines = text(c=["a", "b"]).splitlines()
    return {"table.csv": "\n".join([*lines[: at - 1], line, *lines[at - 1 :], ""]).encode()}


def with_name(name: str) -> Files:
    return {"table.csv": text(c=["a", "b"]).replace("n,c,y", f"n,{name},y", 1).encode()}


def arrow(**columns: Any) -> pa.Table:
    """Repeats the values of Arrow arrays over the rows."""
    repeated = {name: array.take(pa.array([i % len(array) for i in range(ROWS)])) for name, array in columns.items()}
    label = {} if "y" in columns else {"y": pa.array(["no", "yes"] * (ROWS // 2))}
    return pa.table({"n": pa.array(range(ROWS))} | repeated | label)


def parquet(keep: float = 1.0, **columns: Any) -> Files:
    stream = io.BytesIO()
    pq.write_table(arrow(**columns), stream)
    return {"table.parquet": stream.getvalue()[: int(len(stream.getvalue()) * keep)]}


def zipped(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(name, "x" * 100)
    return stream.getvalue()


def tfrecord(keep: float, name: str = "table.tfrecord") -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        path = folder / name
        with tf.io.TFRecordWriter(str(path), "GZIP" if name.endswith(".gz") else "") as writer:
            for row in range(ROWS):
                found = tf.train.Example()
                found.features.feature["n"].int64_list.value.append(row)
                found.features.feature["y"].bytes_list.value.append(b"yes" if row % 2 else b"no")
                writer.write(found.SerializeToString())
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])

    return write


def dangling(folder: Path) -> None:
    (folder / "table.csv").symlink_to(folder / "gone.csv")


def unreadable(folder: Path) -> None:
    """Makes a file whose reading fails for everybody: one without rights would still open for root."""
    (folder / "table.csv").symlink_to("/proc/self/mem")


def nothing(folder: Path) -> None:
    (folder / "table").mkdir()
    (folder / "table" / "notes.md").write_text("no data")


RECORDS = ("data.train=table.tfrecord",)
FOLDER = ("data.train=table",)
TEST = ("data.test=test.csv",)
LETTERS: Cells = {"c": [b"a", b"b"]}
GOOD = csv(c=["a", "b"])["table.csv"]

CASES = (
    # Encodings and line ends.
    Case("byte order mark", {"table.csv": b"\xef\xbb\xbf" + GOOD}, LETTERS),
    Case("UTF-16", {"table.csv": GOOD.decode().encode("utf-16")}, LETTERS, settings=("data.encoding=utf-16",)),
    Case("UTF-16 unsaid", {"table.csv": GOOD.decode().encode("utf-16")}, refused="Set data.encoding to utf-16"),
    Case("UTF-16 without a mark", {"table.csv": GOOD.decode().encode("utf-16-le")}, refused="data.encoding"),
    Case(
        "latin-1",
        {"table.csv": text(c=["Größe", "é"]).encode("latin-1")},
        {"c": ["Größe".encode(), "é".encode()]},
        settings=("data.encoding=latin-1",),
    ),
    Case("latin-1 unsaid", {"table.csv": text(c=["Größe"]).encode("latin-1")}, refused="is not utf-8 text"),
    Case("line ends of Windows", csv(newline="\r\n", c=["a", "b"]), LETTERS),
    Case("line ends of old Macs", csv(newline="\r", c=["a", "b"]), LETTERS),
    Case("no line end at the end", {"table.csv": GOOD[:-1]}, LETTERS),
    Case("emoji and right-to-left", csv(c=["😀", "שלום"]), {"c": ["😀".encode(), "שלום".encode()]}),
    Case("NUL byte", csv(c=["a", "b\0"]), refused="row 3, column 'c': holds a NUL byte"),
    # Delimiters and quotes.
    Case(
        "semicolons and decimal commas",
        csv(delimiter=";", c=["1,5", "-2"]),
        {"c": [1.5, -2.0]},
        settings=("data.delimiter=;", 'data.decimal=","'),
    ),
    Case(
        "decimal commas unsaid",
        csv(delimiter=";", c=["1,5", "-2"]),
        {"c": [b"1,5", b"-2"]},
        settings=("data.delimiter=;",),
        lookalikes={"c": "1,5"},
    ),
    Case("semicolons unsaid", csv(delimiter=";", c=["1,5"]), refused="data.delimiter"),
    Case("first line sep=;", {"table.csv": b"sep=;\n" + csv(delimiter=";", c=["a"])["table.csv"]}, {"c": [b"a"]}),
    Case("first line sep=", {"table.csv": b"sep=\n" + GOOD}, refused="a delimiter is a single ASCII character"),
    Case("comma in quotes", csv(c=['"a, b"', "c"]), {"c": [b"a, b", b"c"]}),
    Case("newline in quotes", csv(c=['"a\nb"', "c"]), {"c": [b"a\nb", b"c"]}),
    Case("quotes in quotes", csv(c=['"6\'2"""', "c"]), {"c": [b"6'2\"", b"c"]}),
    Case("quote within a cell", csv(c=["6'2\"", "c"]), {"c": [b"6'2\"", b"c"]}),
    Case("quote that is never closed", with_line('900,"6,yes', 40), refused="quote"),
    Case("text after a quote", csv(c=['"6"2', "7"]), refused="line 2, column 'c': has text behind a closing quote"),
    Case("trailing delimiter", csv(c=["a,", "b,"]), refused="row 2 has 4 cells where the header has 3"),
    Case("trailing delimiter, header too", {"table.csv": GOOD.replace(b"\n", b",\n")}, refused="column 4 has no name"),
    # Rows.
    Case("row too long", with_line("900,a,yes,more", 40), refused="row 40 has 4 cells where the header has 3"),
    Case("row too short", with_line("900,a", 40), refused="row 40 has 2 cells where the header has 3"),
    Case("blank row", with_line("", 40), LETTERS),
    Case("row of spaces", with_line("   ", 40), refused="row 40 has 1 cell"),
    Case("empty file", {"table.csv": b""}, refused="table.csv is empty"),
    Case("blank lines only", {"table.csv": b"\n\n"}, refused="table.csv is empty"),
    Case("header only", csv(rows=0, c=["a"]), refused="has no row"),
    Case("one row", csv(rows=1, c=["a"]), refused="has no row with a label"),
    Case("very long cell", csv(c=["x" * 200_000, "a"]), {"c": [b"x" * 200_000, b"a"]}),
    Case("cell of more than a block", with_line("900," + "x" * 2**21 + ",yes", 40), refused="1,048,576 bytes"),
    # Names.
    Case("comma in a name", with_name('"c, d"'), {"c, d": LETTERS["c"]}),
    Case("line end in a name", with_name('"c\nd"'), {"c\nd": LETTERS["c"]}),
    Case("line end in a name, refused", with_name('"c\nd"'), refused="n, c d, y", settings=("label.column=z",)),
    Case("equal names", with_name("n"), refused="has 2 columns named 'n'"),
    Case("column without a name", with_name(""), refused="column 2 has no name in the header"),
    Case("spaces around a name", with_name(" c "), LETTERS),
    *(
        Case(f"column named {name}", with_name(name), {name: LETTERS["c"]})
        for name in ("class", "a.b", "a/b", "Jitter(%)", "größe 😀", "2024", "__init__")
    ),
    Case(
        "label that is no column",
        csv(c=["a"]),
        refused="label.column is 'z', which is not a column of",
        settings=("label.column=z",),
    ),
    # Cells.
    *(
        Case(f"{cell} among numbers", csv(c=["1.5", cell]), {"c": [b"1.5", cell.encode()]}, lookalikes={"c": cell})
        for cell in ("NA", "null", "NaN", "inf", "-")
    ),
    *(
        Case(
            f"{cell or 'empty cell'} for missing",
            csv(c=["1.5", cell]),
            {"c": [1.5, None]},
            settings=(f"data.missing_values=['', '{cell}']",),
        )
        for cell in ("", "NA", "null", "NaN", "inf", "-", "n/a")
    ),
    Case("leading zeros", csv(c=["007", "42"]), {"c": [b"007", b"42"]}, lookalikes={"c": "007"}),
    Case("underscores", csv(c=["1_000", "42"]), {"c": [b"1_000", b"42"]}, lookalikes={"c": "1_000"}),
    Case("spaces around a number", csv(c=[" 7 ", "42"]), {"c": [7, 42]}),
    Case("integers beyond 2^63", csv(c=[str(2**63), "42"]), {"c": [float(2**63), 42.0]}),
    Case("the smallest integer", csv(c=[str(-(2**63)), "42"]), {"c": [-float(2**63), 42.0]}),
    Case(
        "numbers beyond float32", csv(c=["1.5", "-1e39"]), refused="row 3, column 'c': '-1e39' is not a number within"
    ),
    Case("column all empty", csv(c=[""]), {"c": [None]}),
    Case("column of one value", csv(c=["7"]), {"c": [7]}),
    Case("thousands separators", csv(c=['"1,000"', "42"]), {"c": [b"1,000", b"42"]}, lookalikes={"c": "1,000"}),
    Case("percent signs", csv(c=["5%", "42%"]), {"c": [b"5%", b"42%"]}, lookalikes={"c": "5%"}),
    Case("dates as text", csv(c=["2024-01-31", "31.1.2024"]), {"c": [b"2024-01-31", b"31.1.2024"]}),
    # Labels and weights.
    Case("label missing in some rows", csv(y=["no", "", "yes", " "]), {"y": [b"no", None, b"yes", None]}),
    Case("label missing in all rows", csv(y=[""], c=["a"]), refused="has no row with a label"),
    Case("one class", csv(y=["no"], c=["a"]), refused="every row of the split 'train' has the label 'no'"),
    Case("class with one row", csv(y=["no"] * 89 + ["yes"], c=["a"]), refused="the label 'no'"),
    Case("positive class of another spelling", csv(y=["no", "Yes"]), refused="'yes' is none of the values 'Yes', 'no'"),
    Case("empty evaluation split", csv(), refused="has no row with a label", settings=("data.test_fraction=1.0e-9",)),
    Case("text in a regression's label", csv(y=["1.5", "high"]), refused="holds text", settings=REGRESSION),
    Case(
        "infinite label",
        parquet(y=pa.array([1.5, float("inf")])),
        refused="row 2, column 'y': 'inf' is not a num",
        settings=REGRESSION,
    ),
    Case("constant label", csv(y=["7"], c=["a"]), refused="has the label 7", settings=REGRESSION),
    Case("negative weights", csv(w=["1", "-1"]), refused="negative", settings=("label.weight_column=w",)),
    Case("missing weights", csv(w=["1", ""]), refused="missing", settings=("label.weight_column=w",)),
    Case("weights of text", csv(w=["1", "heavy"]), refused="holds text", settings=("label.weight_column=w",)),
    # Files.
    Case("folder without data", nothing, refused="names no data file", settings=FOLDER),
    Case("dangling link", dangling, refused="does not exist"),
    Case("file that cannot be read", unreadable, refused="table.csv"),
    Case("no file", {}, refused="does not exist"),
    Case("zip file", {"table.csv": zipped("table.csv")}, refused="zip"),
    Case("zip file by name", {"t.zip": zipped("t.csv")}, refused="zip"),
    Case("Excel file", {"t.xlsx": zipped("xl/workbook.xml")}, refused="Excel"),
    Case(
        "old Excel file",
        {"t.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999)},
        refused="Excel",
    ),
    Case("JSON lines", {"table.csv": b'{"n": 1, "y": "no"}\n{"n": 2, "y": "yes"}\n'}, refused="JSON"),
    Case("JSON", {"t.json": b'[\n {"n": 1, "y": "no"}\n]\n'}, refused="JSON"),
    Case("Parquet named csv", {"table.csv": parquet()["table.parquet"]}, refused="Parquet"),
    Case("CSV named parquet", {"table.parquet": GOOD}, refused="Parquet"),
    Case("gzip named csv", {"table.csv": gzip.compress(GOOD)}, refused="gzip"),
    Case("bzip2 named csv", {"table.csv": bz2.compress(GOOD)}, refused="bzip2"),
    Case("gzip", {"table.csv.gz": gzip.compress(GOOD)}, LETTERS),
    Case("gzip cut off", {"t.csv.gz": gzip.compress(GOOD)[:-99]}, refused="is damaged"),
    Case("Parquet cut off", parquet(0.9), refused="is no whole Parquet file"),
    Case("TFRecord", tfrecord(1.0), {}, settings=RECORDS),
    Case("TFRecord cut at 60 %", tfrecord(0.61), refused="is no whole TFRecord file", settings=RECORDS),
    Case(
        "gzipped TFRecord cut off",
        tfrecord(0.6, "t.tfrecord.gz"),
        refused="is damaged (Truncated compressed stream)",
        settings=("data.train=t.tfrecord.gz",),
    ),
    Case(
        "columns in another order",
        {"table/1.csv": text(c=["a", "b"]).encode(), "table/2.csv": b"y,n,c\nno,90,a\nyes,91,b\n"},
        LETTERS,
        settings=FOLDER,
        rows=92,
    ),
    Case("a column fewer", {"table/1.csv": GOOD, "table/2.csv": b"n,y\n90,no\n"}, refused="2.csv", settings=FOLDER),
    Case(
        "a column more", {"table/1.csv": GOOD, "table/2.csv": b"n,c,d,y\n90,a,1,no\n"}, refused="'d'", settings=FOLDER
    ),
    # A test table of its own.
    Case(
        "integers in training, floats in test",
        csv(c=["1", "2"]) | {"test.csv": b"n,c,y\n0,1.5,no\n1,2,yes\n"},
        refused="test.csv, row 2, column 'c': '1.5' is not a whole number",
        settings=TEST,
    ),
    Case(
        "numbers in training, text in test",
        csv(c=["1", "2.5"]) | {"test.csv": b"n,c,y\n0,1.5,no\n1,high,yes\n"},
        refused="test.csv, row 3, column 'c': 'high' is not a number",
        settings=TEST,
    ),
    Case(
        "class in test alone",
        csv(y=["a", "b"]) | {"test.csv": b"n,y\n0,a\n1,c\n"},
        refused="class 'c' has 1 row in the split 'test'",
        settings=(*TEST, *CLASSES),
    ),
    Case("no row in test", csv() | {"test.csv": b"n,y\n"}, refused="test.csv: has no row", settings=TEST),
    Case("other columns in test", csv() | {"test.csv": b"n,c,y\n1,2,no\n"}, refused="differ", settings=TEST),
    # Parquet's types.
    Case("Parquet, nested", parquet(c=pa.array([{"a": 1}])), refused="holds struct"),
    Case("Parquet, lists", parquet(c=pa.array([[1, 2]])), refused="holds list"),
    Case("Parquet, bytes", parquet(c=pa.array([b"\xff"])), refused="holds binary"),
    Case("Parquet, unsigned", parquet(c=pa.array([2**64 - 1], pa.uint64())), refused="beyond 2^63"),
    Case(
        "Parquet, dictionary",
        parquet(c=pa.array(["a", "b", None]).dictionary_encode()),
        {"c": [b"a", b"b", None]},
    ),
    Case(
        "Parquet, decimals",
        parquet(c=pa.array([decimal.Decimal("1.25"), None])),
        {"c": [1.25, None]},
    ),
    Case("Parquet, times", parquet(c=pa.array([datetime.datetime(1970, 1, 2, 12)])), {"c": [129_600]}),
    Case("Parquet, truth values", parquet(c=pa.array([True, None])), {"c": [b"true", None]}),
    Case("Parquet, NaN", parquet(c=pa.array([1.5, float("nan")])), {"c": [1.5, None]}),
    Case(
        "Parquet, infinity",
        parquet(c=pa.array([1.5, float("-inf")])),
        refused="'-inf' is not a number within 3.4e38",
    ),
    Case("Parquet, nothing", parquet(c=pa.nulls(1)), {"c": [None]}),
    Case("Parquet, half floats", parquet(c=pa.array([1.5, None], pa.float32())), {"c": [1.5, None]}),
)


def written(folder: Path) -> dict[int, dict[str, Any]]:
    """Returns the values of every example of every split by row."""
    files = tf.io.gfile.glob(str(folder / "Split-*" / "*.gz"))
    rows: dict[int, dict[str, Any]] = {}
    for record in tf.data.TFRecordDataset(files, "GZIP").as_numpy_iterator():
        features = tf.train.Example.FromString(record).features.feature
        row: dict[str, Any] = {}
        for name, feature in features.items():
            kind = feature.WhichOneof("kind")
            row[name] = getattr(feature, kind).value[0] if kind else None
        rows[row.pop("n")] = row
    return rows


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_bad_table_trains_with_its_values_or_is_refused_in_one_line(case: Case, tmp_path: Path) -> None:
    if callable(case.files):
        case.files(tmp_path)
    else:
        for name, content in case.files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(content)
    path = tmp_path / "pipeline.yaml"
    first = next(iter(case.files), "") if isinstance(case.files, dict) else ""
    path.write_text(CONFIG.replace("table.csv", first) if first and "/" not in first else CONFIG)

    def run() -> dict[str, int]:
        settings = config.load(str(path), case.settings)
        (tmp_path / "out").mkdir()
        return examples.write_examples(settings.data, settings.label, str(tmp_path / "out"), None)

    if case.becomes is None:
        with pytest.raises(UserError) as caught:
            run()
        message = str(caught.value)
        assert case.refused and case.refused in message, message
        assert message.isprintable() and len(message) < 600
        return
    counts = run()
    expected = {"y": [b"no", b"yes"]} | case.becomes
    rows = [{name: values[row % len(values)] for name, values in expected.items()} for row in range(case.rows)]
    kept = {number: row for number, row in enumerate(rows) if row["y"] is not None}
    assert written(tmp_path / "out") == kept
    assert counts["without_label"] == case.rows - len(kept)
    assert sum(counts.values()) == case.rows
    assert json.loads((tmp_path / "out" / "lookalikes.json").read_text()) == case.lookalikes


def test_every_kind_has_a_name_of_its_own() -> None:
    repeated = [kind for kind, group in itertools.groupby(sorted(case.kind for case in CASES)) if len(list(group)) > 1]
    assert not repeated
