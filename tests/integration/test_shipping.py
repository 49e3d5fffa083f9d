"""Quantizer, Selector, Ladder and Pusher on real artifacts."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from sklearn.metrics import roc_auc_score
from tensorflow.lite.tools import flatbuffer_utils
from tfx.components.evaluator import constants
from tfx.types import standard_artifacts
from tfx.utils import path_utils

from components import artifacts, training_inputs
from components import raw_rows as raw_examples
from components.artifacts import Ladder
from components.ladder.executor import Executor as LadderExecutor
from components.reporter.component import Reporter
from components.tflite_pusher.executor import Executor as Pusher
from local_runner import main
from modules import tasks
from modules.base.errors import UserError
from modules.contracts import model_forms, predictions, report, selection, tflite
from modules.contracts.architecture import Architecture, BuiltArchitecture
from modules.tasks import decisions
from modules.tflite import conversion, inference, metadata
from modules.training import serving

pytestmark = pytest.mark.integration

NAMES = ["float32", "float16", "dynamic_range", "int8_ptq", "int8_qat"]


@pytest.fixture(scope="module")
def raw_rows(road: Any) -> tuple[dict[str, np.ndarray], np.ndarray, Any]:
    """The raw test rows as an exported model takes them, their labels, and no weights."""
    run = training_inputs.start(road.inputs(), road.config("Ladder"))
    examples = road.output("TableExampleGen", "examples")
    rows = raw_examples.read(run, training_inputs.split_files({"examples": [examples]}, "test"))
    assert set(rows.columns) > {"income", "age", "sex"}
    return rows.inputs, rows.labels, rows.weights


def file(quantized: Any, form: str) -> bytes:
    return (quantized.path("forms") / form / "model.tflite").read_bytes()


def probabilities(content: bytes, rows: tuple[dict[str, np.ndarray], np.ndarray, Any]) -> np.ndarray:
    return inference.Predictor(content).predict(rows[0])[:, 1]


def test_the_raw_test_rows_are_those_of_the_table(road: Any, raw_rows: tuple) -> None:
    inputs, labels, weights = raw_rows
    assert weights is None
    lines = [line.split(",") for line in (road.folder / "test.csv").read_text().splitlines()[1:]]
    assert inputs["age"][:, 0].tolist() == [int(line[0]) for line in lines]
    assert [text.decode() for text in inputs["workclass"][:, 0]] == [line[1] for line in lines]
    assert labels.tolist() == [float(line[-1] == ">50K") for line in lines]
    assert not {"income", "fnlwgt"} & set(inputs)


def test_every_form_is_made_and_described(quantized: Any) -> None:
    assert list(model_forms.read(quantized["forms"].uri)) == NAMES == list(conversion.FORMS)
    for form in NAMES:
        card = json.loads((quantized.path("forms") / form / "model.json").read_text())
        assert card["form"] == form
        assert card["outputs"][0]["classes"] == ["<=50K", ">50K"]
        assert card["label"] == "income"
        values = {spec["name"]: spec.get("values", []) for spec in card["inputs"]}
        assert {"Male", "Female"} == set(values["sex"])
        assert not values["age"]
        assert card["sparsity"] == pytest.approx(0.5, abs=0.01)


def test_the_form_that_the_config_names_is_passed_on_as_tfma_reads_it(selected: Any, quantized: Any) -> None:
    model = selected["model"]
    folder = Path(path_utils.serving_model_dir(model.uri))
    assert (folder / "tflite").read_bytes() == file(quantized, "int8_qat")
    assert json.loads((folder / "model.json").read_text())["form"] == "int8_qat"
    assert model.get_string_custom_property("form") == "int8_qat"
    assert model.get_int_custom_property("bytes") == len(file(quantized, "int8_qat"))


def test_float32_agrees_with_the_pruned_saved_model(pruned: Any, quantized: Any, raw_rows: tuple) -> None:
    directory = path_utils.serving_model_path(pruned["pruned_model"].uri)
    saved = tf.saved_model.load(directory).signatures["serving_default"]
    expected = saved(**{name: tf.constant(array) for name, array in raw_rows[0].items()})["probability"][:, 0]
    assert np.abs(probabilities(file(quantized, "float32"), raw_rows) - expected.numpy()).max() <= 1e-5


@pytest.mark.parametrize("form", NAMES)
def test_every_form_decides_much_like_float32(quantized: Any, raw_rows: tuple, form: str) -> None:
    float32 = roc_auc_score(raw_rows[1], probabilities(file(quantized, "float32"), raw_rows))
    assert float32 > 0.8
    assert roc_auc_score(raw_rows[1], probabilities(file(quantized, form), raw_rows)) > float32 - 0.01


@pytest.mark.parametrize("form", NAMES)
def test_answers_depend_neither_on_the_batch_nor_on_the_models_that_are_open(
    quantized: Any, scored: Any, raw_rows: tuple, form: str
) -> None:
    rung = tasks.rung_name(form)  # the Scorer had several models open at once
    expected = predictions.read(scored["predictions"].uri, rung).by_rung[rung]
    predictor = inference.Predictor(file(quantized, form))
    for batch in (1, 300, 4_096):
        np.testing.assert_array_equal(predictor.predict_all(raw_rows[0], batch), expected)


def test_validation_rows_are_scored_too_and_both_with_the_reference_kernels(
    road: Any, quantized: Any, scored: Any
) -> None:
    run = training_inputs.start(road.inputs(), road.config("Ladder"))
    for key, split in (("predictions", "test"), ("validation_predictions", "validation")):
        rows = raw_examples.read(run, training_inputs.split_files(road.judged(), split))
        found = predictions.read(scored[key].uri)
        np.testing.assert_array_equal(found.labels, rows.labels)
        assert list(found.by_rung) == ["teacher", "student", *found.reference]
        assert list(found.reference) == [tasks.rung_name(form) for form in NAMES]
        reference = inference.Predictor(file(quantized, "int8_qat"), kernels=inference.Kernels.REFERENCE)
        np.testing.assert_array_equal(found.reference["int8_qat"], reference.predict_all(rows.inputs))
        np.testing.assert_array_equal(
            found.by_rung["int8_qat"][:, 1],
            probabilities(file(quantized, "int8_qat"), (rows.inputs, rows.labels, None)),
        )


def test_smaller_forms_are_smaller(quantized: Any) -> None:
    size = {form: len(file(quantized, form)) for form in NAMES}
    assert size["int8_qat"] < size["float16"] < size["float32"]
    assert size["int8_ptq"] < size["float16"]
    assert size["dynamic_range"] < size["float16"]


def kernel(content: bytes, shape: tuple[int, int]) -> np.ndarray:
    interpreter = Interpreter(model_content=content)
    interpreter.allocate_tensors()
    (detail,) = [d for d in interpreter.get_tensor_details() if tuple(d["shape"]) == shape[::-1]]
    return interpreter.get_tensor(detail["index"]).T


@pytest.mark.parametrize("form", ["int8_ptq", "int8_qat"])
def test_an_int8_form_holds_int8_weights_and_the_pruned_zeros(pruned: Any, quantized: Any, form: str) -> None:
    _, network = serving.load_parts(path_utils.serving_model_path(pruned["pruned_model"].uri))
    for layer in network.layers[:-1]:
        before = layer.get_weights()[0]
        after = kernel(file(quantized, form), before.shape)
        assert after.dtype == np.int8
        assert (before == 0).mean() > 0.35  # units and inputs of zeros alone are left out
        assert (after[before == 0] == 0).all()


@pytest.mark.parametrize("form", NAMES)
def test_every_form_uses_built_in_operations_only(quantized: Any, form: str) -> None:
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(file(quantized, form)))
    assert [code.customCode for code in flat.operatorCodes if code.customCode] == []


@pytest.fixture(scope="module")
def ladder(
    road: Any, quantized: Any, selected: Any, scored: Any, tmp_path_factory: pytest.TempPathFactory, new_output: Any
) -> Any:
    """What the Ladder measured."""
    output = new_output(tmp_path_factory.mktemp("ladder"), ladder=Ladder)
    inputs = road.judged() | {"forms": [quantized["forms"]], "model": [selected["model"]]}
    inputs |= {"selection": [selected["selection"]]}
    inputs |= {key: [scored[key]] for key in ("uncompressed", "predictions")}
    LadderExecutor().Do(inputs, output.artifacts, road.config("Ladder"))
    return output


def rungs(ladder: Any) -> dict[str, dict[str, Any]]:
    found = json.loads((ladder.path("ladder") / "ladder.json").read_text())
    assert ladder["ladder"].get_int_custom_property("forms") == len(found)
    return {rung["form"]: rung for rung in found}


def test_the_ladder_goes_from_the_teacher_to_the_smallest_form(ladder: Any) -> None:
    assert list(rungs(ladder)) == ["teacher", "student", "pruned", *NAMES[1:]]


def test_each_rung_is_measured_on_the_test_rows(ladder: Any, quantized: Any, raw_rows: tuple) -> None:
    for form, rung in rungs(ladder).items():
        if form in ("teacher", "student"):
            continue
        content = file(quantized, "float32" if form == "pruned" else form)
        found = probabilities(content, raw_rows)
        assert rung["auc"] == pytest.approx(roc_auc_score(raw_rows[1], found))
        assert rung["accuracy"] == pytest.approx(np.mean((found > 0.5) == raw_rows[1]))
        reference = inference.Predictor(content, kernels=inference.Kernels.REFERENCE).predict(raw_rows[0])[:, 1]
        assert rung["kernel_difference"] == pytest.approx(np.abs(found - reference).max(), abs=1e-6)
        assert rung["kernel_changed_decisions"] == np.mean((found > 0.5) != (reference > 0.5))
        assert rung["memory_bytes"] > 100_000 and rung["latency_ratio"] > 0
        assert rung["bytes"] == len(content)
        assert 0 < rung["gzip_bytes"] < rung["bytes"]


def test_pruning_starts_after_the_student(ladder: Any) -> None:
    found = rungs(ladder)
    assert found["teacher"]["sparsity"] == found["student"]["sparsity"] == 0
    for form in ("pruned", *NAMES[1:]):
        assert found[form]["sparsity"] == pytest.approx(0.5, abs=0.01)


def summary_of(road: Any, ladder: list[dict[str, Any]]) -> dict[str, Any]:
    """A summary with all that the papers are made of."""
    metrics = {"auc": 0.875, "accuracy": 0.75, "precision": None}
    columns = [{"name": name, "min": 1.0, "max": 90.0} for name in ("age", "hours_per_week")]
    curve = {"epochs": [1, 2], "best_epoch": 2}
    return {
        "name": "census_income",
        "task": "binary",
        "classes": ["<=50K", ">50K"],
        "seed": 17,
        "config": json.loads(Reporter.config_of(road.settings)),
        "data": {"rows": {"train": 1_800, "validation": 200, "test": 1_000}, "columns": columns},
        "slices": [{"slice": "overall", "columns": [], "too_small": False, "metrics": metrics}],
        "min_slice_examples": 100,
        "intervals": None,
        "gates": [],
        "shipped_form": "int8_qat",
        "ladder": ladder,
        "tuner": [],
        "networks": {"student": BuiltArchitecture(Architecture.stack([40, 32], "relu", 0.1), 90, 1).to_json()},
        "tuner_metric": "auc",
        "learning_curves": {"teacher": curve},
        "versions": {"python": "3.11"},
        "model_sha256": "ab",
        "data_fingerprint": "cd",
        "code_digest": "ef",
    }


class Push:
    """The Pusher, with a verdict and a summary of one's own."""

    def __init__(self, road: Any, selected: Any, ladder: Any, folder: Path, output: Any):
        self.output, self.destination = output, folder / "pushed"
        self.judged = tflite.judged_digest(selected["model"].uri)
        self.blessing = standard_artifacts.ModelBlessing()
        self.blessing.uri = str(folder / "blessing")
        found = artifacts.Report()
        found.uri = str(folder / "report")
        report.write(found.uri, summary_of(road, list(rungs(ladder).values())), "<p>page</p>", [])
        self._config = road.config("Pusher", data={"delimiter": ";"})
        self._inputs = {
            "model": [selected["model"]],
            "model_blessing": [self.blessing],
            "report": [found],
            **road.judged(),
        }

    def run(self, blessed: bool) -> Path:
        """Pushes; returns the folder of the version, if there is one."""
        self.blessing.set_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY, int(blessed))
        self.blessing.set_string_custom_property(artifacts.JUDGED, self.judged)
        Path(self.blessing.uri).mkdir()
        (Path(self.blessing.uri) / ("BLESSED" if blessed else "NOT_BLESSED")).touch()
        properties = {"destination": str(self.destination), "code": "", **self._config}
        Pusher().Do(self._inputs, self.output.artifacts, properties)
        return next(self.destination.iterdir()) if blessed else self.destination


@pytest.fixture
def push(road: Any, selected: Any, ladder: Any, tmp_path: Path, new_output: Any) -> Push:
    output = new_output(tmp_path / "output", pushed_model=standard_artifacts.PushedModel)
    return Push(road, selected, ladder, tmp_path, output)


@pytest.fixture(scope="module")
def pushed(road: Any, selected: Any, ladder: Any, tmp_path_factory: pytest.TempPathFactory, new_output: Any) -> Path:
    """The folder of a pushed version."""
    folder = tmp_path_factory.mktemp("push")
    output = new_output(folder / "output", pushed_model=standard_artifacts.PushedModel)
    return Push(road, selected, ladder, folder, output).run(blessed=True)


def test_a_model_that_is_not_blessed_is_not_pushed(push: Push) -> None:
    push.run(blessed=False)
    assert not push.destination.exists()
    assert list(push.output.path("pushed_model").iterdir()) == []
    assert push.output["pushed_model"].get_int_custom_property("pushed") == 0


def test_a_model_that_is_not_the_one_that_was_judged_is_not_pushed(push: Push) -> None:
    push.judged = "0" * 64
    with pytest.raises(UserError, match="is not the one that was judged: its sha256"):
        push.run(blessed=True)
    assert not push.destination.exists()


FILES = [
    "MODEL_CARD.html",
    "MODEL_CARD.json",
    "MODEL_CARD.md",
    "SHA256SUMS",
    "examples/Predict.kt",
    "examples/predict.c",
    "examples/predict.py",
    "examples/predict.swift",
    "model.json",
    "model.tflite",
    "report.html",
    "summary.json",
]


def test_a_blessed_model_is_pushed_with_its_papers(push: Push, selected: Any, quantized: Any, ladder: Any) -> None:
    version = push.run(blessed=True)
    assert sorted(str(path.relative_to(version)) for path in version.rglob("*") if path.is_file()) == FILES
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=version, check=True, capture_output=True)
    card = json.loads((version / "model.json").read_text())
    assert (version / "model.tflite").read_bytes().endswith(file(quantized, "int8_qat"))
    assert card["sha256"] == hashlib.sha256(file(quantized, "int8_qat")).hexdigest()
    assert card["version"] == version.name
    assert card["text"]["delimiter"] == ";"
    assert card["metrics"] == {"auc": 0.875, "accuracy": 0.75}
    rung = rungs(ladder)["int8_qat"]
    assert card["size"] == {key: rung[key] for key in ("bytes", "gzip_bytes", "sparsity")}
    assert card["run"]["model"] == "/".join(selected["model"].uri.split("/")[-3:])
    artifact = push.output["pushed_model"]
    assert artifact.get_int_custom_property("pushed") == 1
    assert artifact.get_string_custom_property("pushed_destination") == str(version)
    assert artifact.get_string_custom_property("pushed_version") == version.name


def test_no_file_that_is_pushed_holds_a_path_of_this_machine(pushed: Path, road: Any) -> None:
    table = os.path.dirname(road.settings.data.train)
    places = {os.getcwd(), os.path.expanduser("~"), str(pushed.parent.parent), table, sys.prefix} - {
        tempfile.gettempdir()
    }
    for path in pushed.rglob("*"):
        if path.is_file():
            assert not [place for place in places if f"{place}/".encode() in path.read_bytes()], path.name


def test_the_card_says_what_the_columns_mean_and_how_the_first_test_row_is_answered(pushed: Path, road: Any) -> None:
    card = json.loads((pushed / "model.json").read_text())
    inputs = {spec["name"]: spec for spec in card["inputs"]}
    assert {key: inputs["age"][key] for key in ("meaning", "unit", "range")} == {
        "meaning": "age of the person",
        "unit": "years",
        "range": {"min": 1, "max": 90},
    }
    assert "range" not in inputs["sex"]
    assert card["threshold"] == 0.5
    (example,) = card["examples"]
    header, first = (line.split(",") for line in (road.folder / "test.csv").read_text().splitlines()[:2])
    wanted = dict(zip(header, first, strict=True))
    assert {name: str(value) if value is not None else "" for name, value in example["row"].items()} == {
        name: wanted[name] for name in inputs
    }
    (answer,), tolerance = example["answer"], example["tolerance"]
    assert 0 < answer < 1 and 0 < tolerance < 0.1


def test_the_file_says_what_it_is(pushed: Path) -> None:
    found = metadata.read((pushed / "model.tflite").read_bytes())
    assert found is not None
    assert (found.name, found.version) == ("census_income", pushed.name)
    assert found.card_sha256 == hashlib.sha256((pushed / "model.json").read_bytes()).hexdigest()


def test_a_pushed_folder_predicts_with_its_card_alone(pushed: Path, raw_rows: tuple) -> None:
    predictor = inference.Predictor.load(str(pushed))
    columns = {
        name: [None if value in (b"", -(2**63)) else value for value in array[:, 0].tolist()]
        for name, array in raw_rows[0].items()
    }
    found = predictor.predict(predictor.to_inputs(columns))
    np.testing.assert_array_equal(found[:, 1], probabilities((pushed / "model.tflite").read_bytes(), raw_rows))


def test_tensorflow_reads_a_pushed_file_too(pushed: Path, raw_rows: tuple) -> None:
    content = (pushed / "model.tflite").read_bytes()
    found = tf.lite.Interpreter(model_content=content).get_signature_runner()(**raw_rows[0])["probability"][:, 0]
    np.testing.assert_allclose(found, probabilities(content, raw_rows), atol=0.05)


# Only these may be imported by the program: numpy and LiteRT, with what LiteRT itself needs.
ALLOWED = """
import importlib.abc, runpy, sys
class Refusing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in {"numpy", "ai_edge_litert", "flatbuffers", "backports", "tqdm", *sys.stdlib_module_names}:
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Refusing())
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def test_the_program_in_python_needs_nothing_but_litert_and_numpy(pushed: Path) -> None:
    program = str(pushed / "examples" / "predict.py")
    ended = subprocess.run([sys.executable, "-I", "-c", ALLOWED, program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    said = re.fullmatch(r"probability of '>50K': expected (\S+), computed (\S+)\n", ended.stdout)
    assert said and float(said[1]) == pytest.approx(float(said[2]), abs=0.05)


@pytest.mark.parametrize("name", FILES)
def test_one_changed_bit_in_any_file_is_found_and_the_file_named(
    pushed: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(pushed, tmp_path / "version")
    assert main(["verify", str(folder)]) == 0
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    capsys.readouterr()
    assert main(["verify", str(folder)]) == 3
    assert name in capsys.readouterr().err.replace(str(folder), "")


def test_the_selector_takes_the_smallest_form_and_tells_of_all_what_it_found(
    select: Any, quantized: Any, tmp_path: Path
) -> None:
    found = select(tmp_path, quantizer={"max_loss": 1.0}, evaluation={"gates": {"auc": {"minimum": 0.5}}})
    made = selection.read(found["selection"].uri)
    assert [one.form for one in made.forms] == list(conversion.FORMS)
    assert made.chosen.bytes == min(one.bytes for one in made.forms)
    assert found["model"].get_string_custom_property("form") == made.chosen.form
    judged = tflite.read_judged(found["model"].uri)
    assert judged.content == tflite.read_form(quantized["forms"].uri, made.chosen.form).content
    assert (judged.card.threshold, made.threshold) == (0.5, 0.5)
    assert list(made.figures) == ["teacher", "student", "pruned", *NAMES[1:]]


def test_the_selector_chooses_a_threshold_and_says_which_form_came_nearest(
    select: Any, scored: Any, tmp_path: Path
) -> None:
    promised = {"device": {"max_bytes": 3_000}}
    found = select(tmp_path, evaluation={"threshold": {"recall": 0.9}}, promises=promised)
    made = selection.read(found["selection"].uri)
    assert made.chosen.why.startswith("no form keeps everything, and it comes nearest: ")
    assert all("at most 3,000 is promised" in " ".join(one.broken) for one in made.forms)
    rows = predictions.read(scored["validation_predictions"].uri)
    scores = rows.by_rung[tasks.rung_name(made.chosen.form)][rows.labels == 1, 1]
    assert made.threshold is not None
    assert np.mean(decisions.above(scores, made.threshold)) >= 0.9
    assert tflite.read_judged_card(found["model"].uri).threshold == made.threshold != 0.5
