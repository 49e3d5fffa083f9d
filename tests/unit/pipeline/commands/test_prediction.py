import bz2
import csv
import dataclasses
import gzip
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

from modules.base.errors import DataError, UserError
from modules.contracts import pushed_folder
from modules.contracts.tflite import CARD_FILE, MODEL_FILE, ModelCard, TfliteModel
from pipeline.commands.prediction import predict
from tests import attacks
from tests.command_line import Done

pytestmark = pytest.mark.unit

CARD = ModelCard(
    "float32",
    inputs=[
        {"name": "x", "tensor": "x", "dtype": "float32", "missing": None},
        {"name": "n", "tensor": "n", "dtype": "int64", "missing": -(2**63)},
        {"name": "t", "tensor": "t", "dtype": "string", "missing": ""},
    ],
    outputs=[{"name": "probability", "classes": ["<=50K", ">50K"]}],
    task="binary",
    label="income",
)


class Model(tf.Module):
    """The probability of the second class is x; 1/4 where x is missing, 1/8 where n is, 1/16 where t is unseen."""

    @tf.function(
        input_signature=[
            {
                "x": tf.TensorSpec([None, 1], tf.float32, name="x"),
                "n": tf.TensorSpec([None, 1], tf.int64, name="n"),
                "t": tf.TensorSpec([None, 1], tf.string, name="t"),
            }
        ]
    )
    def serve(self, raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        known = tf.logical_or(tf.equal(raw["t"], "blau é"), tf.equal(raw["t"], ""))
        probability = tf.where(tf.equal(raw["x"], raw["x"]), raw["x"], 0.25)
        probability = tf.where(tf.equal(raw["n"], -(2**63)), 0.125, probability)
        return {"probability": tf.where(known, probability, 0.0625)}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pushed folder."""
    folder = tmp_path_factory.mktemp("pushed") / "7"
    module = Model()
    tf.saved_model.save(module, str(folder / "saved"), signatures={"serving_default": module.serve})
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved"))
    pushed_folder.write(str(folder), TfliteModel(converter.convert(), CARD))
    return folder


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "rows.csv"


def rows(model: Path, table: Path, text: str | bytes, capsys: pytest.CaptureFixture) -> list[list[str]]:
    table.write_bytes(text if isinstance(text, bytes) else text.encode())
    predict(str(model), str(table), None)
    return list(csv.reader(io.StringIO(capsys.readouterr().out)))


def refusal(model: Path, table: Path, text: str | bytes) -> str:
    table.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError) as caught:
        predict(str(model), str(table), None)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_row_gets_its_number_its_class_and_the_probability_of_each_class(
    model: Path, table: Path, capsys: pytest.CaptureFixture
) -> None:
    assert rows(model, table, "x,n,t\n0.75,1,blau é\n0.5,2,blau é\n", capsys) == [
        ["row", "prediction", "probability_<=50K", "probability_>50K"],
        ["1", ">50K", "0.250000", "0.750000"],
        ["2", "<=50K", "0.500000", "0.500000"],
    ]


def test_the_prediction_is_the_class_at_the_threshold_of_the_card(
    model: Path, table: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    content = pushed_folder.read(str(model)).content
    pushed_folder.write(str(tmp_path / "8"), TfliteModel(content, dataclasses.replace(CARD, threshold=0.7)))
    found = rows(tmp_path / "8", table, "x,n,t\n0.75,1,\n0.7,1,\n0.5,1,\n", capsys)
    assert [row[1] for row in found[1:]] == [">50K", "<=50K", "<=50K"]


def test_missing_and_unseen_values_are_no_errors(model: Path, table: Path, capsys: pytest.CaptureFixture) -> None:
    found = rows(model, table, "x,n,t\n,1,\n0.9,,\n0.9,1,green\n  ,1, \n", capsys)
    assert [row[3] for row in found[1:]] == ["0.250000", "0.125000", "0.062500", "0.250000"]


def test_columns_come_in_any_order_and_others_are_ignored(
    model: Path, table: Path, capsys: pytest.CaptureFixture
) -> None:
    found = rows(model, table, "label,t,x,n\nyes,blau é,0.75,1\n", capsys)
    assert found[1] == ["1", ">50K", "0.250000", "0.750000"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffx,n,t\n0.75,1,blau é\n",
        "x,n,t\r\n0.75,1,blau é\r\n",
        'x,n,t\n" 0.75",1,"blau é"\n',
        "x,n,t\n7.5e-1,1,blau é",
    ],
    ids=["byte order mark", "Windows line ends", "quotes", "no line end"],
)
def test_the_ways_in_which_editors_save_a_table_make_no_difference(
    model: Path, table: Path, capsys: pytest.CaptureFixture, text: str
) -> None:
    assert rows(model, table, text, capsys)[1] == ["1", ">50K", "0.250000", "0.750000"]


def test_more_rows_than_a_batch_are_numbered_through(model: Path, table: Path, capsys: pytest.CaptureFixture) -> None:
    found = rows(model, table, "x,n,t\n" + "".join(f"{i / 4096},1,\n" for i in range(2_500)), capsys)
    assert [int(row[0]) for row in found[1:]] == list(range(1, 2_501))
    assert [float(row[3]) for row in found[1:]] == pytest.approx([i / 4096 for i in range(2_500)], abs=1e-6)


@pytest.mark.parametrize("text", ["", "x,n,t\n"], ids=["empty", "a header alone"])
def test_a_table_without_rows_is_refused_as_in_training(model: Path, table: Path, text: str) -> None:
    assert refusal(model, table, text).split(": ")[1].startswith(("is empty", "has no row"))


@pytest.mark.parametrize("header", ["x,n,t,x", "x,n,t, x ", "x,n,t,other,other"])
def test_a_repeated_column_is_refused_as_in_training(model: Path, table: Path, header: str) -> None:
    cells = ",".join(["1"] * len(header.split(",")))
    assert "has 2 columns named" in refusal(model, table, f"{header}\n{cells}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x,t\n1,a\n", "has no column 'n', which the model reads; it has x, t"),
        ("x,N,t\n1,1,a\n", "has no column 'n', which the model reads; did you mean 'N'?"),
        ("x,number,tt\n1,1,a\n", "has no column 'n'"),
        ("x,n,t\n1,1,a\nhigh,1,a\n", "row 3, column 'x': 'high' is not a number"),
        ("x,n,t\n1,2.5,a\n", "row 2, column 'n': '2.5' is not a whole number"),
        ("x,n,t\n1,9223372036854775808,a\n", "row 2, column 'n': '9223372036854775808' is not a whole number"),
        ("x,n,t\n1,1_000,a\n", "row 2, column 'n': '1_000' is not a whole number"),
        ("x,n,t\n1_0,1,a\n", "row 2, column 'x': '1_0' is not a number"),
        ("x,n,t\n1,1,a\ninf,1,a\n", "row 3, column 'x': 'inf' is not a number"),
        ("x,n,t\n1,0x1A,a\n", "row 2, column 'n': '0x1A' is not a whole number"),
        ("x,n,t\n1,１２３,a\n", "row 2, column 'n': '１２３' is not a whole number"),
        ("x,n,t\n٣,1,a\n", "row 2, column 'x': '٣' is not a number"),
        ("x,n,t\n1,1,a\0b\n", "row 2, column 't': 'a\\x00b' is not text without NUL bytes"),
        ("x,n,t\n1,many,a\n", "Fix the cell, or leave it empty for a missing value"),
        ("x,n,t\n-1e39,1,a\n", "row 2, column 'x': '-1e39' is not a number"),
        ("x,n,t\n1,1\n", "row 2 has 2 cells where the header has 3"),
        ("x,n,t\n1,1,a\n1,1,a,b\n", "row 3 has 4 cells where the header has 3"),
        (b"x,n,t\n1,1,caf\xe9\n", "is not utf-8 text"),
        ('x,n,t\n1,1,"a"b\n', "has text behind a closing quote"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_the_place(model: Path, table: Path, text: str, said: str) -> None:
    message = refusal(model, table, text)
    assert message.startswith(str(table))
    assert said in message


def test_a_misspelt_column_is_suggested(model: Path, tmp_path: Path) -> None:
    x, n, t = CARD.inputs
    card = dataclasses.replace(CARD, inputs=[x, {**n, "name": "hours"}, t])
    pushed_folder.write(str(tmp_path / "model"), TfliteModel(pushed_folder.read(str(model)).content, card))
    assert "did you mean 'hour'?" in refusal(tmp_path / "model", tmp_path / "rows.csv", "x,hour,t\n1,1,a\n")


def test_a_table_that_is_not_there_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="gone.csv: does not exist"):
        predict(str(model), str(tmp_path / "gone.csv"), None)


def test_predictions_go_to_a_file_where_one_is_named(
    model: Path, table: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    table.write_text("x,n,t\n0.75,1,\n")
    predict(str(model), str(table), str(tmp_path / "out.csv"))
    assert capsys.readouterr().out == ""
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == "1,>50K,0.250000,0.750000"


def test_an_error_leaves_an_earlier_file_of_predictions_as_it_was(model: Path, table: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    output.write_text("earlier")
    table.write_text("x,n,t\n0.75,1,\n" + "0.5,1,\n" * 2_000 + "high,1,\n")
    with pytest.raises(DataError, match="'high' is not a number"):
        predict(str(model), str(table), str(output))
    assert output.read_text() == "earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "rows.csv"]


def test_a_file_that_cannot_be_written_is_named(model: Path, table: Path, tmp_path: Path) -> None:
    table.write_text("x,n,t\n0.75,1,\n")
    with pytest.raises(UserError, match="gone/out.csv: cannot be written"):
        predict(str(model), str(table), str(tmp_path / "gone" / "out.csv"))


def test_of_a_folder_of_versions_the_latest_is_taken(model: Path, tmp_path: Path, table: Path) -> None:
    named = (("20250101000000", ["a", "b"]), ("20260101000000", ["c", "d"]), ("a-copy-of-mine", ["e", "f"]))
    for version, classes in named:
        card = dataclasses.replace(CARD, outputs=[{"name": "probability", "classes": classes}])
        pushed = TfliteModel(pushed_folder.read(str(model)).content, card)
        pushed_folder.write(str(tmp_path / "all" / version), pushed)
    table.write_text("x,n,t\n0.75,1,\n")
    predict(str(tmp_path / "all"), str(table), str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").read_text().startswith("row,prediction,probability_c,probability_d\n")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "holds no model.json"),
        ({CARD_FILE: json.dumps(CARD.to_json())}, "holds no model.tflite"),
        ({CARD_FILE: json.dumps(CARD.to_json()), MODEL_FILE: "nonsense"}, "holds no model that LiteRT can read"),
        ({CARD_FILE: "nonsense", MODEL_FILE: ""}, "holds model.json, which is not JSON"),
    ],
    ids=["empty", "no model", "a broken model", "a broken card"],
)
def test_a_folder_without_a_model_is_refused(tmp_path: Path, table: Path, files: dict[str, str], said: str) -> None:
    (tmp_path / "model").mkdir()
    for name, text in files.items():
        (tmp_path / "model" / name).write_text(text)
    table.write_text("x,n,t\n")
    with pytest.raises(UserError) as caught:
        predict(str(tmp_path / "model"), str(table), None)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_reader_who_has_seen_enough_gets_no_traceback(model: Path, table: Path) -> None:
    table.write_text("x,n,t\n" + "0.75,1,\n" * 20_000)
    root = Path(__file__).parents[4]
    command = [sys.executable, "local_runner.py", "predict", "--model", str(model), "--input", str(table)]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith("row,prediction")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait(timeout=60)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (MODEL_FILE, "holds a model.tflite of"),
        (CARD_FILE, "holds a model.json of"),
        (pushed_folder.SUMS_FILE, "by SHA256SUMS"),
    ],
)
def test_a_damaged_model_answers_nothing(
    model: Path, tmp_path: Path, table: Path, name: str, said: str, capsys: pytest.CaptureFixture
) -> None:
    for file in (MODEL_FILE, CARD_FILE, pushed_folder.SUMS_FILE):
        (tmp_path / "all" / "7").mkdir(parents=True, exist_ok=True)
        shutil.copy(model / file, tmp_path / "all" / "7")
    path = tmp_path / "all" / "7" / name
    path.write_bytes(b"0" + path.read_bytes()[1:])
    table.write_text("x,n,t\n0.75,1,\n")
    with pytest.raises(UserError, match=rf"^--model .*all \(version 7\): .*{re.escape(said)}"):
        predict(str(tmp_path / "all"), str(table), None)
    assert capsys.readouterr().out == ""


def test_an_older_model_without_digests_answers_with_a_notice(
    model: Path, tmp_path: Path, table: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / MODEL_FILE).write_bytes((model / MODEL_FILE).read_bytes())
    (tmp_path / CARD_FILE).write_text(json.dumps(CARD.to_json()))
    table.write_text("x,n,t\n0.75,1,\n")
    predict(str(tmp_path), str(table), None)
    written = capsys.readouterr()
    assert written.out.splitlines()[1].startswith("1,")
    assert "was pushed without digests, by an older version" in written.err


REMOVED = object()


def change(card: Any, path: str, value: Any) -> None:
    *parts, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in parts:
        card = card[part]
    if value is REMOVED:
        del card[last]
    else:
        card[last] = value


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("task", REMOVED, "lacks task"),
        ("task", "ranking", "names the task 'ranking', which is none of binary, multiclass, regression"),
        ("task", "regression", "a regression model answers 'prediction'"),
        ("label", 7, "gives label as 7, which is not a text"),
        ("form", None, "gives form as None"),
        ("sparsity", "much", "gives sparsity as 'much'"),
        ("inputs", {}, "gives inputs that are not a list of objects"),
        ("inputs", [], "the input 'n' is none in model.json, int64 in the file"),
        ("inputs.0", "x", "gives inputs that are not a list of objects"),
        ("inputs.0.name", "", "gives inputs.0.name as '', which is not a text"),
        ("inputs.0.name", "n", "has two inputs of one name"),
        ("inputs.0.tensor", "z", "the input 'x' is none in model.json, float32 in the file"),
        ("inputs.0.dtype", "int64", "gives inputs.0.missing as None, which is not a whole number of 64 bits"),
        ("inputs.0.dtype", "complex", "which is none of float32, int64, string"),
        ("inputs.0.dtype", REMOVED, "lacks inputs.0.dtype"),
        ("inputs.1.missing", 2**63, "which is not a whole number of 64 bits"),
        ("inputs.1.missing", True, "which is not a whole number of 64 bits"),
        ("inputs.2.missing", None, "gives inputs.2.missing as None, which is not a text"),
        ("inputs.2.values", ["a", 1], "gives inputs.2.values that are not a list of texts"),
        ("inputs.2.kind", "odd", "gives inputs.2.kind as 'odd'"),
        ("inputs.2.kind", [], "gives inputs.2.kind as []"),
        ("inputs.2.shape", [None, 2], "gives inputs.2.shape as [None, 2]"),
        ("outputs", [], "gives outputs that are not a list of one object"),
        ("outputs.0.name", "prediction", "a binary model answers 'probability'"),
        ("outputs.0.classes", "ab", "gives outputs.0.classes that are not a list of texts"),
        ("outputs.0.classes", ["a", "a"], "gives two classes of one name"),
        ("outputs.0.classes", ["a", "b", "c"], "gives 3 classes in outputs.0.classes; a binary model has two"),
        ("outputs.0.classes", REMOVED, "gives 0 classes"),
        ("text", [], "gives text as [], which is not an object"),
        ("text", {"quote": "ab"}, "text.quote does not say how a table is written"),
        ("text", {"encoding": "no such"}, "whose text does not say how a table is written"),
        ("text", {"missing_values": 3}, "text.missing_values does not say how a table is written"),
        ("sha256", "0", "gives sha256 as '0', which is not 64 hexadecimal digits"),
    ],
)
def test_an_edited_card_is_refused_in_one_line(
    model: Path, tmp_path: Path, table: Path, path: str, value: Any, said: str
) -> None:
    """Without digests: with them, every edit is noticed as such."""
    (tmp_path / MODEL_FILE).write_bytes((model / MODEL_FILE).read_bytes())
    card = json.loads(json.dumps(CARD.to_json()))
    change(card, path, value)
    (tmp_path / CARD_FILE).write_text(json.dumps(card))
    table.write_text("x,n,t\n0.75,1,\n")
    with pytest.raises(UserError) as caught:
        predict(str(tmp_path), str(table), None)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_code_of_a_parquet_file_runs(model: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    table = attacks.parquet_that_writes(tmp_path / "rows.parquet", victim)
    done = Done("local_runner", tmp_path, "predict", "--model", str(model), "--input", str(table))
    assert (done.status, done.out) == (2, "")
    assert "rows.parquet: has a column whose type is a pickled Python object" in done.err
    assert not victim.exists()


def test_rows_are_read_as_the_training_table_was_written(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    style = {"delimiter": ";", "quote": "'", "encoding": "latin-1", "decimal": ",", "missing_values": ["", "?"]}
    content = pushed_folder.read(str(model)).content
    card = dataclasses.replace(CARD, pushed={"text": style})
    pushed_folder.write(str(tmp_path / "model"), TfliteModel(content, card))
    text = "x;n;t\n0,75;1.000;'blau é'\n?;1;blau é\n0,5;?;blau é\n".encode("latin-1")
    found = rows(tmp_path / "model", tmp_path / "rows.csv", text, capsys)
    # 0.75 as it stands; 1/4 where x is missing, 1/8 where n is.
    assert [row[3] for row in found[1:]] == ["0.750000", "0.250000", "0.125000"]


def test_names_of_parquet_that_differ_by_case_are_refused_as_those_of_text_are(model: Path, tmp_path: Path) -> None:
    pq.write_table(pa.table({"X": [0.75], "n": [1], "t": ["a"]}), str(tmp_path / "rows.parquet"))
    with pytest.raises(DataError, match="has no column 'x', which the model reads; did you mean 'X'?"):
        predict(str(model), str(tmp_path / "rows.parquet"), None)


def test_every_format_of_training_gets_the_same_answers(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    text = "x,n,t\n0.75,1,blau é\n,1,\n"
    (tmp_path / "zipped.csv.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "packed.csv.bz2").write_bytes(bz2.compress(text.encode()))
    with pa.output_stream(str(tmp_path / "small.csv.zst"), compression="zstd") as stream:
        stream.write(text.encode())
    columns = {"x": [0.75, None], "n": [1, 1], "t": ["blau é", None]}
    pq.write_table(pa.table(columns), str(tmp_path / "rows.parquet"))
    columns = {" x": [0.75, None], "n ": [1, 1], "t": [" blau é ", " "]}
    pq.write_table(pa.table(columns), str(tmp_path / "spaces.parquet"))
    (tmp_path / "folder").mkdir()
    for part in ("x,n,t\n0.75,1,blau é\n", "x,n,t\n,1,\n"):
        (tmp_path / "folder" / f"part-{len(part):02}.csv").write_text(part)
    (tmp_path / "excel.csv").write_text("sep=;\n" + text.replace(",", ";"))
    for name in (
        "zipped.csv.gz",
        "packed.csv.bz2",
        "small.csv.zst",
        "rows.parquet",
        "spaces.parquet",
        "folder/*.csv",
        "excel.csv",
    ):
        predict(str(model), str(tmp_path / name), None)
        found = list(csv.reader(io.StringIO(capsys.readouterr().out)))
        assert sorted(row[3] for row in found[1:]) == ["0.250000", "0.750000"], name


def test_a_long_cell_is_read(model: Path, table: Path, capsys: pytest.CaptureFixture) -> None:
    assert rows(model, table, f"x,n,t,note\n0.75,1,,{'a' * 200_000}\n", capsys)[1][3] == "0.750000"


def with_values(model: Path, folder: Path, **values: list[str]) -> Path:
    """Copies a model whose card says which values it knows."""
    inputs = [{**spec, **({"values": values[spec["name"]]} if spec["name"] in values else {})} for spec in CARD.inputs]
    content = pushed_folder.read(str(model)).content
    pushed_folder.write(str(folder), TfliteModel(content, dataclasses.replace(CARD, inputs=inputs)))
    return folder


def test_missing_and_unseen_values_are_counted_at_the_end(
    model: Path, tmp_path: Path, table: Path, capsys: pytest.CaptureFixture
) -> None:
    table.write_text("x,n,t\n,1,blau é\n,2,green\n0.5,,green\n0.5,1,red\n")
    predict(str(with_values(model, tmp_path / "model", t=["blau é"])), str(table), None)
    assert capsys.readouterr().err == (
        "Missing values, of 4 rows: x 2, n 1\n"
        "Values that the model does not know, taken as any rare one: t 3 ('green', 'red')\n"
    )


def test_rows_without_anything_strange_are_no_news(model: Path, table: Path, capsys: pytest.CaptureFixture) -> None:
    table.write_text("x,n,t\n0.5,1,blau é\n")
    predict(str(model), str(table), None)
    assert capsys.readouterr().err == ""


def test_a_point_in_a_table_of_decimal_commas_is_a_thousands_mark_or_refused(model: Path, tmp_path: Path) -> None:
    card = dataclasses.replace(CARD, pushed={"text": {"delimiter": ";", "decimal": ","}})
    content = pushed_folder.read(str(model)).content
    pushed_folder.write(str(tmp_path / "model"), TfliteModel(content, card))
    assert "column 'x': '4.71' is not a number" in refusal(
        tmp_path / "model", tmp_path / "rows.csv", "x;n;t\n4.712;1;a\n4.71;1;a\n"
    )


@pytest.fixture
def hostile(model: Path, tmp_path: Path) -> Path:
    """A pushed folder whose classes a spreadsheet would run."""
    card = dataclasses.replace(CARD, outputs=[{"name": "probability", "classes": ["-1", "=1+1"]}])
    pushed_folder.write(str(tmp_path / "hostile"), TfliteModel((model / MODEL_FILE).read_bytes(), card))
    return tmp_path / "hostile"


@pytest.mark.parametrize(("keep", "name"), [(False, "'=1+1"), (True, "=1+1")])
def test_classes_that_a_spreadsheet_would_run_are_defused_unless_asked_for(
    hostile: Path, table: Path, capsys: pytest.CaptureFixture, keep: bool, name: str
) -> None:
    table.write_text("x,n,t\n0.75,1,\n0.25,1,\n")
    predict(str(hostile), str(table), None, keep_formulas=keep)
    written = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert written[0] == ["row", "prediction", "probability_-1", "probability_=1+1"]
    assert [row[1] for row in written[1:]] == [name, "-1"]


def test_an_output_that_takes_no_more_is_one_line(model: Path, table: Path) -> None:
    table.write_text("x,n,t\n0.75,1,\n")
    with pytest.raises(UserError, match=r"^/dev/full: cannot be written \(No space left on device\)"):
        predict(str(model), str(table), "/dev/full")
