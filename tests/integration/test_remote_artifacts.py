"""Executors on artifacts that lie on no disk: `ram://`, which TensorFlow has, and Python's own open and os have not."""

import json
import os
from typing import Any

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.kubeflow]

REMOTE = "ram://bucket"


def copied(uri: str) -> str:
    """Copies a folder to where no local path leads; returns its URI there."""
    import tensorflow as tf

    target = f"{REMOTE}/{uri.strip('/')}"
    for folder, _, names in tf.io.gfile.walk(uri):
        place = f"{REMOTE}/{folder.strip('/')}"
        tf.io.gfile.makedirs(place)
        for name in names:
            if not tf.io.gfile.exists(f"{place}/{name}"):  # writing a file of ram:// anew would append to it
                tf.io.gfile.copy(os.path.join(folder, name), f"{place}/{name}")
    return target


def remote(artifacts: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Returns inputs with their content moved to where no local path leads."""
    import copy

    moved = copy.deepcopy(artifacts)
    for found in moved.values():
        for artifact in found:
            artifact.uri = copied(artifact.uri)
    return moved


def outputs(step: str, **kinds: Any) -> dict[str, list[Any]]:
    made = {}
    for key, kind in kinds.items():
        artifact = kind()
        artifact.uri = f"{REMOTE}/outputs/{step}/{key}"
        made[key] = [artifact]
    return made


def names(uri: str) -> list[str]:
    import tensorflow as tf

    found = [os.path.join(folder, name) for folder, _, files in tf.io.gfile.walk(uri) for name in files]
    return sorted(path.removeprefix(uri).strip("/") for path in found)


def read(uri: str, name: str) -> str:
    import tensorflow as tf

    with tf.io.gfile.GFile(f"{uri}/{name}") as file:
        return file.read()


@pytest.fixture(scope="module")
def inputs(road: Any, teacher: Any, student: Any) -> dict[str, list[Any]]:
    return remote(road.inputs(model=student, teacher=teacher))


@pytest.fixture(scope="module")
def pruned(road: Any, inputs: dict[str, list[Any]]) -> dict[str, list[Any]]:
    from tfx.types import standard_artifacts

    from components.pruner.executor import Executor

    made = outputs("Pruner", pruned_model=standard_artifacts.Model, model_run=standard_artifacts.ModelRun)
    Executor().Do(inputs, made, road.config("Pruner"))
    return made


@pytest.fixture(scope="module")
def quantized(road: Any, inputs: dict[str, list[Any]], pruned: dict[str, list[Any]]) -> dict[str, list[Any]]:
    from tfx.types import standard_artifacts

    from components.artifacts import ModelForms
    from components.quantizer.executor import Executor

    made = outputs("Quantizer", forms=ModelForms, model_run=standard_artifacts.ModelRun)
    Executor().Do(inputs | {"model": pruned["pruned_model"]}, made, road.config("Quantizer"))
    return made


@pytest.fixture(scope="module")
def scored(road: Any, inputs: dict[str, list[Any]], quantized: dict[str, list[Any]]) -> dict[str, list[Any]]:
    from components.artifacts import ModelForms, Predictions
    from components.scorer.executor import Executor

    made = outputs("Scorer", predictions=Predictions, validation_predictions=Predictions, uncompressed=ModelForms)
    given = inputs | raw(road) | {"student": inputs["model"], "forms": quantized["forms"]}
    Executor().Do(given, made, road.config("Scorer"))
    return made


@pytest.fixture(scope="module")
def selected(
    road: Any, inputs: dict[str, list[Any]], quantized: dict[str, list[Any]], scored: dict[str, list[Any]]
) -> dict[str, list[Any]]:
    from tfx.types import standard_artifacts

    from components.artifacts import Selection
    from components.selector.executor import Executor

    made = outputs("Selector", model=standard_artifacts.Model, selection=Selection)
    given = inputs | raw(road) | scored | {"forms": quantized["forms"]}
    Executor().Do(given, made, road.config("Selector"))
    return made


@pytest.fixture(scope="module")
def ladder(
    road: Any,
    inputs: dict[str, list[Any]],
    quantized: dict[str, list[Any]],
    scored: dict[str, list[Any]],
    selected: dict[str, list[Any]],
) -> dict[str, list[Any]]:
    from components.artifacts import Ladder
    from components.ladder.executor import Executor

    made = outputs("Ladder", ladder=Ladder)
    given = inputs | raw(road) | scored | selected | {"forms": quantized["forms"]}
    Executor().Do(given, made, road.config("Ladder"))
    return made


@pytest.fixture(scope="module")
def intervals(
    road: Any, inputs: dict[str, list[Any]], scored: dict[str, list[Any]], selected: dict[str, list[Any]]
) -> dict[str, list[Any]]:
    from components.artifacts import Intervals
    from components.intervals.executor import Executor

    made = outputs("Intervals", intervals=Intervals)
    given = inputs | raw(road) | scored | selected
    Executor().Do(given, made, road.config("Intervals"))
    return made


@pytest.fixture(scope="module")
def questions(
    road: Any, student: Any, scored: dict[str, list[Any]], selected: dict[str, list[Any]]
) -> dict[str, list[Any]]:
    from components.artifacts import Debugging, Explanation
    from components.debugger.executor import Executor as Debug
    from components.explainer.executor import Executor as Explain

    made = outputs("Explainer", explanation=Explanation) | outputs("Debugger", debugging=Debugging)
    given = remote(road.judged() | {"student": [student]}) | scored | selected
    few = {"rows": 20, "seconds": 1}
    Explain().Do(given, {"explanation": made["explanation"]}, road.config("Explainer", explainer=few))
    Debug().Do(given, {"debugging": made["debugging"]}, road.config("Debugger", debugger=few))
    return made


def raw(road: Any) -> dict[str, list[Any]]:
    """Returns the rows as they were read, as an input."""
    return remote({"examples": [road.output("TableExampleGen", "examples")]})


def test_a_table_becomes_examples(road: Any) -> None:
    from tfx.types import standard_artifacts

    from components.table_example_gen.executor import Executor

    made = outputs("TableExampleGen", examples=standard_artifacts.Examples)
    Executor().Do({}, made, road.components["TableExampleGen"].exec_properties)
    (examples,) = made["examples"]
    assert "Split-train/data_tfrecord-00000-of-00001.gz" in names(examples.uri)
    assert examples.get_int_custom_property("train_rows") + examples.get_int_custom_property("validation_rows") == 2_000


def test_a_schema_is_curated(road: Any) -> None:
    from tfx.types import standard_artifacts

    from components.schema_curator.executor import Executor

    step = road.components["SchemaCurator"]
    given = {
        "schema": [road.output("ImportSchemaGen", "schema")],
        "examples": [road.output("TableExampleGen", "examples")],
    }
    made = outputs("SchemaCurator", curated_schema=standard_artifacts.Schema)
    Executor().Do(remote(given), made, step.exec_properties)
    assert "tensor_representation" in read(made["curated_schema"][0].uri, "schema.pbtxt")


def test_columns_are_counted(road: Any) -> None:
    from tfx.types import standard_artifacts

    from components.statistics_gen.executor import Executor
    from modules.contracts import statistics

    given = {"examples": [road.output("TableExampleGen", "examples")]}
    made = outputs("StatisticsGen", statistics=standard_artifacts.ExampleStatistics)
    Executor().Do(remote(given), made, road.components["StatisticsGen"].exec_properties)
    there, here = made["statistics"][0].uri, road.output("StatisticsGen", "statistics").uri
    assert statistics.read_statistics(there, "test") == statistics.read_statistics(here, "test")


def test_the_gate_reads_and_writes(road: Any) -> None:
    from components.artifacts import DataFindings
    from components.data_gate.executor import Executor

    given = {
        "examples": [road.output("TableExampleGen", "examples")],
        "anomalies": [road.output("ExampleValidator", "anomalies")],
        "statistics": [road.output("StatisticsGen", "statistics")],
    }
    made = outputs("DataGate", findings=DataFindings)
    Executor().Do(remote(given), made, road.components["DataGate"].exec_properties)
    assert json.loads(read(made["findings"][0].uri, "findings.json")) == []


@pytest.mark.parametrize(
    ("trainer", "settings", "file"),
    [
        ("Teacher", {}, "assets.extra/network.keras"),
        ("Student", {}, "assets.extra/network.keras"),
        ("Teacher", {"teacher": "ensemble", "folds": 2, "trees": {"max_trees": 20}}, "teacher.json"),
    ],
    ids=["teacher", "student", "ensemble"],
)
def test_a_model_is_trained(
    road: Any, inputs: dict[str, list[Any]], teacher: Any, trainer: str, settings: dict[str, Any], file: str
) -> None:
    from tfx.components.trainer.fn_args_utils import FnArgs
    from tfx.utils import path_utils

    from modules.training import teachers
    from modules.training import trainer as callbacks

    examples, target = inputs["examples"][0].uri, f"{REMOTE}/outputs/{trainer}-{file}"
    config = json.loads(road.components[trainer].exec_properties["custom_config"])
    best = {"layers": 1, "units": 24, "activation": "relu", "dropout": 0.1, "learning_rate": 0.005}
    arguments = FnArgs(
        train_files=[f"{examples}/Split-train/*"],
        eval_files=[f"{examples}/Split-validation/*"],
        transform_output=inputs["transform_graph"][0].uri,
        serving_model_dir=f"{target}/model",
        model_run_dir=f"{target}/run",
        hyperparameters={"values": best},
        base_model=path_utils.serving_model_path(inputs["teacher"][0].uri),
        custom_config=config | ({"trainer": config["trainer"] | settings} if settings else {}),
    )
    {"Teacher": callbacks.train_teacher, "Student": callbacks.train_student}[trainer](arguments)
    assert file in names(f"{target}/model")
    assert teachers.load(f"{target}/model")
    run = names(f"{target}/run")
    assert "history.json" in run
    assert [name for name in run if "tfevents" in name]


def test_a_student_is_pruned(pruned: dict[str, list[Any]]) -> None:
    (model,) = pruned["pruned_model"]
    assert "Format-Serving/saved_model.pb" in names(model.uri)
    assert model.get_float_custom_property("sparsity") > 0.45


def test_students_are_compared_that_learnt_from_synthetic_rows_and_without(
    road: Any, inputs: dict[str, list[Any]], student: Any
) -> None:
    from tfx.types import standard_artifacts

    from components.artifacts import Gains
    from components.comparer.executor import Executor

    run = standard_artifacts.ModelRun()
    run.uri = os.path.join(os.path.dirname(student.uri), "run")
    given = inputs | remote({"student": [student], "student_run": [run], "raw_examples": road.judged()["examples"]})
    made = outputs("Comparer", gains=Gains)
    augmented = {"augment": {"method": "gibbs", "times": 1}}
    Executor().Do(given, made, road.config("Pruner", distillation=augmented))
    assert list(json.loads(read(made["gains"][0].uri, "gains.json"))["values"]) == [
        "labels",
        "teacher",
        "synthetic_rows",
    ]


def test_a_model_is_quantized_in_every_form(quantized: dict[str, list[Any]]) -> None:
    from modules.tflite import conversion

    found = names(quantized["forms"][0].uri)
    models = [f"{form}/{name}" for form in conversion.FORMS for name in ("model.json", "model.tflite")]
    assert found == sorted([*models, "forms.json"])


def test_a_form_is_chosen(selected: dict[str, list[Any]]) -> None:
    assert names(selected["model"][0].uri) == ["Format-Serving/model.json", "Format-Serving/tflite"]
    assert names(selected["selection"][0].uri) == ["selection.json"]


def test_the_model_is_asked(questions: dict[str, list[Any]]) -> None:
    for name, (artifact,) in questions.items():
        assert names(artifact.uri) == [f"{name}.json"]


def test_every_model_is_scored(scored: dict[str, list[Any]]) -> None:
    from modules.contracts import predictions

    for key, few, many in (("predictions", 1_000, 1_000), ("validation_predictions", 100, 400)):
        found = predictions.read(scored[key][0].uri)
        assert (len(found.by_rung), len(found.reference)) == (7, 5)
        assert few <= len(found.labels) <= many
        assert {len(array) for array in (*found.by_rung.values(), *found.reference.values())} == {len(found.labels)}


def test_every_model_is_measured(ladder: dict[str, list[Any]]) -> None:
    rungs = json.loads(read(ladder["ladder"][0].uri, "ladder.json"))
    assert [rung["form"] for rung in rungs][:3] == ["teacher", "student", "pruned"]


def test_it_is_said_how_sure_that_is(intervals: dict[str, list[Any]]) -> None:
    (artifact,) = intervals["intervals"]
    assert names(artifact.uri) == ["curves.json", "intervals.json", "reference.json"]
    overall, *by_slice = json.loads(read(artifact.uri, "intervals.json"))["slices"]
    assert overall["slice"] == "overall" and overall["rows"] == 1_000
    assert len(by_slice) > 5


def test_everything_is_reported(
    road: Any,
    inputs: dict[str, list[Any]],
    pruned: dict[str, list[Any]],
    selected: dict[str, list[Any]],
    ladder: dict[str, list[Any]],
    intervals: dict[str, list[Any]],
) -> None:
    from components.artifacts import Report
    from components.reporter.executor import Executor

    statistics = remote({"statistics": [road.output("StatisticsGen", "statistics")]})
    schema = remote({"schema": [road.output("SchemaCurator", "curated_schema")]})
    found = {"transform_graph": inputs["transform_graph"], "pruner_run": pruned["model_run"], **ladder, **intervals}
    found |= {
        "pruned_model": pruned["pruned_model"],
        "quantized_model": selected["model"],
        "selection": selected["selection"],
    }
    made = outputs("Reporter", report=Report)
    exec_properties = road.components["Reporter"].exec_properties
    Executor().Do(raw(road) | statistics | schema | found, made, exec_properties)
    (report,) = made["report"]
    summary = json.loads(read(report.uri, "summary.json"))
    assert summary["ladder"] == json.loads(read(ladder["ladder"][0].uri, "ladder.json"))
    assert summary["intervals"]["slices"][0]["rows"] == 1_000
    assert summary["learning_curves"]["pruner"]
    assert summary["data"]["rows"]["test"] == 1_000
    assert "census_income" in read(report.uri, "index.html")


def test_the_model_is_pushed_with_its_papers(
    road: Any,
    selected: dict[str, list[Any]],
    ladder: dict[str, list[Any]],
    inputs: dict[str, list[Any]],
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tfx.components.evaluator import constants
    from tfx.types import standard_artifacts

    from components import artifacts
    from components.tflite_pusher import publish
    from components.tflite_pusher.executor import Executor
    from modules.contracts import files, report, tflite
    from modules.tflite import verifying
    from tests.integration.test_shipping import summary_of

    made = outputs("Pusher", pushed_model=standard_artifacts.PushedModel)
    (found,) = outputs("Papers", report=artifacts.Report)["report"]
    report.write(found.uri, summary_of(road, json.loads(read(ladder["ladder"][0].uri, "ladder.json"))), "<p>", [])
    blessing = standard_artifacts.ModelBlessing()
    blessing.uri = f"{REMOTE}/blessing"
    blessing.set_int_custom_property(constants.ARTIFACT_PROPERTY_BLESSED_KEY, 1)
    judged = tflite.judged_digest(selected["model"][0].uri)
    blessing.set_string_custom_property(artifacts.JUDGED, judged)
    files.write_bytes(blessing.uri, "BLESSED", b"")
    found_by = {"model": selected["model"], "model_blessing": [blessing], "report": [found]}
    properties = {"destination": "", "code": "", **road.config("Pusher")}
    monkeypatch.setattr(publish, "publish_next", lambda write, destination: ("7", write("7")))
    Executor().Do(raw(road) | {"transform_graph": inputs["transform_graph"]} | found_by, made, properties)
    pushed = made["pushed_model"][0].uri
    for name in names(pushed):
        files.write_bytes(str(tmp_path), name, files.read_bytes("version", pushed, name))
    assert verifying.problem_of(str(tmp_path)) is None
    assert len([name for name in names(pushed) if name.startswith("examples/")]) == 4


def test_hyperparameters_are_searched_and_finished_trials_are_not_trained_again(
    road: Any, inputs: dict[str, list[Any]]
) -> None:
    from tfx.components.trainer.fn_args_utils import FnArgs

    from modules.training import tuner
    from modules.training.tuning import journal

    config = json.loads(road.components["Tuner"].exec_properties["custom_config"])
    config["tuner"] |= {"max_epochs": 2, "factor": 2}
    examples = inputs["examples"][0].uri
    config[journal.KEPT] = [f"{REMOTE}/searches/abc", "abc"]
    found = []
    for attempt in ("first", "second"):
        folder = f"{REMOTE}/outputs/Tuner/{attempt}"
        arguments = FnArgs(
            train_files=[f"{examples}/Split-train/*"],
            eval_files=[f"{examples}/Split-validation/*"],
            transform_graph_path=inputs["transform_graph"][0].uri,
            working_dir=folder,
            custom_config=config,
        )
        made = tuner.tuner_fn(arguments)
        made.tuner.search(**made.fit_kwargs)
        assert made.tuner.get_best_hyperparameters()[0].get("units")
        scores = [trial.score for trial in made.tuner.oracle.trials.values()]
        found.append((len(made.tuner._found), scores))
    assert [stopped for stopped, _ in found] == [0, len(found[0][1])]
    assert found[0][1] == found[1][1]
