"""The command `verify`, and `predict --no-verify`: by the files of a version, without TensorFlow."""

import dataclasses
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from local_runner import main
from modules.contracts import pushed_folder, sums
from modules.contracts.tflite import ModelCard, TfliteModel

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[4]


INPUT = {"name": "x", "tensor": "x", "kind": "numeric", "dtype": "float32", "shape": [None, 1], "missing": None}
CARD = ModelCard("float32", [INPUT], [{"name": "prediction"}], "regression", "y")
EXAMPLE = {"row": {"x": 1.0}, "answer": [2.5], "tolerance": 1e-5}


@pytest.fixture(scope="module")
def content() -> bytes:
    """A model that gives twice x and a half."""

    @tf.function(input_signature=[tf.TensorSpec([None, 1], tf.float32, name="x")])
    def serve(x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"prediction": tf.matmul(x, [[2.0]]) + 0.5}

    module = tf.Module()
    module.serve = serve
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"serving_default": serve})
        made: bytes = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    return made


@pytest.fixture
def version(content: bytes, tmp_path: Path) -> Path:
    """A pushed version with an example row, in a folder of versions."""
    return write(content, tmp_path / "pushed" / "7", [EXAMPLE])


def write(content: bytes, folder: Path, examples: Any) -> Path:
    card = dataclasses.replace(CARD, pushed={"examples": examples})
    pushed_folder.write(str(folder), TfliteModel(content, card))
    return folder


def test_a_whole_version_is_said_to_be_whole(version: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for given in (version, version.parent):
        assert main(["verify", str(given)]) == 0
        assert capsys.readouterr().out.startswith(f"{version}: every file is the one that was pushed")


def test_another_answer_to_the_example_row_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(write(content, tmp_path, [EXAMPLE | {"answer": [2.6]}]))]) == 3
    said = "holds a model.tflite whose answer to the example row is another one: 2.6 by model.json, 2.5 here."
    assert capsys.readouterr().err == f"{tmp_path}: {said}\n"


@pytest.mark.parametrize(
    "examples",
    [[{}], [7], [EXAMPLE | {"row": {}}], "x", [EXAMPLE | {"row": 3}], [EXAMPLE | {"answer": "a"}], 7],
)
def test_a_strangers_example_row_is_refused_in_one_line(
    content: bytes, tmp_path: Path, examples: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(write(content, tmp_path, examples))]) == 3
    assert "holds a model.json whose example row cannot be given to the model" in capsys.readouterr().err


def test_a_card_of_another_model_is_refused(version: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads((version / "model.json").read_text())
    said["inputs"].pop()
    (version / "model.json").write_text(json.dumps(said))
    files = {name: (version / name).read_bytes() for name in ("model.json", "model.tflite")}
    (version / "SHA256SUMS").write_bytes(sums.render(files))
    assert main(["verify", str(version)]) == 3
    assert "none in model.json" in capsys.readouterr().err


def test_what_is_no_folder_is_a_wrong_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path / "gone")]) == 2
    assert "gone: is not a folder" in capsys.readouterr().err


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path)]) == 3
    assert "has no file model.json" in capsys.readouterr().err


def test_verify_does_not_import_tensorflow(version: Path) -> None:
    code = f"import sys; from local_runner import main; s = main(['verify', {str(version)!r}]); "
    code += "sys.exit(s or 'tensorflow' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_predict_refuses_a_damaged_paper_and_no_verify_sets_that_aside(
    version: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pushed_folder.write(str(version), pushed_folder.read(str(version)), {"MODEL_CARD.md": b"# card"})
    (version / "MODEL_CARD.md").write_text("# another")
    (tmp_path / "rows.csv").write_text("x\n1\n")
    arguments = ["predict", "--model", str(version), "--input", str(tmp_path / "rows.csv")]
    assert main(arguments) == 2
    assert "holds a MODEL_CARD.md of 9 bytes that is not the one that was pushed" in capsys.readouterr().err
    assert main([*arguments, "--no-verify"]) == 0
    assert capsys.readouterr().out == "row,prediction\n1,2.5\n"
