"""The wiring: who reads what, and what each step's key in the cache depends on."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.data_gate.component import DataGate
from components.data_gate.executor import _ignored
from modules.base.settings import PipelineSettings
from pipeline.config import load
from pipeline.wiring import digests, engines
from pipeline.wiring.pipeline import create_pipeline

pytestmark = pytest.mark.unit

CENSUS = Path(__file__).parents[4] / "data" / "census_income" / "pipeline.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wiring")


def steps(settings: PipelineSettings, folder: Path) -> Mapping[str, Any]:
    made = create_pipeline(
        settings, str(folder), str(folder / "metadata.sqlite"), str(folder / "pushed"), engines.local()
    )
    return {component.id: component for component in made.components}


@pytest.fixture(scope="module")
def census(folder: Path) -> Mapping[str, Any]:
    return steps(load(str(CENSUS)), folder)


def parameters(step: Any) -> dict[str, Any]:
    return {name: value for name, value in step.exec_properties.items() if value is not None}


def producers(step: Any) -> dict[str, str]:
    """Returns which step each input comes from."""
    return {
        name: channel.producer_component_id
        for name, channel in step.inputs.items()
        if getattr(channel, "producer_component_id", None)
    }


def test_the_pipeline_has_the_steps_of_the_road(census: Mapping[str, Any]) -> None:
    data = {"TableExampleGen", "StatisticsGen", "ImportSchemaGen", "SchemaCurator", "ExampleValidator"}
    gate = {"DataBaseline", "DataGate"}
    training = {"Transform", "Tuner", "Teacher", "Student", "Pruner", "Quantizer"}
    judging = {
        "Scorer",
        "Selector",
        "Baseline",
        "Evaluator",
        "Ladder",
        "Intervals",
        "Explainer",
        "Debugger",
        "Verdict",
        "Papers",
        "Pusher",
        "Reporter",
    }
    assert set(census) == data | gate | training | judging


def test_the_students_are_compared_where_the_config_asks(census: Mapping[str, Any], folder: Path) -> None:
    compared = steps(load(str(CENSUS), ["distillation.compare=true"]), folder)
    assert set(compared) - set(census) == {"Comparer"}
    assert producers(compared["Comparer"]) == {
        "student": "Student",
        "student_run": "Student",
        "teacher": "Teacher",
        "examples": "Transform",
        "raw_examples": "TableExampleGen",
        "transform_graph": "Transform",
    }
    assert producers(compared["Reporter"])["gains"] == "Comparer"


def test_the_steps_that_ask_the_model_are_left_out_where_the_config_says_so(
    census: Mapping[str, Any], folder: Path
) -> None:
    assert producers(census["Explainer"]) == {
        "model": "Selector",
        "student": "Student",
        "examples": "TableExampleGen",
        "transform_graph": "Transform",
        "predictions": "Scorer",
        "validation_predictions": "Scorer",
    }
    silent = steps(load(str(CENSUS), ["explainer.enabled=false", "debugger.enabled=false"]), folder)
    assert set(census) - set(silent) == {*ASKING}
    assert not {"explanation", "debugging"} & set(silent["Reporter"].inputs)


def test_the_verdict_waits_for_the_debugger_only_where_a_promise_uses_its_numbers(
    census: Mapping[str, Any], folder: Path
) -> None:
    assert "debugging" not in census["Verdict"].inputs
    promised = steps(load(str(CENSUS), ["promises.beats=[{benchmark: linear}]"]), folder)
    assert producers(promised["Verdict"])["debugging"] == "Debugger"
    # What a form loses to others does not depend on the form.
    assert promised["Selector"].exec_properties["config"] == census["Selector"].exec_properties["config"]


def test_the_report_reads_of_each_stage_what_the_page_shows(census: Mapping[str, Any]) -> None:
    learnt = {"transform_graph", "tuner_results", "teacher_run", "student_run"}
    compressed = {"pruned_model", "pruner_run", "quantized_model", "selection", "quantizer_run"}
    judged = {"evaluation", "blessing", "verdict", "ladder", "intervals", "explanation", "debugging", "pushed_model"}
    of_the_data = {"examples", "statistics", "schema", "anomalies", "findings"}
    assert set(census["Reporter"].inputs) == of_the_data | learnt | compressed | judged


def test_nothing_is_learnt_from_data_that_did_not_pass_the_gate(census: Mapping[str, Any]) -> None:
    assert producers(census["DataGate"]) == {
        "examples": "TableExampleGen",
        "anomalies": "ExampleValidator",
        "statistics": "StatisticsGen",
        "baseline_statistics": "DataBaseline",
    }
    assert "DataGate" in {step.id for step in census["Transform"].upstream_nodes}
    learning = ("Tuner", "Teacher", "Student", "Pruner", "Quantizer")
    assert all("Transform" in producers(census[name]).values() for name in learning)


def test_the_reports_alone_depend_on_what_the_gate_found_so_that_no_warning_trains_anew(
    census: Mapping[str, Any],
) -> None:
    assert [name for name, step in census.items() if "DataGate" in producers(step).values()] == ["Papers", "Reporter"]


def test_the_gate_compares_neither_excluded_columns_nor_what_the_rows_are_split_by(folder: Path) -> None:
    found = steps(load(str(CENSUS), ["data.time_column=age"]), folder)["DataGate"]
    config = json.loads(parameters(found)["config"])
    assert _ignored(config) == {"age", "fnlwgt"}


def test_the_gate_works_without_statistics_to_compare_with(census: Mapping[str, Any]) -> None:
    gate = DataGate(
        examples=census["TableExampleGen"].outputs["examples"],
        anomalies=census["ExampleValidator"].outputs["anomalies"],
        statistics=census["StatisticsGen"].outputs["statistics"],
        config="{}",
        code="",
    )
    assert set(gate.inputs) == {"examples", "anomalies", "statistics"}


def test_a_data_set_without_a_schema_gets_an_inferred_one(folder: Path) -> None:
    settings = load(str(CENSUS), ["data.schema_file=null"])
    found = steps(settings, folder)
    assert "ImportSchemaGen" not in found
    assert producers(found["SchemaCurator"]) == {"schema": "SchemaGen", "examples": "TableExampleGen"}
    assert json.loads(parameters(found["SchemaGen"])["exclude_splits"]) == ["validation", "test"]


def test_nothing_is_learnt_from_the_test_split_which_is_counted_and_checked(census: Mapping[str, Any]) -> None:
    for name in ("StatisticsGen", "ExampleValidator"):
        assert json.loads(parameters(census[name]).get("exclude_splits", "[]")) == []
    splits = json.loads(parameters(census["Transform"])["splits_config"])
    assert splits == {"analyze": ["train"], "transform": ["train", "validation"]}
    readers = {name for name, step in census.items() if producers(step).get("examples") == "TableExampleGen"}
    # SchemaCurator reads the dtypes beside the examples, the Reporters their number, and no row.
    checking = {"StatisticsGen", "SchemaCurator", "DataGate", "Transform"}
    assert readers == checking | {
        "Evaluator",
        "Scorer",
        "Selector",
        "Intervals",
        "Explainer",
        "Debugger",
        "Verdict",
        "Papers",
        "Pusher",
        "Reporter",
    }


def test_training_reads_the_train_split_and_watches_the_validation_split(census: Mapping[str, Any]) -> None:
    for name in ("Tuner", "Teacher", "Student"):
        found = parameters(census[name])
        assert json.loads(found["train_args"])["splits"] == ["train"]
        assert json.loads(found["eval_args"])["splits"] == ["validation"]
        assert producers(census[name])["examples"] == "Transform"


def test_the_student_learns_from_the_teacher_and_the_teacher_from_the_tuner(census: Mapping[str, Any]) -> None:
    assert producers(census["Teacher"])["hyperparameters"] == "Tuner"
    assert producers(census["Student"])["base_model"] == "Teacher"
    assert producers(census["Pruner"])["model"] == "Student"
    assert producers(census["Quantizer"])["model"] == "Pruner"
    assert producers(census["Pruner"])["teacher"] == producers(census["Quantizer"])["teacher"] == "Teacher"


def test_what_ships_is_what_was_judged(census: Mapping[str, Any]) -> None:
    judged, pushed = census["Evaluator"].inputs["model"], census["Pusher"].inputs["model"]
    assert (judged.producer_component_id, judged.output_key) == ("Selector", "model")
    assert (pushed.producer_component_id, pushed.output_key) == ("Selector", "model")
    assert producers(census["Pusher"])["model_blessing"] == producers(census["Reporter"])["blessing"] == "Verdict"
    assert [name for name, step in census.items() if "blessing" in step.outputs] == ["Verdict"]
    assert producers(census["Verdict"]) == {
        "evaluation": "Evaluator",
        "model": "Selector",
        "predictions": "Scorer",
        "ladder": "Ladder",
        "baseline_model": "Baseline",
        "examples": "TableExampleGen",
        "transform_graph": "Transform",
    }
    measured = census["Intervals"].inputs["model"]
    assert (measured.producer_component_id, measured.output_key) == ("Selector", "model")


def test_every_model_scores_the_test_rows_once(census: Mapping[str, Any]) -> None:
    assert producers(census["Scorer"]) == {
        "teacher": "Teacher",
        "student": "Student",
        "forms": "Quantizer",
        "examples": "TableExampleGen",
        "transform_graph": "Transform",
    }
    assert producers(census["Ladder"])["predictions"] == producers(census["Intervals"])["predictions"] == "Scorer"


def keys(census: Mapping[str, Any]) -> dict[str, str]:
    """Returns, by step, all parameters: with the inputs, the key in the cache."""
    return {name: json.dumps(parameters(step), sort_keys=True, default=str) for name, step in census.items()}


# What changes by itself when a value changes; the steps after it rerun because their inputs change. The page shows the
# whole config, and changes with each.
TRAINING = ["Tuner", "Teacher", "Student", "Pruner", "Quantizer"]
ASKING = ["Explainer", "Debugger"]
JUDGING = ["Scorer", "Selector", "Ladder", "Intervals", *ASKING, "Verdict", "Pusher"]


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        (
            "seed=18",
            ["Transform", *TRAINING, *JUDGING],
        ),
        ("data.validation_fraction=0.3", ["TableExampleGen"]),
        ("data_gate.drift=stop", ["DataGate"]),
        ("data_gate.max_l_infinity=0.2", ["DataGate"]),
        (
            "features.min_count=7",
            ["Transform", *TRAINING, *JUDGING],
        ),
        ("label.objective=log_loss", [*TRAINING, "Pusher"]),
        ("label.class_weights=balanced", [*TRAINING, "Pusher"]),
        (
            "label.weight_column=fnlwgt",
            [
                "TableExampleGen",
                "DataGate",
                "Transform",
                *TRAINING,
                "Evaluator",
                *JUDGING,
            ],
        ),
        ("reduction={components: 2}", ["Transform"]),
        ("reduction.method=ica", ["Transform"]),
        ("tuner.factor=4", ["Tuner"]),
        ("trainer.epochs=3", ["Teacher"]),
        ("distillation.temperature=3.0", ["Student", "Pruner", "Quantizer"]),
        ("distillation.compare=true", []),
        ("pruner.sparsity=0.6", ["Pruner"]),
        ("quantizer.form=float16", ["Selector"]),
        ("quantizer.epochs=9", ["Quantizer"]),
        ("evaluation.threshold=0.4", ["Selector"]),
        ("evaluation.gates.auc.minimum=0.5", ["Selector", "Evaluator"]),
        ("evaluation.slices=[[sex]]", ["Evaluator", "Intervals", "Debugger"]),
        ("evaluation.fairness_thresholds=[0.5]", ["Evaluator", "Intervals"]),
        ("evaluation.min_slice_examples=10", ["Selector"]),
        ("promises.undecided=stop", ["Selector", "Verdict"]),
        ("explainer.budget=full", ["Explainer"]),
        ("debugger.rows=50", ["Debugger"]),
    ],
)
def test_a_changed_value_changes_the_keys_of_the_steps_that_it_concerns(
    census: Mapping[str, Any], folder: Path, override: str, expected: list[str]
) -> None:
    before = keys(census)
    after = keys(steps(load(str(CENSUS), [override]), folder))
    assert {name for name in before if before[name] != after[name]} == {*expected, "Papers", "Reporter"}


def test_an_edited_schema_changes_the_keys_of_the_steps_that_read_it(
    census: Mapping[str, Any], folder: Path, tmp_path: Path
) -> None:
    edited = tmp_path / "schema.pbtxt"
    edited.write_text((CENSUS.parent / "schema.pbtxt").read_text().replace("max: 120", "max: 121"))
    before = keys(census)
    after = keys(steps(load(str(CENSUS), [f"data.schema_file={edited}"]), folder))
    assert {name for name in before if before[name] != after[name]} == {"TableExampleGen", "ImportSchemaGen"}


def test_on_another_version_of_a_library_every_step_is_another_one(
    census: Mapping[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = keys(census)
    monkeypatch.setattr(digests, "_version", lambda package: "another")
    after = keys(steps(load(str(CENSUS)), folder))
    changed = {name for name in before if before[name] != after[name]}
    # TFX's own steps read what one of ours made anew. A schema that is imported is copied, and a baseline is looked up.
    while True:
        readers = {name for name, step in census.items() if changed & set(producers(step).values())}
        if readers <= changed:
            break
        changed |= readers
    assert set(census) - changed <= {"ImportSchemaGen", "Baseline", "DataBaseline"}


def test_the_pushers_destination_is_a_key_of_the_pusher_alone(folder: Path) -> None:
    settings = load(str(CENSUS))
    made = [
        create_pipeline(settings, str(folder), str(folder / "m.sqlite"), destination, engines.local()).components
        for destination in ("/a", "/b")
    ]
    changed = [
        first.id
        for first, second in zip(*made, strict=True)
        if json.dumps(parameters(first), sort_keys=True, default=str)
        != json.dumps(parameters(second), sort_keys=True, default=str)
    ]
    assert changed == ["Pusher"]


@pytest.mark.parametrize(("teacher", "searched"), [("network", True), ("boosted_trees", False), ("ensemble", True)])
def test_there_is_a_search_where_the_teacher_is_a_network_or_has_some(
    teacher: str, searched: bool, folder: Path
) -> None:
    made = steps(load(str(CENSUS), [f"trainer.teacher={teacher}"]), folder)
    assert ("Tuner" in made) == searched
    assert ("hyperparameters" in made["Teacher"].inputs) == searched
    assert ("tuner_results" in made["Reporter"].inputs) == searched


def test_an_ensemble_of_trees_alone_needs_no_search(folder: Path) -> None:
    overrides = ["trainer.teacher=ensemble", "trainer.members={boosted_trees: 2, network: 0}"]
    assert "Tuner" not in steps(load(str(CENSUS), overrides), folder)


def test_another_teacher_reruns_the_teacher_and_no_step_before_it(census: Mapping[str, Any], folder: Path) -> None:
    other = steps(load(str(CENSUS), ["trainer.teacher=boosted_trees"]), folder)
    assert parameters(other["Teacher"]) != parameters(census["Teacher"])
    for name in ("Transform", "Student", "Pruner"):
        assert parameters(other[name]) == parameters(census[name])
