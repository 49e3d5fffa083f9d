"""What summary.json says of a run, from what the steps recorded; the steps are stand-ins."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.reporter import build, page, readings
from components.reporter import collect as reporter
from components.reporter.facts import search as facts_of_search
from components.reporter.sections import search, verdict
from components.reporter.sources import Sources
from modules.base.records import ArtifactRecord
from modules.base.settings import PipelineSettings
from modules.contracts import (
    architecture,
    compared_search,
    data_findings,
    intervals,
    ladder,
    profile,
    pruned,
    pushed_folder,
    report_section,
    student_search,
    teacher_search,
    tflite,
    training_curves,
)
from modules.contracts import verdict as verdict_contract
from modules.contracts.architecture import Architecture, BuiltArchitecture
from modules.contracts.compared_search import ComparedSearch
from modules.contracts.data_findings import DataFinding
from modules.contracts.files import IncompleteArtifact
from modules.contracts.intervals import IntervalsOfSlices, Reference, SliceIntervals
from modules.contracts.ladder import Rung
from modules.contracts.pruned import PrunedNetwork
from modules.contracts.student_search import TriedShape
from modules.contracts.teacher_search import TeacherSearch, TrialRecord
from modules.contracts.training_curves import LearningCurve
from modules.features.profile import Profile, ReductionResult
from modules.judging import tfma_results
from modules.tasks import TASKS
from pipeline.running import summary
from tests.unit.components.reporter import made_up

pytestmark = pytest.mark.unit

BINARY = {"column": "sold", "positive_class": "yes"}
MULTICLASS = {"column": "kind", "task": "multiclass"}
REGRESSION = {"column": "price", "task": "regression", "objective": "mae"}
OUTPUTS: dict[str, dict[str, Any]] = {
    "binary": {"classes": ["no", "yes"]},
    "multiclass": {"classes": ["a", "b", "c"]},
    "regression": {},
}
RUNG = Rung("int8_qat", {"auc": 0.9, "auc_pr": 0.6, "accuracy": 0.8, "r2": 0.7}, [], 7, 5, 0.5, 1.0, 2.0)
WARNING = DataFinding("drift", "age", "test against train", "…", 0.2, 0.1, "warn")
AUC = {"value": 0.9, "low": 0.84, "high": 0.94, "rows": 500, "method": "bootstrap", "reason": None, "rarest": 100}
INTERVALS = IntervalsOfSlices(0.95, 1000, [SliceIntervals("overall", 500, {"auc": AUC}, {})])
REFERENCE = Reference("majority class", "no", {"auc": 0.5, "accuracy": 0.8})
CURVES = {"task": "binary", "rows": 500}
LEARNT = {
    step: LearningCurve(step, "val_auc", "max", [1, 2], {"loss": [0.5, 0.25], "val_auc": [0.75, 0.875]}, 2)
    for step in ("teacher", "student", "pruner", "quantizer", "0000", "0001")
}
PRUNED = PrunedNetwork(0.5, 0.5, 1_000, (40, 36), (24, 23), 900, 1_500)
NETWORK = BuiltArchitecture(Architecture.stack([16, 8], "relu", 0.1), 90, 1)
TRIED = TriedShape([16, 8], "relu", 0.1, "", 20_000, 9, 0.875)
# As TFX writes them.
TRIALS = [{"trial_id": "0000", "score": 0.8}, {"trial_id": "0001", "score": 0.9}]


def left_by_the_steps(folder: Path, task: str) -> dict[str, ArtifactRecord]:
    """Writes what the steps of a run that was blessed and pushed leave."""
    intervals.write(str(folder / "intervals"), INTERVALS, REFERENCE, CURVES)
    ladder.write(str(folder / "ladder"), [RUNG])
    pruned.write(str(folder / "pruned_model"), [PRUNED])
    data_findings.write(str(folder / "findings"), [WARNING])
    card = tflite.ModelCard("int8_qat", [], [{"name": TASKS[task].tensor, **OUTPUTS[task]}], task, "y")
    tflite.write_judged(str(folder / "quantized_model"), tflite.TfliteModel(b"model", card))
    card = dataclasses.replace(card, pushed={"size": {"bytes": 7, "gzip_bytes": 5}})
    pushed_folder.write(str(folder / "pushed_model"), tflite.TfliteModel(b"model", card))
    training_curves.write_trials(str(folder / "tuner_results"), [LEARNT["0000"], LEARNT["0001"]])
    took = {"0000": TrialRecord(2, 0.5), "0001": TrialRecord(2, 1.5)}
    teacher_search.write(str(folder / "tuner_results"), TeacherSearch("hyperband", "complete", None, took))
    (folder / "tuner_results" / "tuner_results.json").write_text(json.dumps(TRIALS))
    for step in ("teacher", "student", "pruner", "quantizer"):
        training_curves.write(str(folder / f"{step}_run"), LEARNT[step])
    student_search.write(str(folder / "student_run"), [TRIED])
    architecture.write(str(folder / "student_run"), NETWORK)
    architecture.write(str(folder / "teacher_run"), None)
    learnt = Profile(reduction=ReductionResult("ica", (2.5, 1.0, 0.5), (1.0, 1.0), converged=False))
    profile.write(str(folder / "transform_graph" / "transform_fn" / "assets"), learnt.to_json())
    properties: dict[str, dict[str, Any]] = {
        "findings": {"warnings": 1},
        "transform_graph": {},
        "tuner_results": {},
        "pruned_model": {"sparsity": 0.5},
        "quantized_model": {"form": "int8_qat"},
        "evaluation": {},
        "blessing": {"blessed": 1},
        "ladder": {},
        "intervals": {},
        **{f"{step}_run": {} for step in ("teacher", "student", "pruner", "quantizer")},
        "pushed_model": {"pushed_destination": "/models/7", "pushed_version": "7"},
    }
    return {key: ArtifactRecord(1, str(folder / key), facts) for key, facts in properties.items()}


@pytest.fixture
def collect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Returns a function that collects the summary of a run from its label, its gates and what was measured."""

    def run(
        label: dict,
        gates: dict,
        before: dict | None = None,
        sections: tuple[ArtifactRecord, ...] = (),
        **overall: float,
    ) -> dict[str, Any]:
        task = label.get("task", "binary")

        def by_slice(uri: str, classes: Any) -> dict[str, dict[str, float]]:
            assert list(classes) == OUTPUTS[task].get("classes", [])
            return {"overall": {"example_count": 500.0} | overall}

        monkeypatch.setattr(tfma_results, "metrics_by_slice", by_slice)
        monkeypatch.setattr(tfma_results, "baseline_metrics", lambda uri: before or {})
        settings = {"name": "houses", "data": {"train": "a.csv"}, "label": label, "evaluation": {"gates": gates}}
        records = {} if not overall else left_by_the_steps(tmp_path, task)
        return reporter.collect(Sources(records, sections, PipelineSettings.model_validate(settings)))

    return run


def gates_of(made: dict[str, Any]) -> dict[str, tuple]:
    """Returns value, rule, limit and verdict of the gates of metrics."""
    keys = ("value", "rule", "limit", "passed")
    return {gate["name"]: tuple(gate[key] for key in keys) for gate in made["gates"][2:]}


def test_a_summary_collects_what_the_steps_recorded(collect: Any) -> None:
    metrics = {"auc": 0.9, "accuracy": 0.8, "precision": 0.7, "recall": 0.6}
    made = collect(BINARY, {"auc": {"minimum": 0.85}, "recall": {"minimum": 0.65}}, **metrics)
    assert made["blessed"] is True
    assert made["pushed"]["path"] == "/models/7"
    assert {"auc": 0.9, "accuracy": 0.8, "precision": 0.7, "recall": 0.6}.items() <= made["pushed"]["metrics"].items()
    assert {gate["name"]: gate["passed"] for gate in made["gates"]} == {
        "data gate: stops": True,
        "sparsity": True,
        "auc": True,
        "recall": False,
    }
    assert [trial["score"] for trial in made["tuner"]] == [0.9, 0.8]
    assert made["data_gate"] == [WARNING.to_json()]
    assert made["pruning"] == [dataclasses.asdict(PRUNED)]
    assert (made["intervals"], made["curves"]) == (INTERVALS.to_json(), CURVES)
    assert made["reduction"] == {
        "method": "ica",
        "components": 2,
        "explained_variance": [0.625, 0.25, 0.125],
        "cumulative": [0.625, 0.875, 1.0],
        "converged": False,
    }


def test_random_search_beside_the_search_reaches_the_summary_where_the_config_asks_for_it(tmp_path: Path) -> None:
    records = left_by_the_steps(tmp_path, "binary")
    trials = [
        {"trial_id": number, "score": score, "trial/epochs": 3, "trial/seconds": 1.5}
        for number, score in (("0000", 0.5), ("0001", 0.75))
    ]
    compared_search.write(str(tmp_path / "tuner_results"), ComparedSearch(trials, []))
    gates = {"gates": {"auc": {"minimum": 0.5}}}
    settings = {"name": "houses", "data": {"train": "a.csv"}, "label": BINARY, "evaluation": gates}

    def found(**tuner: Any) -> dict[str, Any]:
        given = PipelineSettings.model_validate(settings | {"tuner": tuner})
        return facts_of_search.facts(Sources(records, (), given))

    assert "tuner_random" not in found()
    assert "tuner_random" not in found(compare=True, strategy="random")
    made = found(compare=True)
    assert [trial["score"] for trial in made["tuner_random"]] == [0.75, 0.5]
    random = made["tuner_progress"]["random"]
    assert (random["epochs"], random["best"]) == ([3, 6], [0.5, 0.75])
    assert random["band"]["epochs"][-1] == 6


def test_the_shapes_of_the_student_that_were_tried_reach_the_summary_and_the_page(collect: Any) -> None:
    made = collect(BINARY, {"auc": {"minimum": 0.85}}, auc=0.9)
    assert made["student_search"] == [dataclasses.asdict(TRIED)]
    assert made["networks"] == {"student": NETWORK.to_json()}
    section: Any = search.section(made)
    assert any("The student's shape: 1 tried" in getattr(block, "caption", "") for block in section.blocks)


def test_every_decision_reaches_the_summary_in_order_and_a_run_without_a_verdict_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tfma_results, "metrics_by_slice", lambda *_: {"overall": {"auc": 0.9}})
    monkeypatch.setattr(tfma_results, "baseline_metrics", lambda uri: {})
    decisions = [made_up.kept(), made_up.parity()]
    verdict_contract.write(str(tmp_path / "verdict"), verdict_contract.Verdict(False, True, decisions))
    records = left_by_the_steps(tmp_path, "binary")
    gates = {"gates": {"auc": {"minimum": 0.5}}}
    settings = {"name": "houses", "data": {"train": "a.csv"}, "label": BINARY, "evaluation": gates}
    of_run = PipelineSettings.model_validate(settings)
    assert reporter.collect(Sources(records, (), of_run))["promises"] == []
    records["verdict"] = ArtifactRecord(2, str(tmp_path / "verdict"), {})
    made = reporter.collect(Sources(records, (), of_run))["promises"]
    assert made == json.loads(json.dumps([decision.to_json() for decision in decisions]))


def test_the_learning_curves_of_every_training_and_of_every_trial_reach_the_summary_and_the_page(collect: Any) -> None:
    made = collect(BINARY, {"auc": {"minimum": 0.85}}, auc=0.9)
    steps = ("teacher", "student", "pruner", "quantizer")
    assert made["learning_curves"] == {step: LEARNT[step].to_json() for step in steps}
    assert made["tuner_curves"] == [LEARNT["0000"].to_json(), LEARNT["0001"].to_json()]
    section = search.section(made)
    assert section is not None
    (drawn,) = [block for block in section.blocks if "all trials" in getattr(block, "caption", "")]
    assert "of 2 trials over up to 2 epochs; values from 0.7500 to 0.8750" in drawn.description  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("artifact", "name"),
    [
        ("tuner_results", "trials/histories.json"),
        ("tuner_results", "tuner_results.json"),
        ("tuner_results", "trials/search.json"),
        ("pruner_run", "history.json"),
        ("student_run", "student_search.json"),
        ("student_run", "architecture.json"),
        ("ladder", "ladder.json"),
        ("intervals", "curves.json"),
        ("intervals", "reference.json"),
        ("findings", "findings.json"),
        ("quantized_model", "Format-Serving/tflite"),
        ("quantized_model", "Format-Serving/model.json"),
        ("transform_graph", "transform_fn/assets/profile.json"),
    ],
)
def test_a_file_that_an_artifact_lacks_is_an_error_that_names_both(
    collect: Any, tmp_path: Path, artifact: str, name: str
) -> None:
    collect(BINARY, {"auc": {"minimum": 0.85}}, auc=0.9)
    records = left_by_the_steps(tmp_path, "binary")
    (tmp_path / artifact / name).unlink()
    settings = {
        "name": "houses",
        "data": {"train": "a.csv"},
        "label": BINARY,
        "evaluation": {"gates": {"auc": {"minimum": 0.5}}},
    }
    with pytest.raises(IncompleteArtifact) as caught:
        reporter.collect(Sources(records, (), PipelineSettings.model_validate(settings)))
    assert str(tmp_path / artifact) in str(caught.value)
    assert f"has no file {name.removeprefix('transform_fn/').removeprefix('Format-Serving/')}" in str(caught.value)


def test_a_model_that_was_not_blessed_was_not_pushed_whatever_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tfma_results, "metrics_by_slice", lambda *_: {"overall": {"auc": 0.9}})
    monkeypatch.setattr(tfma_results, "baseline_metrics", lambda uri: {})
    records = left_by_the_steps(tmp_path, "binary") | {"blessing": ArtifactRecord(1, str(tmp_path), {"blessed": 0})}
    gates = {"gates": {"auc": {"minimum": 0.95}}}
    settings = {"name": "houses", "data": {"train": "a.csv"}, "label": BINARY, "evaluation": gates}
    made = reporter.collect(Sources(records, (), PipelineSettings.model_validate(settings)))
    assert (made["blessed"], made["pushed"]) == (False, None)


def test_a_model_that_calls_no_row_positive_has_no_precision_and_a_summary_nevertheless(collect: Any) -> None:
    metrics = {"auc": 0.9, "accuracy": 0.95, "recall": 0.0}  # TFMA's precision is NaN then, which is left out
    made = collect(BINARY, {"auc": {"minimum": 0.85}}, **metrics)
    assert made["pushed"]["metrics"]["auc"] == 0.9
    json.dumps(made, allow_nan=False)


def test_a_gate_whose_interval_holds_its_limit_passes_and_is_unsure(collect: Any) -> None:
    made = collect(BINARY, {"auc": {"minimum": 0.85}}, auc=0.9)
    gate = made["gates"][-1]
    assert (gate["passed"], gate["sure"], gate["low"], gate["high"], gate["rows"]) == (True, False, 0.84, 0.94, 500)
    assert gate["rows_to_settle"] == 730  # 500 · (0.06 / 0.05)² = 720, and one more
    assert (gate["reference"], gate["margin"]) == (0.5, pytest.approx(0.05))
    assert (made["blessed"], [gate["sure"] for gate in made["gates"]]) == (True, [True, True, False])
    assert (
        "Unsure: auc (overall) is 0.9000 on 500 test rows: at least 0.8500 is needed, and the interval from 0.8400 to "
        "0.9400 leaves both open; about 730 rows would settle it."
    ) in summary.render(made)
    assert "unsure: about 730 rows would settle it" in verdict.section(made).model_dump_json()
    assert collect(BINARY, {"auc": {"minimum": 0.8}}, auc=0.9)["gates"][-1]["sure"] is True


def test_a_summary_holds_the_model_against_no_model_at_all_and_the_one_blessed_last(collect: Any) -> None:
    made = collect(BINARY, {"auc": {"minimum": 0.85}}, {"auc": 0.875}, auc=0.9)
    assert made["references"] == [
        {"name": "majority class", "answer": "no", "metrics": {"auc": 0.5, "accuracy": 0.8}},
        {"name": "last blessed model", "answer": None, "metrics": {"auc": 0.875}},
    ]
    assert collect(BINARY, {"auc": {"minimum": 0.85}})["references"] == []


def test_an_area_of_a_slice_of_one_class_is_null_in_the_summary_and_a_dash_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = {"overall": {"auc": 0.9, "example_count": 500.0}, "sex=f": {"auc": None, "example_count": 200.0}}
    monkeypatch.setattr(tfma_results, "metrics_by_slice", lambda *_: metrics)
    monkeypatch.setattr(tfma_results, "baseline_metrics", lambda uri: {})
    evaluation = {"gates": {"auc": {"minimum": 0.5}}, "slices": [["sex"]]}
    settings = {"name": "houses", "data": {"train": "a.csv"}, "label": BINARY, "evaluation": evaluation}
    made = reporter.collect(
        Sources(left_by_the_steps(tmp_path, "binary"), (), PipelineSettings.model_validate(settings))
    )
    assert made["slices"][1]["metrics"]["auc"] is None
    assert readings.read(readings.by_slice(made), made["slices"][1], "auc") is None
    json.dumps(made, allow_nan=False)


def test_an_undefined_metric_passes_no_gate(collect: Any) -> None:
    metrics = {"auc": 0.9, "accuracy": 0.95, "recall": 0.0}
    made = collect(BINARY, {"auc": {"minimum": 0.85}, "precision": {"minimum": 0.5}}, **metrics)
    (gate,) = [gate for gate in made["gates"] if gate["name"] == "precision"]
    assert gate["passed"] is False
    assert "precision (overall) is undefined" in summary.refusal(made)


def test_a_summary_names_the_task_and_the_classes(collect: Any) -> None:
    made = collect(MULTICLASS, {"accuracy": {"minimum": 0.5}}, accuracy=0.75, auc=0.5)
    assert (made["task"], made["classes"]) == ("multiclass", ["a", "b", "c"])


def test_a_regression_has_no_classes(collect: Any) -> None:
    made = collect(REGRESSION, {"r2": {"minimum": 0.5}}, r2=0.75)
    assert (made["task"], made["classes"]) == ("regression", [])


def test_the_metrics_of_what_was_pushed_have_the_names_of_the_config(collect: Any) -> None:
    made = collect(REGRESSION, {"r2": {"minimum": 0.5}}, r2=0.75, mae=2.0)
    assert made["pushed"]["metrics"] == {"example_count": 500.0, "r2": 0.75, "mae": 2.0}


@pytest.mark.parametrize(("value", "passed"), [(12.4, True), (12.5, True), (12.6, False)])
def test_an_error_passes_at_most_at_its_maximum(collect: Any, value: float, passed: bool) -> None:
    made = collect(REGRESSION, {"mae": {"maximum": 12.5}}, mae=value)
    assert gates_of(made) == {"mae": (value, "at most", 12.5, passed)}


@pytest.mark.parametrize(("value", "passed"), [(0.75, True), (0.7, False)])
def test_a_score_passes_at_least_at_its_minimum(collect: Any, value: float, passed: bool) -> None:
    gates = {"accuracy": {"minimum": 0.75}, "top_3_accuracy": {"minimum": 0.5}}
    metrics = {"accuracy": value, "top_3_accuracy": 0.9}
    assert gates_of(collect(MULTICLASS, gates, **metrics)) == {
        "accuracy": (value, "at least", 0.75, passed),
        "top_3_accuracy": (0.9, "at least", 0.5, True),
    }


@pytest.mark.parametrize(("now", "change", "passed"), [(9.0, -1.0, True), (10.5, 0.5, True), (10.75, 0.75, False)])
def test_an_error_may_rise_above_the_baselines_by_its_rise(
    collect: Any, now: float, change: float, passed: bool
) -> None:
    gates = {"rmse": {"maximum": 20.0, "max_rise": 0.5}}
    made = collect(REGRESSION, gates, {"rmse": 10.0}, rmse=now)
    assert gates_of(made) == {
        "rmse": (now, "at most", 20.0, True),
        "rmse against the baseline": (change, "at most", 0.5, passed),
    }


@pytest.mark.parametrize(
    ("now", "change", "passed"), [(0.875, 0.125, True), (0.5, -0.25, True), (0.375, -0.375, False)]
)
def test_a_score_may_fall_below_the_baselines_by_its_drop(
    collect: Any, now: float, change: float, passed: bool
) -> None:
    gates = {"r2": {"minimum": 0.25, "max_drop": 0.25}}
    made = collect(REGRESSION, gates, {"r2": 0.75}, r2=now)
    assert gates_of(made)["r2 against the baseline"] == (change, "at least", -0.25, passed)


def test_a_limit_of_zero_is_a_limit(collect: Any) -> None:
    gates = {"mae": {"maximum": 0.0, "max_rise": 0.0}}
    made = collect(REGRESSION, gates, {"mae": 1.0}, mae=1.0)
    assert gates_of(made) == {
        "mae": (1.0, "at most", 0.0, False),
        "mae against the baseline": (0.0, "at most", 0.0, True),
    }


def test_there_is_no_gate_against_a_baseline_that_there_is_none_of(collect: Any) -> None:
    made = collect(REGRESSION, {"mae": {"maximum": 2.0, "max_rise": 0.5}}, mae=1.0)
    assert list(gates_of(made)) == ["mae"]


def test_a_refusal_names_the_error_and_its_maximum(collect: Any) -> None:
    made = collect(REGRESSION, {"mae": {"maximum": 2.0}}, mae=3.25)
    assert summary.refusal(made) == "mae (overall) is 3.2500, at most 2.0000 is needed"


def test_the_trials_of_a_search_for_a_low_error_begin_with_the_lowest(collect: Any) -> None:
    made = collect(REGRESSION, {"mae": {"maximum": 2.0}}, mae=1.0)
    assert [trial["score"] for trial in made["tuner"]] == [0.8, 0.9]


@pytest.mark.parametrize(
    ("task", "rung", "titles", "cells"),
    [
        ("multiclass", {"accuracy": 0.9, "auc": 0.95, "log_loss": 0.25}, ["accuracy", "AUC", "log", "loss"], 3),
        ("regression", {"r2": 0.9, "rmse": 12.5, "mae": 3.0}, ["R²", "RMSE", "MAE"], 3),
    ],
)
def test_the_ladder_shows_the_metrics_of_the_task(task: str, rung: dict, titles: list[str], cells: int) -> None:
    sizes = {"bytes": 1000, "gzip_bytes": 900, "sparsity": 0.5, "latency_p50_us": 12.3, "latency_p99_us": 45.6}
    shown = summary.render(
        {
            "task": task,
            "ladder": [{"form": "student"} | rung | sizes],
            "shipped_form": "int8_qat",
            "gates": [],
            "data_gate": [],
            "slices": [],
        }
    ).splitlines()
    by_name = {line.split()[0]: line for line in shown if line.strip()}
    heading, row = by_name["form"], by_name["student"]
    assert heading.split()[1 : 1 + len(titles)] == titles
    assert [float(cell) for cell in row.split()[1 : 1 + cells]] == list(rung.values())


def test_a_run_that_was_stopped_has_a_summary_and_a_page_of_what_there_is(collect: Any) -> None:
    made = collect(BINARY, {"auc": {"minimum": 0.85}}) | {"stopped": {"step": "DataGate", "message": "age: too far"}}
    assert (made["blessed"], made["pushed"], made["gates"], made["slices"]) == (False, None, [], [])
    shown = page.render(made)
    assert "No: the run stopped at DataGate" in shown
    assert "age: too far" in shown


def test_a_section_that_a_component_left_stands_in_its_place_on_the_page(collect: Any, tmp_path: Path) -> None:
    section = {
        "id": "why",
        "title": "Why?",
        "lead": "Because.",
        "order": 15,
        "blocks": [{"kind": "text", "text": "So."}],
    }
    report_section.write(str(tmp_path / "why"), section)
    made = collect(BINARY, {"auc": {"minimum": 0.85}}, sections=(ArtifactRecord(9, str(tmp_path / "why"), {}),))
    assert [part.id for part in build.build(made)][:2] == ["verdict", "why"]
    assert '<h2 id="why-title">Why?</h2>' in page.render(made)
