"""Teacher, student and Pruner on real artifacts."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tfx.types import artifact_utils, standard_artifacts
from tfx.utils import path_utils

from components import training_inputs
from components.pruner import executor, pruning
from modules.base.errors import TargetMissed
from modules.contracts import pruned as pruned_contract
from modules.training import inputs, serving, soft_labels
from modules.training import network as networks
from modules.training.augmenting.synthetic_rows import SyntheticRows

pytestmark = pytest.mark.integration


def parts(model: Any) -> tuple[Any, Any]:
    return serving.load_parts(path_utils.serving_model_path(model.uri))


def rows(road: Any, split: str) -> list[str]:
    return training_inputs.split_files(road.inputs(), split)


def auc(road: Any, model: Any) -> float:
    """Returns the AUC of a model on the validation rows."""
    encoder, network = parts(model)
    run = training_inputs.start(road.inputs(), road.config("Pruner"))
    (batch,) = inputs.source(rows(road, "validation"), run.output, encoder, 100_000)()
    return float(roc_auc_score(batch[1][:, 0], network(batch[0], training=False)[:, 0]))


def test_the_teacher_has_the_shape_of_the_best_hyperparameters_and_has_learnt(road: Any, teacher: Any) -> None:
    _, network = parts(teacher)
    assert [layer.units for layer in network.layers if hasattr(layer, "units")] == [24, 1]
    assert auc(road, teacher) > 0.8


def test_the_student_has_the_shape_of_the_config_and_has_learnt(road: Any, student: Any) -> None:
    _, network = parts(student)
    assert [layer.units for layer in network.layers if hasattr(layer, "units")] == [16, 8, 1]
    assert auc(road, student) > 0.8


def test_training_leaves_logs_and_a_checkpoint(teacher: Any) -> None:
    run = Path(teacher.uri).parent / "run"
    assert list(run.rglob("events.out.tfevents.*"))
    assert (run / "checkpoints" / "checkpoint").exists()


def test_the_same_seed_gives_the_same_student(road: Any, teacher: Any, student: Any, tmp_path: Path) -> None:
    again = road.train("Student", tmp_path, teacher)
    for first, second in zip(parts(student)[1].get_weights(), parts(again)[1].get_weights(), strict=True):
        np.testing.assert_array_equal(first, second)


def test_soft_labels_are_the_teachers_logits_of_the_same_rows(road: Any, teacher: Any) -> None:
    encoder, network = parts(teacher)
    run = training_inputs.start(road.inputs(), road.config("Pruner"))
    directory = path_utils.serving_model_path(teacher.uri)
    train, validation = soft_labels.datasets(
        run, encoder, rows(road, "train"), rows(road, "validation"), directory, 128
    )
    for dataset in (train, validation):
        for encoded, target in dataset.take(3):
            assert target.shape[1] == 2
            np.testing.assert_allclose(target[:, 1:], network(encoded, training=False), atol=1e-5)
            assert set(np.unique(target[:, 0])) == {0, 1}


def test_no_synthetic_row_has_a_cell_that_only_validation_or_test_rows_hold(
    road: Any, teacher: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    epoch = SyntheticRows.epoch

    def noted(self: SyntheticRows, number: int) -> Any:
        for chunk in epoch(self, number):
            made.append(chunk)
            yield chunk

    monkeypatch.setattr(SyntheticRows, "epoch", noted)
    run = training_inputs.start(
        road.inputs(), road.config("Pruner", distillation={"augment": {"method": "gibbs", "times": 4}})
    )
    encoder, _ = parts(teacher)
    train, validation = training_inputs.datasets(run, road.inputs(teacher=teacher), encoder, 128)
    assert int(train.cardinality()) == inputs.steps(train)
    for _ in range(3):
        for _, target in train:
            known = len(target) // 5
            np.testing.assert_array_equal(np.isnan(target[:, 0]), np.arange(len(target)) >= known)
    assert not any(np.isnan(target).any() for _, target in validation)

    def held(split: Any) -> list[set[Any]]:
        """Returns the values of each column: of the numbers, as they are; of the categories, their numbers."""
        return [set(values) for name in ("value", "category") for values in split[name].T.tolist()]

    by_split = {split: held(inputs.read(rows(road, split), run.output, encoder)) for split in ("train", "validation")}
    drawn = held({name: np.concatenate([chunk[name] for chunk in made]) for name in ("value", "category")})
    markers = [one - other for one, other in zip(by_split["validation"], by_split["train"], strict=True)]
    assert sum(map(len, markers)) >= 5
    assert not any(of_column & found for of_column, found in zip(markers, drawn, strict=True))
    assert sum(map(len, drawn)) > 0.8 * sum(map(len, by_split["train"]))
    # Test rows are not even transformed.
    assert set(artifact_utils.decode_split_names(road.inputs()["examples"][0].split_names)) == {"train", "validation"}


def test_a_student_learns_from_synthetic_rows(road: Any, teacher: Any, tmp_path: Path) -> None:
    parameters = road.components["Student"].exec_properties
    config = json.loads(parameters["custom_config"])
    config["distillation"] |= {"augment": {"method": "munge", "times": 2}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(parameters, "custom_config", json.dumps(config))
        students = [road.train("Student", tmp_path / str(number), teacher) for number in range(2)]
    assert auc(road, students[0]) > 0.8
    for first, second in zip(parts(students[0])[1].get_weights(), parts(students[1])[1].get_weights(), strict=True):
        np.testing.assert_array_equal(first, second)


def test_the_pruner_reaches_the_sparsity_of_the_config_and_records_what_it_got(student: Any, pruned: Any) -> None:
    model = pruned["pruned_model"]
    encoder, network = parts(model)
    (found,) = pruned_contract.read(model.uri)
    assert found.measured == pytest.approx(0.5, abs=0.01)
    assert found.measured <= networks.sparsity(network, found.weights) < found.measured + 0.01
    assert model.get_float_custom_property("sparsity") == pytest.approx(found.measured)
    assert model.get_int_custom_property("gzip_bytes") < 0.75 * model.get_int_custom_property("gzip_bytes_before")
    whole = parts(student)[0]
    assert found.inputs == (whole.width, encoder.width)
    assert whole.joined(encoder).get_config() == whole.get_config()
    assert [whole.names[place] for place in whole.places(encoder)] == encoder.names


def test_the_pruned_student_still_tells_the_classes_apart(road: Any, student: Any, pruned: Any) -> None:
    assert auc(road, pruned["pruned_model"]) > auc(road, student) - 0.02


def test_the_pruner_fails_and_writes_no_model_when_it_misses_its_target(
    road: Any, teacher: Any, student: Any, tmp_path: Path, new_output: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "prune", lambda network, *_, **__: networks.without_dropout(network))
    output = new_output(tmp_path, pruned_model=standard_artifacts.Model, model_run=standard_artifacts.ModelRun)
    with pytest.raises(TargetMissed, match="sparsity 0.0000 is below"):
        executor.Executor().Do(road.inputs(model=student, teacher=teacher), output.artifacts, road.config("Pruner"))
    assert not list(output.path("pruned_model").iterdir())
