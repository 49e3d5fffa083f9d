import json
from pathlib import Path
from typing import Any

import pytest

from modules.base.records import ArtifactRecord
from modules.contracts import (
    compared_search,
    data_findings,
    examples,
    folded_teacher,
    selection,
    teacher_search,
    training_curves,
)
from modules.contracts import profile as profile_contract
from modules.contracts.compared_search import ComparedSearch
from modules.contracts.data_findings import DataFinding
from modules.contracts.teacher_search import CheaperTraining, RankAgreement, TeacherSearch, TrialRecord
from modules.contracts.training_curves import LearningCurve
from modules.features.profile import Profile, ReductionResult
from pipeline.lineage import StepRun
from pipeline.running import steps

pytestmark = pytest.mark.unit


class Lineage:
    """Stands in for the lineage store."""

    def __init__(self, uri: str = "", **outputs: dict[str, Any]):
        self._outputs, self._uri = outputs, uri

    def latest(self, step: str) -> StepRun:
        artifacts = {name: ArtifactRecord(1, self._uri, properties) for name, properties in self._outputs.items()}
        return StepRun(1, False, artifacts)


@pytest.mark.parametrize(
    ("step", "outputs", "said"),
    [
        ("Scorer", {"predictions": {"models": 7, "rows": 16281}}, "7 models scored on 16,281 test rows"),
        ("Evaluator", {"evaluation": {"rows": 16_281, "slices": 18}}, "16,281 test rows measured on 18 slices"),
        ("Evaluator", {"evaluation": {"rows": 9, "slices": 1}}, "9 test rows measured on 1 slice"),
        ("Verdict", {"blessing": {"blessed": 1}, "verdict": {"kept": 0, "broken": 0, "undecided": 0}}, "blessed"),
        (
            "Verdict",
            {"blessing": {"blessed": 0}, "verdict": {"kept": 7, "broken": 1, "undecided": 0}},
            "not blessed; promises: 7 kept, 1 broken",
        ),
        ("Explainer", {"explanation": {"methods": 9, "left_out": 0}}, "asked why by 9 methods"),
        ("Debugger", {"debugging": {"methods": 9, "left_out": 2}}, "asked where it is wrong by 7 methods, 2 left out"),
        ("Intervals", {"intervals": {"metrics": 5, "slices": 18}}, "intervals of 5 metrics on 18 slices"),
        ("Intervals", {"intervals": {"metrics": 3, "slices": 1}}, "intervals of 3 metrics on 1 slice"),
        ("Pusher", {"pushed_model": {"pushed": 1}}, "pushed"),
        ("Pusher", {"pushed_model": {"pushed": 0}}, "nothing to push"),
        ("DataBaseline", {}, "there is no blessed run on other data yet"),
        ("DataBaseline", {"statistics": {}}, "the data of the run blessed before"),
        ("Baseline", {}, "there is no other blessed model yet"),
        ("Baseline", {"model": {}}, "the model blessed before"),
        ("Unheard", {}, ""),
    ],
)
def test_each_step_says_what_it_did(step: str, outputs: dict, said: str) -> None:
    lineage: Any = Lineage(**outputs)
    assert steps.describe(step, lineage, "auc") == said


@pytest.mark.parametrize(
    ("threshold", "notice", "said"),
    [
        (0.5, "", "; threshold 0.50"),
        (0.4713, "no threshold reaches it", "; threshold 0.4713 (no threshold reaches it)"),
        (None, "", ""),
    ],
)
def test_the_selector_says_which_form_it_took_why_and_at_which_threshold(
    tmp_path: Path, threshold: float | None, notice: str, said: str
) -> None:
    why = "the smallest of 5 that keep everything"
    form = selection.TriedForm("int8_ptq", True, why, 48_112, 24_000, {"auc": 0.9}, threshold, [], 0)
    made = selection.Selection([form], "auc", 3_256, threshold, "the highest F1", notice, {})
    selection.write(str(tmp_path), made)
    assert selection.read(str(tmp_path)) == made
    lineage: Any = Lineage(str(tmp_path), selection={})
    assert steps.describe("Selector", lineage, "auc") == f"int8_ptq, 48,112 bytes: {why}{said}"


@pytest.mark.parametrize(
    ("left_out", "lookalikes", "said"),
    [
        (0, {}, ""),
        (4, {}, "; 4 rows without a label left out"),
        (0, {"a": "NA", "b": "5%"}, "; text, though most of it looks like numbers: a ('NA'), b ('5%')"),
        (0, dict.fromkeys("abcd", "-"), "; text, though most of it looks like numbers: a ('-'), b ('-'), c ('-'), …"),
    ],
)
def test_examplegen_says_how_many_rows_it_wrote_and_what_it_took_for_text(
    tmp_path: Path, left_out: int, lookalikes: dict[str, str], said: str
) -> None:
    examples.write_lookalikes(str(tmp_path), lookalikes)
    rows = {"train_rows": 1234, "validation_rows": 5, "test_rows": 6, "without_label_rows": left_out}
    lineage: Any = Lineage(str(tmp_path), examples=rows)
    assert steps.describe("TableExampleGen", lineage, "auc") == "1,234 train, 5 validation, 6 test rows" + said


def test_examplegen_says_how_many_rows_have_no_time(tmp_path: Path) -> None:
    examples.write_lookalikes(str(tmp_path), {})
    rows = {"train_rows": 9, "validation_rows": 5, "test_rows": 6, "without_time_rows": 3, "placeholder_rows": 2}
    lineage: Any = Lineage(str(tmp_path), examples=rows)
    said = steps.describe("TableExampleGen", lineage, "auc")
    assert "; 3 rows without a time are training rows" in said
    assert "; dates such as 0000-00-00 or 9999-12-31, taken as missing, in 2 rows" in said


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([], "nothing found"),
        (["a"], "1 warning: drift of a"),
        (["a", "a", "b"], "3 warnings: drift of a, drift of b"),
        (["a", "b", "c", "d"], "4 warnings: drift of a, drift of b, drift of c, …"),
    ],
)
def test_the_gate_says_what_it_warns_of_in_a_few_words(tmp_path: Path, columns: list[str], said: str) -> None:
    found = [DataFinding("drift", column, "test against train", "Too far", severity="warn") for column in columns]
    data_findings.write(str(tmp_path), found)
    lineage: Any = Lineage(str(tmp_path), findings={})
    assert steps.describe("DataGate", lineage, "auc") == said


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("auc", "random: 2 trials, 7 epochs; best validation AUC 0.7500"),
        ("log_loss", "random: 2 trials, 7 epochs; best validation log loss 0.5000"),
        ("mae", "random: 2 trials, 7 epochs; best validation MAE 0.5000"),
        ("r2", "random: 2 trials, 7 epochs; best validation R² 0.7500"),
    ],
)
def test_the_tuner_says_the_best_score_in_the_direction_of_what_it_watched(
    tmp_path: Path, metric: str, said: str
) -> None:
    searched(tmp_path, "complete")
    lineage: Any = Lineage(str(tmp_path), tuner_results={})
    assert steps.describe("Tuner", lineage, metric) == said


def searched(folder: Path, ended: str, from_stopped_run: int = 0) -> None:
    """Writes what a search of two trials leaves."""
    took = {"0": TrialRecord(3, 1.0), "1": TrialRecord(4, 1.0)}
    teacher_search.write(str(folder), TeacherSearch("random", ended, 2, took, from_stopped_run))
    trials = [{"trial_id": "0", "score": 0.75}, {"trial_id": "1", "score": 0.5}]
    (folder / "tuner_results.json").write_text(json.dumps(trials))


def test_the_tuner_says_what_ended_the_search(tmp_path: Path) -> None:
    searched(tmp_path, "exhausted")
    lineage: Any = Lineage(str(tmp_path), tuner_results={})
    said = "random: 2 trials, 7 epochs, all 2 configurations tried; best validation AUC 0.7500"
    assert steps.describe("Tuner", lineage, "auc") == said


def test_the_tuner_says_what_random_search_came_to_where_it_was_run_beside_the_search(tmp_path: Path) -> None:
    searched(tmp_path, "complete")
    compared_search.write(str(tmp_path), ComparedSearch([{"score": 0.625}, {"score": 0.5}], []))
    lineage: Any = Lineage(str(tmp_path), tuner_results={})
    said = "random: 2 trials, 7 epochs; best validation AUC 0.7500, random search's 0.6250"
    assert steps.describe("Tuner", lineage, "auc") == said


def test_the_tuner_says_the_best_score_in_full_and_what_cheaper_trials_were_worth(tmp_path: Path) -> None:
    searched(tmp_path, "complete")
    took = {"0": TrialRecord(4, 1.0, 0.25), "1": TrialRecord(4, 1.0, cheaper=CheaperTraining(0.25, 4, 1.0, 0.25))}
    teacher_search.write(
        str(tmp_path), TeacherSearch("random", "complete", 2, took, agreement=RankAgreement(1, None, None))
    )
    lineage: Any = Lineage(str(tmp_path), tuner_results={})
    said = "random: 2 trials, 6 epochs, 1 in full; best validation AUC 0.5000"
    assert steps.describe("Tuner", lineage, "auc") == said


def test_the_tuner_says_how_many_trials_a_run_that_was_stopped_had_finished(tmp_path: Path) -> None:
    searched(tmp_path, "complete", from_stopped_run=1)
    lineage: Any = Lineage(str(tmp_path), tuner_results={})
    said = "random: 2 trials, 7 epochs; best validation AUC 0.7500; 1 of 2 trials from the run that was stopped"
    assert steps.describe("Tuner", lineage, "auc") == said


@pytest.mark.parametrize(
    ("limit", "said"),
    [(9, "; converged after 2 epochs, best epoch 1"), (2, "; used all of its 2 epochs, best epoch 1"), (None, "")],
)
def test_teacher_and_student_say_why_their_trainings_ended(tmp_path: Path, limit: int | None, said: str) -> None:
    curve = LearningCurve("student", "val_auc", "max", [1, 2], {"val_auc": [0.75, 0.5]}, 1, limit)
    training_curves.write(str(tmp_path), curve)
    lineage: Any = Lineage(str(tmp_path), model={}, model_run={})
    assert steps.describe("Student", lineage, "auc") == f"distilled from the teacher{said}"
    assert steps.describe("Teacher", lineage, "auc") == f"trained from the best hyperparameters{said}"


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        (
            {"method": "pca", "component_deviations": (1.5, 1.0)},
            "; 2 of 3 principal components explain 87.5% of the variance",
        ),
        (
            {"method": "ica", "component_deviations": (1.0,)},
            "; 1 of 3 independent components explains 62.5% of the variance",
        ),
        (
            {"method": "ica", "component_deviations": (1.0, 1.0, 1.0), "converged": False},
            "; 3 of 3 independent components explain 100.0% of the variance (FastICA did not converge)",
        ),
        ({"method": "none"}, ""),
    ],
)
def test_transform_says_how_much_of_the_variance_its_components_explain(
    profile: dict, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Profile(reduction=ReductionResult(explained_variance=(2.5, 1.0, 0.5), **profile), limits=("few bins", "a"))
    monkeypatch.setattr(profile_contract, "read", lambda uri: made)
    lineage: Any = Lineage(transform_graph={})
    assert steps.describe("Transform", lineage, "auc") == f"imputed, scaled, binned, looked up{said}; few bins; a"


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (["boosted_trees"], "boosted trees, trained once for each of 5 folds"),
        (
            ["boosted_trees", "boosted_trees", "network"],
            "2 boosted trees and 1 network, trained once for each of 5 folds",
        ),
    ],
)
def test_a_teacher_that_is_trained_by_folds_says_what_it_is_made_of(
    tmp_path: Path, kinds: list[str], said: str
) -> None:
    members = [folded_teacher.SavedMember(kind, {}, [b""] * 5) for kind in kinds]
    folded_teacher.write(str(tmp_path / "Format-Serving"), folded_teacher.SavedTeacher(5, 17, members))
    lineage: Any = Lineage(str(tmp_path), model={}, model_run={})
    assert steps.describe("Teacher", lineage, "auc") == said
