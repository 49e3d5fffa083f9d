"""A teacher that is no network, on real artifacts: from the Trainer's callback to the ladder."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tfx.types import standard_artifacts
from tfx.utils import path_utils

from components import artifacts, training_inputs
from components.ladder.executor import Executor as Ladder
from components.scorer.executor import Executor as Scorer
from components.selector.executor import Executor as Selector
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
