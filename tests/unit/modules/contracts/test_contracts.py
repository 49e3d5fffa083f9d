"""Each contract: what its writer wrote, its reader reads; a file that is missing or broken is an error that says so."""

import dataclasses
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modules.contracts import (
    data_findings,
    examples,
    files,
    gains,
    intervals,
    ladder,
    predictions,
    profile,
    pushed_folder,
    report,
    report_section,
    student_search,
    teacher_search,
    tflite,
    training_curves,
)
from modules.contracts.data_findings import DataFinding
from modules.contracts.files import IncompleteArtifact
from modules.contracts.intervals import IntervalsOfSlices, Reference, SliceIntervals
from modules.contracts.ladder import Rung
from modules.contracts.predictions import PredictedRows
from modules.contracts.student_search import TriedShape
from modules.contracts.teacher_search import (
    CheaperTraining,
    RankAgreement,
    SearchFront,
    StoppedTrial,
    TeacherSearch,
    TrialRecord,
)
from modules.contracts.tflite import ModelCard, TfliteModel
from modules.contracts.training_curves import LearningCurve
from modules.features.profile import Profile, ReductionResult

pytestmark = pytest.mark.unit

ENTRY = {"value": 0.5, "low": None, "high": None, "rows": 3, "method": "wilson", "reason": "few: é"}
INPUT = {"name": "x (%)", "tensor": "x", "dtype": "float32", "missing": None}
CARD = ModelCard("int8_qat", [INPUT], [{"name": "probability", "classes": ["nein", "ja"]}], "binary", "y", 0.5, 0.4713)


def test_findings_come_back_whatever_their_columns_are_called(tmp_path: Path) -> None:
    odd = DataFinding("drift", "a: b (c)", "test against train", "x (data_gate.drift: off)", 0.5, 0.25, "warn")
    stop = DataFinding("schema_mismatch", "(table)", "train against the schema", "empty")
    data_findings.write(str(tmp_path), [odd, stop])
    assert data_findings.read(str(tmp_path)) == [odd, stop]


def test_values_of_the_label_come_back_as_numbers_or_text_in_their_order(tmp_path: Path) -> None:
    counts: dict[str | int | float, int] = {"no": 9, 1: 7, "1": 2}
    examples.write_label_values(str(tmp_path), counts)
    assert list(examples.read_label_values(str(tmp_path)).items()) == list(counts.items())


def test_rungs_come_back_with_the_metrics_of_their_task(tmp_path: Path) -> None:
    rung = Rung(
        "teacher", {"r2": 0.75, "mae": 2.0}, [{"rows": 1, "prediction": 0.5, "label": 1.0}], 7, 5, 0.5, 1.5, 2.5
    )
    ladder.write(str(tmp_path), [rung])
    assert ladder.read(str(tmp_path)) == [rung]
    assert list(rung.to_json())[:4] == ["form", "r2", "mae", "calibration"]


def test_a_rung_that_lacks_a_measurement_is_refused(tmp_path: Path) -> None:
    entry = Rung("teacher", {}, [], 7, 5, 0.5, 1.5, 2.5).to_json()
    del entry["gzip_bytes"]
    with pytest.raises(KeyError, match="gzip_bytes"):
        Rung.from_json(entry)


def test_intervals_reference_and_curves_come_back(tmp_path: Path) -> None:
    measured = IntervalsOfSlices(0.95, 1000, [SliceIntervals("overall", 3, {"auc": ENTRY}, {"fpr@0.50": ENTRY})])
    same = Reference("majority class", "no", {"auc": 0.5, "precision": None})
    intervals.write(str(tmp_path), measured, same, {"task": "binary"})
    assert intervals.read(str(tmp_path)) == measured
    assert intervals.read_reference(str(tmp_path)) == same
    assert intervals.read_curves(str(tmp_path)) == {"task": "binary"}


def test_learning_curves_come_back_from_a_training_and_from_a_search(tmp_path: Path) -> None:
    curve = LearningCurve("teacher", "val_auc", "max", [1, 2], {"loss": [0.5, None], "val_auc": [0.5, 0.75]}, 2)
    training_curves.write(str(tmp_path), curve)
    training_curves.write_trials(str(tmp_path), [curve, dataclasses.replace(curve, step="0001", best_epoch=None)])
    assert training_curves.read(str(tmp_path)) == curve
    assert [found.step for found in training_curves.read_trials(str(tmp_path))] == ["teacher", "0001"]
    assert training_curves.read_trials(str(tmp_path))[0] == curve
    assert curve.scores == [0.5, 0.75]


@pytest.mark.parametrize(
    ("ended", "configurations", "words"),
    [
        ("complete", None, ""),
        ("exhausted", 1_200, "all 1,200 configurations tried"),
        ("max_seconds", None, "ended by tuner.max_seconds"),
    ],
)
def test_a_search_comes_back_with_what_ended_it_and_each_trial_with_what_it_took(
    tmp_path: Path, ended: str, configurations: int | None, words: str
) -> None:
    search = TeacherSearch("random", ended, configurations, {"0001": TrialRecord(3, 1.5)})
    teacher_search.write(str(tmp_path), search)
    (tmp_path / "tuner_results.json").write_text('[{"trial_id": "0001", "score": 0.5, "units": 8}]')
    assert teacher_search.read(str(tmp_path)) == search
    assert search.ending == words
    (trial,) = teacher_search.read_trials(str(tmp_path))
    assert trial == {"trial_id": "0001", "score": 0.5, "units": 8, "trial/epochs": 3, "trial/seconds": 1.5}


def test_what_a_search_estimated_comes_back_and_is_summed_up(tmp_path: Path) -> None:
    stopped = StoppedTrial(0.93, 12, 0.91, 0.90, 0.92, 12)
    trials = {
        "0001": TrialRecord(9, 2.0, costs={"bytes": 10}, cheaper=CheaperTraining(0.8, 4, 0.5, 0.25)),
        "0002": TrialRecord(4, 1.0, rows=0.25),
        "0003": TrialRecord(5, 1.0, stopped=stopped),
        "0004": TrialRecord(5, 1.0, parent="0001", inherited="widened"),
    }
    agreement = RankAgreement(5, {"value": 0.9, "low": 0.1, "high": 0.99}, None)
    front = SearchFront(["0001"], {"metric": 0.9}, {"metric": 0.8}, {"0001": 0.5})
    search = TeacherSearch("random", trials=trials, chosen="0001", front=front, agreement=agreement)
    teacher_search.write(str(tmp_path), search)
    assert teacher_search.read(str(tmp_path)) == search
    # 9 and a quarter of 4; a quarter of 4; 5; 5.
    assert (search.whole_epochs, search.saved_epochs) == (21, 7)
    assert search.worth == "5 in full, rank correlation to the cheaper trials 0.90 (0.10 to 0.99)"
    without = dataclasses.replace(search, agreement=None)
    assert without.worth == "1 stopped by their forecasts, at most 7 epochs saved"
    heirs = dataclasses.replace(without, trials={"0004": trials["0004"]})
    assert heirs.worth == "1 began with their parents' weights"
    assert dataclasses.replace(heirs, trials={}).worth == ""
    told = search.summary()
    assert (told["chosen"], told["front"]["hypervolume"], told["whole_epochs"]) == ("0001", {"0001": 0.5}, 21)
    (tmp_path / "tuner_results.json").write_text('[{"trial_id": "0002", "score": 0.5}]')
    assert teacher_search.read_trials(str(tmp_path))[0]["trial/rows"] == 0.25


@pytest.mark.parametrize("pushed", [{}, {"version": "7", "text": {"delimiter": ";"}, "size": {"bytes": 3}}])
def test_a_model_comes_back_from_where_it_is_judged_in_each_form_and_as_it_is_pushed(
    tmp_path: Path, pushed: dict[str, Any]
) -> None:
    model = TfliteModel(b"\x00model", dataclasses.replace(CARD, pushed=pushed))
    tflite.write_judged(str(tmp_path / "judged"), model)
    tflite.write_form(str(tmp_path / "forms"), model)
    pushed_folder.write(str(tmp_path / "pushed"), model)
    assert tflite.read_judged(str(tmp_path / "judged")) == model
    assert tflite.read_form(str(tmp_path / "forms"), "int8_qat") == model
    assert pushed_folder.read(str(tmp_path / "pushed")) == model
    assert model.card.classes == ["nein", "ja"]


def test_a_regression_has_no_classes_and_a_card_without_its_task_is_refused() -> None:
    assert dataclasses.replace(CARD, outputs=[{"name": "prediction"}]).classes == []
    with pytest.raises(ValueError, match="lacks task"):
        ModelCard.from_json({"form": "float32", "inputs": [], "outputs": [], "label": "y"})


def test_a_tflite_that_is_not_the_one_that_its_card_describes_is_refused(tmp_path: Path) -> None:
    model = TfliteModel(b"\x00model", CARD)
    tflite.write_judged(str(tmp_path / "judged"), model)
    tflite.write_form(str(tmp_path / "forms"), model)
    for name, read in {
        "judged/Format-Serving/tflite": lambda: tflite.read_judged(str(tmp_path / "judged")),
        "forms/int8_qat/model.tflite": lambda: tflite.read_form(str(tmp_path / "forms"), "int8_qat"),
    }.items():
        for content in (b"\x00mode", b"\x01model", b""):
            (tmp_path / name).write_bytes(content)
            with pytest.raises(
                IncompleteArtifact, match=rf"of {len(content)} bytes that is not the one that model\.json"
            ):
                read()


def test_the_digests_of_a_pushed_version_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    pushed_folder.write(str(tmp_path), TfliteModel(b"\x00model", CARD))
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True)
    digest = hashlib.sha256(b"\x00model").hexdigest()
    assert json.loads((tmp_path / "model.json").read_text())["sha256"] == digest
    assert (tmp_path / "SHA256SUMS").read_text().splitlines()[1] == f"{digest}  model.tflite"


@pytest.mark.parametrize("name", ["model.tflite", "model.json", "SHA256SUMS"])
@pytest.mark.parametrize("damage", ["cut", "changed", "removed", "emptied"])
def test_a_pushed_version_with_any_damage_is_refused(tmp_path: Path, name: str, damage: str) -> None:
    pushed_folder.write(str(tmp_path), TfliteModel(b"\x00model", CARD))
    path = tmp_path / name
    content = path.read_bytes()
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes({"cut": content[:-2], "changed": content[:3] + b"X" + content[4:], "emptied": b""}[damage])
    with pytest.raises(IncompleteArtifact, match="pushed model in"):
        pushed_folder.read(str(tmp_path))


def test_classes_cannot_be_swapped_in_a_pushed_card(tmp_path: Path) -> None:
    pushed_folder.write(str(tmp_path), TfliteModel(b"\x00model", CARD))
    card = json.loads((tmp_path / "model.json").read_text())
    card["outputs"][0]["classes"].reverse()
    (tmp_path / "model.json").write_text(json.dumps(card))
    with pytest.raises(
        IncompleteArtifact, match=r"holds a model\.json of \d+ bytes that is not the one that was pushed"
    ):
        pushed_folder.read(str(tmp_path))


def test_a_version_that_was_pushed_before_there_were_digests_is_read(tmp_path: Path) -> None:
    model = TfliteModel(b"\x00model", CARD)
    files.write_bytes(str(tmp_path), "model.tflite", model.content)
    files.write_json(str(tmp_path), "model.json", CARD.to_json())
    assert pushed_folder.read(str(tmp_path)) == model
    assert not pushed_folder.has_sums(str(tmp_path))


def test_a_card_without_a_threshold_means_the_default_one_where_there_is_a_positive_class() -> None:
    old = {name: value for name, value in CARD.to_json().items() if name != "threshold"}
    assert ModelCard.from_json(old).threshold == 0.5
    assert ModelCard.from_json(CARD.to_json()).threshold == 0.4713
    regression = old | {"task": "regression", "outputs": [{"name": "prediction"}]}
    assert ModelCard.from_json(regression).threshold is None
    assert "threshold" not in ModelCard.from_json(regression).to_json()
    with pytest.raises(ValueError, match="gives threshold, and a regression model has no positive class"):
        ModelCard.from_json(regression | {"threshold": 0.5})
    with pytest.raises(ValueError, match=r"gives threshold as 1\.5, which is not a probability"):
        ModelCard.from_json(old | {"threshold": 1.5})


def test_what_stands_beside_examples_comes_back(tmp_path: Path) -> None:
    examples.write_dtypes(str(tmp_path), {"é": "int64"})
    examples.write_lookalikes(str(tmp_path), {"a": "NA"})
    assert examples.read_dtypes(str(tmp_path)) == {"é": "int64"}
    assert examples.read_lookalikes(str(tmp_path)) == {"a": "NA"}


def test_report_and_sections_come_back(tmp_path: Path) -> None:
    report.write(str(tmp_path), {"name": "é"}, "<p>é", [{"id": "size"}])
    report_section.write(str(tmp_path), {"id": "why"})
    assert report.read_summary(str(tmp_path)) == {"name": "é"}
    assert Path(report.page_path(str(tmp_path))).read_text(encoding="utf-8") == "<p>é"
    assert report.read_sections(str(tmp_path)) == [{"id": "size"}]
    assert report_section.read(str(tmp_path)) == {"id": "why"}


@pytest.mark.parametrize("weights", [None, np.array([0.5, 2.0])])
def test_predictions_come_back_bit_by_bit_all_of_them_or_those_that_are_wanted(
    tmp_path: Path, weights: np.ndarray | None
) -> None:
    teacher = np.array([[0.1, 0.9], [1 / 3, 2 / 3]], "float32")
    by_rung = {"teacher": teacher, "int8_qat": teacher[::-1]}
    made = PredictedRows(np.array([1, 0], "float32"), weights, by_rung, {"int8_qat": teacher / 2})
    predictions.write(str(tmp_path), made)
    found = predictions.read(str(tmp_path))
    assert list(found.by_rung) == ["teacher", "int8_qat"]
    for name, array in found.by_rung.items():
        assert (array.dtype, array.tobytes()) == (np.float32, made.by_rung[name].tobytes())
    assert {name: array.tobytes() for name, array in found.reference.items()} == {"int8_qat": (teacher / 2).tobytes()}
    assert found.labels.tolist() == [1, 0]
    assert (found.weights is None) == (weights is None)
    assert weights is None or (found.weights == weights).all()  # type: ignore[union-attr]
    assert list(predictions.read(str(tmp_path), "int8_qat").by_rung) == ["int8_qat"]
    assert not predictions.read(str(tmp_path), "teacher").reference
    with pytest.raises(IncompleteArtifact, match="has no model float16, but teacher, int8_qat"):
        predictions.read(str(tmp_path), "float16")


def test_gains_are_read_as_they_were_written(tmp_path: Path) -> None:
    gain = gains.Gain("labels", "teacher", 0.25, None, None, 9, "delong", "too few rows")
    made = gains.Gains("auc", 70, {"labels": 0.5, "teacher": 0.75}, [gain])
    gains.write(str(tmp_path), made)
    assert gains.read(str(tmp_path)) == made


READERS: dict[str, Any] = {
    "predictions": predictions.read,
    "data findings": data_findings.read,
    "ladder": ladder.read,
    "gains": gains.read,
    "intervals": intervals.read,
    "model run": training_curves.read,
    "tuner results": training_curves.read_trials,
    "model": tflite.read_judged_card,
    "examples": examples.read_dtypes,
    "transform graph": profile.read,
    "report": report.read_summary,
    "report section": report_section.read,
}


@pytest.mark.parametrize("artifact", READERS)
def test_a_missing_file_is_an_error_that_names_artifact_and_file(tmp_path: Path, artifact: str) -> None:
    with pytest.raises(
        IncompleteArtifact, match=rf"^{artifact} in {tmp_path}.*: has no file [\w/-]+\.(json|npz)\. Run the"
    ):
        READERS[artifact](str(tmp_path))


def test_a_remote_artifact_that_lacks_a_file_is_told_the_same() -> None:
    with pytest.raises(IncompleteArtifact, match=r"ladder in ram://nowhere: has no file ladder\.json"):
        ladder.read("ram://nowhere")


@pytest.mark.parametrize("damage", ["cut", "changed", "with objects", "another file"])
def test_damaged_predictions_are_told_so_and_no_object_is_unpickled(tmp_path: Path, damage: str) -> None:
    predictions.write(str(tmp_path), PredictedRows(np.ones(500, "float32"), None, {"teacher": np.ones((500, 2), "f4")}))
    path = tmp_path / "predictions.npz"
    content = path.read_bytes()
    if damage == "with objects":
        np.savez(path, labels=np.array([{}], object))
    else:
        middle = 80  # within the compressed labels
        changed = content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]
        path.write_bytes({"cut": content[:-40], "changed": changed, "another file": b"x" * 99}[damage])
    with pytest.raises(IncompleteArtifact, match=r"holds predictions\.npz, which is damaged"):
        predictions.read(str(tmp_path))


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000])
def test_a_file_that_is_not_json_is_told_so(tmp_path: Path, content: bytes) -> None:
    files.write_bytes(str(tmp_path), "ladder.json", content)
    with pytest.raises(IncompleteArtifact, match=r"holds ladder\.json, which is not JSON"):
        ladder.read(str(tmp_path))


def test_a_profile_is_written_where_a_transform_graph_keeps_its_assets(tmp_path: Path) -> None:
    made = Profile(reduction=ReductionResult("pca", (1.5, 0.5), (1.2, 0.7)))
    profile.write(str(tmp_path / "transform_fn" / "assets"), made.to_json())
    assert profile.read(str(tmp_path)) == made
    assert profile.read_saved_model(str(tmp_path / "transform_fn")) == made


def test_the_shapes_that_a_search_tried_come_back(tmp_path: Path) -> None:
    shapes = [
        TriedShape([40, 32], "relu", 0.1, "", 28_160, 9, 0.875),
        TriedShape([8], "tanh", 0.0, "one_hot", 9, 3, None),
    ]
    student_search.write(str(tmp_path), shapes)
    assert student_search.read(str(tmp_path)) == shapes


def test_contracts_need_neither_tfx_nor_tensorflow() -> None:
    names = sorted(path.stem for path in (Path(files.__file__).parent).glob("*.py") if path.stem != "__init__")
    code = "import sys\n" + "".join(f"import modules.contracts.{name}\n" for name in names)
    code += "print([name for name in ('tensorflow', 'tfx') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_no_other_product_file_knows_the_name_of_an_artifacts_file() -> None:
    root = Path(files.__file__).parents[2]
    names: tuple[str, ...] = (
        "findings.json",
        "ladder.json",
        "intervals.json",
        "curves.json",
        "history.json",
        "histories.json",
        "student_search.json",
        "architecture.json",
    )
    names += ("dtypes.json", "lookalikes.json", "profile.json", "model.json", "model.tflite", "tuner_results.json")
    names += ("search.json",)
    names += (
        "predictions.npz",
        "schema.pbtxt",
        "section.json",
        "sections.json",
        "Format-Serving",
        "FeatureStats.pb",
        "SchemaDiff.pb",
        "index.html",
    )
    for name in names:
        knowing = [
            str(path.relative_to(root))
            for folder in ("components", "modules", "pipeline", "benchmarks")
            for path in (root / folder).rglob("*.py")
            if f'"{name}"' in path.read_text(encoding="utf-8") or f'/{name}"' in path.read_text(encoding="utf-8")
        ]
        assert len(knowing) == 1, (name, knowing)
        assert knowing[0].startswith("modules/contracts/")
