"""Training by folds, loading and labelling, of every kind and for every task."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modules import tasks
from modules.base.errors import DataError
from modules.base.settings import Trainer
from modules.contracts import folded_teacher, training_curves
from modules.graph.encoding import Encoder
from modules.training import inputs, model, teachers
from modules.training.teachers import boosted_trees, folded_training
from modules.training.teachers.folded import FoldedTeacher
from modules.training.teachers.folds import folds_of
from tests.unit.modules.training.teachers.lessons import PROFILE, TARGETS, rows_of, run_of

pytestmark = pytest.mark.unit

BEST = {"layers": 1, "units": 8, "activation": "relu", "dropout": 0.0, "learning_rate": 0.02}
SMALL: dict[str, Any] = {"folds": 2, "epochs": 4, "trees": {"max_trees": 30, "learning_rate": 0.3}}
TREES = {**SMALL, "teacher": "boosted_trees"}
BOTH = {**SMALL, "teacher": "ensemble"}


@pytest.fixture(autouse=True)
def _encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        model, "build_encoder", lambda _, encoding: Encoder(PROFILE.to_json(), encoding, name="encoder")
    )


def trained(
    folder: Path, settings: dict[str, Any], rows: inputs.Rows, monkeypatch: pytest.MonkeyPatch, run: Any
) -> teachers.Teacher:
    """Trains a teacher on rows, and loads it."""
    monkeypatch.setattr(inputs, "read", lambda *_: rows)
    checked = Trainer.model_validate(settings)
    folded_training.train(run, checked, BEST, ["train"], str(folder / "teacher"), str(folder / "run"))
    return teachers.load(str(folder / "teacher"))


def measured(task: str, rows: inputs.Rows, logits: np.ndarray) -> float:
    target = TARGETS[task]
    metric = {"binary": "auc", "multiclass": "accuracy", "regression": "r2"}[task]
    measure = tasks.METRICS[metric].measures[task]
    return measure(rows["label"][:, 0], tasks.from_logits(target, logits), None)


@pytest.mark.parametrize("weighted", [False, True], ids=["", "weighted"])
@pytest.mark.parametrize("settings", [TREES, BOTH], ids=["trees", "ensemble"])
@pytest.mark.parametrize("task", TARGETS)
def test_a_teacher_learns_every_task_and_labels_any_row(
    task: str, settings: dict[str, Any], weighted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class_weights = None if task == "regression" else tasks.class_weights(TARGETS[task])
    rows, others = rows_of(task, 240, weighted=weighted), rows_of(task, 100, seed=2)
    teacher = trained(tmp_path, settings, rows, monkeypatch, run_of(task, class_weights if weighted else None))
    for of_rows, logits in ((rows, teacher.training_logits(rows, 0)), (others, teacher.logits(others))):
        assert (logits.shape, logits.dtype) == ((len(of_rows["label"]), TARGETS[task].outputs), np.float32)
        assert measured(task, of_rows, logits) > {"binary": 0.85, "multiclass": 0.6, "regression": 0.5}[task]
    del others["label"]  # a synthetic row has none
    np.testing.assert_array_equal(teacher.logits(others), logits)


def test_each_model_sees_the_rows_of_the_other_folds_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of("binary", 101)
    seen = []
    learn = boosted_trees.learn

    def noted(lesson: Any) -> Any:
        seen.append((lesson.rows["numeric"][:, 0], lesson.held["numeric"][:, 0], lesson.seed))
        return learn(lesson)

    monkeypatch.setattr(boosted_trees, "learn", noted)
    teacher = trained(tmp_path, {**TREES, "folds": 3}, rows, monkeypatch, run_of("binary"))
    numbers = rows["numeric"][:, 0]
    fold_of = folds_of(0, 101, 3, 17)
    for fold, (learnt, held, _) in enumerate(seen):
        assert held.tolist() == numbers[fold_of == fold].tolist()
        assert sorted([*learnt, *held]) == sorted(numbers)
    assert len({seed for _, _, seed in seen}) == 3
    # A training row's label is what a model says that has not seen it: teach every model a lie about its own rows.
    lie = {**rows, "label": 1 - rows["label"]}
    liar = trained(tmp_path / "liar", {**TREES, "folds": 3}, lie, monkeypatch, run_of("binary"))
    for fold, (learnt, held, _) in enumerate(seen[3:]):
        assert sorted([*learnt, *held]) == sorted(numbers), fold
    assert measured("binary", rows, teacher.training_logits(rows, 0)) > 0.8
    assert measured("binary", rows, liar.training_logits(rows, 0)) < 0.2


def test_labels_of_noise_are_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees know the labels of rows that they were grown on, and tell them; those of the rows held out they cannot."""
    rows = rows_of("binary", 200)
    rows["label"] = np.random.default_rng(3).integers(0, 2, (200, 1)).astype("float32")
    settings = {**TREES, "trees": {"max_trees": 200, "learning_rate": 0.3, "patience": 200}}
    monkeypatch.setattr(folded_training, "common_length", lambda _: 200)
    teacher = trained(tmp_path, settings, rows, monkeypatch, run_of("binary"))
    assert measured("binary", rows, teacher.logits(rows)) > 0.9
    assert 0.35 < measured("binary", rows, teacher.training_logits(rows, 0)) < 0.65


@pytest.mark.parametrize("settings", [TREES, BOTH], ids=["trees", "ensemble"])
def test_the_same_seed_gives_the_same_labels_whatever_the_number_of_threads(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of("binary", 200)
    labels = []
    for cores in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        teacher = trained(tmp_path / str(cores), settings, rows, monkeypatch, run_of("binary"))
        labels.append(teacher.training_logits(rows, 0))
    np.testing.assert_array_equal(labels[0], labels[1])


def test_few_categories_are_split_one_by_one_where_the_config_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of("binary", 200)
    sizes = []
    for most in (None, 64):
        settings = {**TREES, "trees": {**SMALL["trees"], "one_hot_categories": most}}
        teacher = trained(tmp_path / str(most), settings, rows, monkeypatch, run_of("binary"))
        assert isinstance(teacher, FoldedTeacher)
        sizes += [tree._trees.get_all_params()["one_hot_max_size"] for tree in teacher.trees]
    assert sizes == [2, 2, 64, 64]


def test_weights_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two halves of the rows contradict each other: the one that counts decides."""
    rows = rows_of("binary", 200)
    second = np.arange(200)[:, None] % 4 >= 2
    rows["label"] = np.where(second, 1 - rows["label"], rows["label"])
    found: list[float] = []
    for weight in (np.where(second, 1e-3, 1.0), np.where(second, 1.0, 1e-3)):
        weighted = {**rows, "weight": weight.astype("float32")}
        teacher = trained(tmp_path / str(len(found)), TREES, weighted, monkeypatch, run_of("binary"))
        found.append(measured("binary", rows_of("binary", 100, seed=2), teacher.logits(rows_of("binary", 100, seed=2))))
    assert found[0] > 0.8
    assert found[1] < 0.2


def test_nothing_is_left_but_the_teacher_and_its_curves_and_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    trained(tmp_path, TREES, rows_of("binary"), monkeypatch, run_of("binary"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "teacher"]
    assert capfd.readouterr() == ("", "")
    curve = training_curves.read(str(tmp_path / "run"))
    assert (curve.step, curve.unit, curve.epochs[0]) == ("teacher", "tree", 1)
    assert curve.values["val_loss"][-1] is not None
    assert list((tmp_path / "run" / "validation").glob("events.out.tfevents.*"))


def test_an_ensemble_has_as_many_members_of_each_kind_as_the_config_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {**BOTH, "members": {"boosted_trees": 2, "network": 1}}
    trained(tmp_path, settings, rows_of("binary"), monkeypatch, run_of("binary"))
    saved = folded_teacher.read(str(tmp_path / "teacher"))
    assert [member.kind for member in saved.members] == ["boosted_trees", "boosted_trees", "network"]
    assert saved.members[0].models != saved.members[1].models
    assert saved.size == sum(path.stat().st_size for path in (tmp_path / "teacher").rglob("*") if path.is_file())


@pytest.mark.parametrize("best", [[3, 4, 8], [5, 5, 5]])
def test_all_folds_get_the_mean_of_their_best_lengths(best: list[int]) -> None:
    class Over:
        def __init__(self, best: int) -> None:
            self.best = best

    of_folds: Any = [Over(length) for length in best]
    assert folded_training.common_length(of_folds) == 5


def test_a_rare_class_that_a_fold_lacks_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for task, label in (("binary", 1), ("multiclass", 2)):
        rows = rows_of(task)
        rows["label"] = np.where(rows["label"] == label, 0, rows["label"])
        rows["label"][5] = label
        teacher = trained(tmp_path / task, TREES, rows, monkeypatch, run_of(task))
        assert np.isfinite(teacher.training_logits(rows, 0)).all()


def test_what_trees_cannot_learn_from_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {name: np.repeat(values[:1], 50, axis=0) for name, values in rows_of("binary").items()}
    with pytest.raises(DataError, match=r"boosted trees cannot learn .* Set trainer.teacher to network\."):
        trained(tmp_path, TREES, rows, monkeypatch, run_of("binary"))
    one = {name: values[:1] for name, values in rows.items()}
    with pytest.raises(DataError, match="one training row"):
        trained(tmp_path, TREES, one, monkeypatch, run_of("binary"))
