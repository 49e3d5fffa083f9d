"""A teacher that is no network, on real artifacts: from the Trainer's callback to the ladder."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tfx.types import standard_artifacts
from tfx.utils import path_utils

from components import artifacts, training_inputs
from components.asked_model import AskedModel
from components.debugger.methods import label_errors
from components.explainer.methods import shapley
from components.ladder.executor import Executor as Ladder
from components.reporter.sections.debugging_parts import label_errors as debugging_page
from components.scorer.executor import Executor as Scorer
from components.selector.executor import Executor as Selector
from modules.base import questions
from modules.contracts import ladder, predictions
from modules.tflite import device
from modules.training import inputs, model, soft_labels, teachers

pytestmark = pytest.mark.integration

SETTINGS = {"teacher": "boosted_trees", "folds": 2, "trees": {"max_trees": 60, "learning_rate": 0.2}}


@pytest.fixture(scope="module")
def trees(road: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Boosted trees, trained where there are no validation rows that could be read."""
    folder = tmp_path_factory.mktemp("trees")
    return road.train("Teacher", folder, validation=str(folder / "none" / "*"), changes={"trainer": SETTINGS})


def test_a_student_learns_from_what_the_models_say_that_have_not_seen_a_row(road: Any, trees: Any) -> None:
    run = training_inputs.start(road.inputs(), road.config("Pruner"))
    directory = path_utils.serving_model_path(trees.uri)
    encoder = model.build_encoder(run.output, run.encoding)
    train, validation = (training_inputs.split_files(road.inputs(), split) for split in ("train", "validation"))
    found = soft_labels.datasets(run, encoder, train, validation, directory, 256)
    teacher = teachers.load(directory)
    expected = [inputs.read(files, run.output, encoder) for files in (train, validation)]
    labels = [teacher.training_logits(expected[0], 0), teacher.logits(expected[1])]
    assert np.abs(labels[0] - teacher.logits(expected[0])).max() > 0.1
    for batches, of_split in zip(found, labels, strict=True):
        targets = np.concatenate([batch[1] for batch in batches.as_numpy_iterator()])
        np.testing.assert_array_equal(np.sort(targets[:, 1]), np.sort(of_split[:, 0]))


def test_the_ladder_shows_a_teacher_that_is_no_tflite_file(
    road: Any,
    trees: Any,
    student: Any,
    quantized: Any,
    tmp_path: Path,
    new_output: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device, "_CALLS", 20)
    forms = {"forms": [quantized["forms"]]}
    kinds = {"predictions": artifacts.Predictions, "validation_predictions": artifacts.Predictions}
    scored = new_output(tmp_path / "scored", **kinds, uncompressed=artifacts.ModelForms)
    Scorer().Do(
        road.judged() | forms | {"teacher": [trees], "student": [student]}, scored.artifacts, road.config("Scorer")
    )
    selected = new_output(tmp_path / "selected", model=standard_artifacts.Model, selection=artifacts.Selection)
    given = forms | {"uncompressed": [scored["uncompressed"]]}
    on_validation = {"validation_predictions": [scored["validation_predictions"]]}
    Selector().Do(road.judged() | given | on_validation, selected.artifacts, road.config("Selector"))
    measured = new_output(tmp_path / "ladder", ladder=artifacts.Ladder)
    chosen = {"model": [selected["model"]], "selection": [selected["selection"]]}
    Ladder().Do(
        road.judged() | given | chosen | {"predictions": [scored["predictions"]]},
        measured.artifacts,
        road.config("Ladder"),
    )
    first, second, *others = ladder.read(measured["ladder"].uri)
    assert (first.form, second.form, len(others)) == ("teacher", "student", 5)
    assert first.metrics["auc"] > 0.85
    files = [path for path in Path(path_utils.serving_model_path(trees.uri)).rglob("*") if path.is_file()]
    assert first.bytes == sum(path.stat().st_size for path in files)
    assert 0 < first.gzip_bytes < first.bytes
    assert first.latency_p50_us > second.latency_p50_us
    assert (first.memory_bytes, first.sparsity, first.kernel_difference) == (None, 0.0, None)
    answers = predictions.read(scored["predictions"].uri).by_rung["teacher"]
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-6)


def test_the_files_of_the_teacher_are_described_without_a_pickle(trees: Any) -> None:
    directory = Path(path_utils.serving_model_path(trees.uri))
    table = json.loads((directory / "teacher.json").read_text())
    assert [member["kind"] for member in table["members"]] == ["boosted_trees"]
    assert {path.read_bytes()[:4] for path in (directory / "members").rglob("fold-*")} == {b"CBM1"}


@pytest.fixture(scope="module")
def asked_with_trees(asked: Any, trees: Any) -> AskedModel:
    """What the methods of Explainer and Debugger are given where boosted trees are the teacher."""
    return AskedModel(asked.run, asked.inputs | {"teacher": [trees]}, asked.clock, 40)


def test_labels_are_suspected_by_the_models_of_the_teacher_that_have_not_seen_a_row(
    asked: Any, asked_with_trees: AskedModel, road: Any, trees: Any
) -> None:
    encoder = model.build_encoder(asked.run.output, asked.run.encoding)
    transformed = inputs.read(training_inputs.split_files(road.inputs(), "train"), asked.run.output, encoder)
    teacher = teachers.load(path_utils.serving_model_path(trees.uri))
    expected = 1 / (1 + np.exp(-teacher.training_logits(transformed, 0)[:, 0].astype(np.float64)))
    rows = asked.training.taken(np.array([7, 3, 200, 4]))
    found = asked_with_trees.held_out_answers(rows)
    assert found is not None
    np.testing.assert_allclose(found[:, 1], expected[[7, 3, 200, 4]], atol=1e-6)
    contents = [label_errors.find(of, questions.Debugger())[0] or {} for of in (asked_with_trees, asked)]
    assert [content["by_teacher"] for content in contents] == [True, False]
    first = contents[0]["listed"][0]
    of_label = expected[first["number"] - 1]
    assert first["score"] == pytest.approx(of_label if first["label"] == ">50K" else 1 - of_label, rel=1e-3)
    said = [str(debugging_page.show(content, {})[1][0]) for content in contents]
    assert "those of the teacher's models say that have not seen the row" in said[0]
    assert "boosted trees say that have not seen the row" in said[1]


def test_the_trees_of_the_teacher_are_explained_as_they_see_the_rows(asked_with_trees: AskedModel) -> None:
    content, _ = shapley.explain(asked_with_trees, questions.Explainer())
    assert content is not None
    of_trees = content["explainers"][-1]
    assert (of_trees["name"], of_trees["about"]) == ("Tree SHAP", "the teacher's boosted trees (their sums of leaves)")
    assert of_trees["additivity_error"] < 1e-5
    assert {"relationship", "marital_status", "education_num", "capital_gain"} & set(of_trees["first"][:3])
    assert set(of_trees["first"]) <= {column.name for column in asked_with_trees.function.columns}


def test_a_teacher_that_is_one_network_has_seen_every_row(asked: Any, teacher: Any) -> None:
    by_network = AskedModel(asked.run, asked.inputs | {"teacher": [teacher]}, asked.clock, 40)
    assert by_network.teacher is None
    assert by_network.held_out_answers(asked.training) is None
