"""A file broken in each way is found out, with the name of the task."""

from collections.abc import Callable
from typing import Any

import pytest

from components import artifacts
from pipeline.kubeflow import artifact_types
from pipeline.kubeflow.document import Document
from pipeline.kubeflow.lint import lint, merged

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

Break = Callable[[Document], Any]


def task(name: str) -> Callable[[Document], dict[str, Any]]:
    return lambda made: made.tasks[name]


def reads(made: Document, name: str, key: str) -> dict[str, Any]:
    return made.tasks[name]["inputs"]["artifacts"][key]["taskOutputArtifact"]


def renamed(made: Document) -> None:
    made.tasks["Trainer"] = made.tasks.pop("Student")


def make_type_unknown(made: Document) -> None:
    kind = made.component("Ladder")["outputDefinitions"]["artifacts"]["ladder"]["artifactType"]
    kind["instanceSchema"] = "title: mine.Ladder\ntype: object\n"


def wait_for_each_other(made: Document) -> None:
    made.tasks["StatisticsGen"]["dependentTasks"] = ["DataGate"]


def forget_default(made: Document) -> None:
    del made.spec["root"]["inputDefinitions"]["parameters"]["destination"]["defaultValue"]
    del made.spec["root"]["inputDefinitions"]["parameters"]["destination"]["isOptional"]
    made.job.get("runtimeConfig", {}).pop("parameterValues", None)


def pipeline_within(made: Document) -> None:
    del made.component("Tuner")["executorLabel"]
    made.component("Tuner")["dag"] = {"tasks": {}}


BROKEN: dict[str, tuple[Break, str, str]] = {
    "unknown producer": (
        lambda made: reads(made, "Pruner", "teacher").update(producerTask="Techer"),
        "Pruner",
        "its input 'teacher' comes from 'Techer', which is no task",
    ),
    "a producer that was renamed": (renamed, "Pruner", "comes from 'Student', which is no task"),
    "unknown output": (
        lambda made: reads(made, "Tuner", "examples").update(outputArtifactKey="rows"),
        "Tuner",
        "its input 'examples' is the output 'rows' of Transform: Transform has no such output",
    ),
    "unknown task to wait for": (
        lambda made: made.tasks["Transform"]["dependentTasks"].append("Gate"),
        "Transform",
        "it waits for 'Gate', which is no task",
    ),
    "the producer that TFX invents of a value": (
        lambda made: made.tasks["Pusher"]["inputs"]["parameters"].update(
            text={"taskOutputParameter": {"producerTask": "Ladder_task", "outputParameterKey": "ladder"}}
        ),
        "Pusher",
        "its parameter 'text' comes from 'Ladder_task', which is no task",
    ),
    "missing input": (
        lambda made: made.tasks["Evaluator"]["inputs"]["artifacts"].pop("schema"),
        "Evaluator",
        "its input 'schema' has no source",
    ),
    "missing parameter": (
        lambda made: made.tasks["Transform"]["inputs"]["parameters"].pop("preprocessing_fn"),
        "Transform",
        "its parameter 'preprocessing_fn' has no value",
    ),
    "parameter without a constant": (
        lambda made: made.tasks["Ladder"]["inputs"]["parameters"].update(config={"runtimeValue": {}}),
        "Ladder",
        "its parameter 'config' has no value",
    ),
    "unknown runtime parameter": (
        lambda made: made.spec["root"]["inputDefinitions"]["parameters"].pop("destination"),
        "Pusher",
        "is the runtime parameter 'destination', which the pipeline does not have",
    ),
    "runtime parameter without a value": (forget_default, "root", "'destination' has no value"),
    "unknown type": (make_type_unknown, "Ladder", "its output 'ladder' is of the unknown type 'mine.Ladder'"),
    "another type": (
        lambda made: reads(made, "Scorer", "teacher").update(producerTask="Quantizer", outputArtifactKey="forms"),
        "Scorer",
        "its input 'teacher' is to be a tfx.Model, and gets a components.ModelForms",
    ),
    "no image": (lambda made: made.container("Tuner").pop("image"), "Tuner", "its image is not set"),  # type: ignore[union-attr]
    "no image's name": (
        lambda made: made.container("Tuner").update(image="Edge Models"),  # type: ignore[union-attr]
        "Tuner",
        "its image is 'Edge Models'",
    ),
    "no command": (lambda made: made.container("Tuner").pop("command"), "Tuner", "it has no command"),  # type: ignore[union-attr]
    "no component": (
        lambda made: made.tasks["Tuner"]["componentRef"].update(name="Hyperband"),
        "Tuner",
        "its component 'Hyperband' does not exist",
    ),
    "no executor": (
        lambda made: made.executors.pop("Tuner_executor"),
        "Tuner",
        "its executor 'Tuner_executor' does not exist",
    ),
    "an executor of no kind": (
        lambda made: made.executors.update(Tuner_executor={}),
        "Tuner",
        "its executor is empty",
    ),
    "a loop": (lambda made: made.tasks["Tuner"].update(parameterIterator={}), "Tuner", "it has parameterIterator"),
    "a condition on a value": (
        lambda made: made.tasks["Pusher"].update(triggerPolicy={"condition": "inputs.artifacts['x'].value == 1"}),
        "Pusher",
        "a condition on the value of an artifact is not supported",
    ),
    "a pipeline within": (pipeline_within, "Tuner", "nested pipelines are not supported"),
    "tasks that wait for each other": (
        wait_for_each_other,
        "DataGate, ",
        "they wait for each other",
    ),
    "another schema": (
        lambda made: made.spec.update(schemaVersion="2.0.0"),
        "schemaVersion",
        "it is '2.0.0'",
    ),
    "a field that nobody knows": (
        lambda made: made.spec["pipelineInfo"].update(owner="me"),
        "pipelineSpec",
        "pipelineInfo.owner is a field that no PipelineInfo has",
    ),
    "a container's field that nobody knows": (
        lambda made: made.container("Tuner").update(gpus=1),  # type: ignore[union-attr]
        "deploymentSpec",
        "container.gpus is a field that no PipelineContainerSpec has",
    ),
    "no task": (lambda made: made.tasks.clear(), "root", "it holds no task"),
}


@pytest.mark.parametrize("target", ["vertex", "kfp"])
def test_what_was_compiled_has_no_findings(compiled: Callable[[str], Any], target: str) -> None:
    assert lint(compiled(target)) == []


@pytest.mark.parametrize("target", ["vertex", "kfp"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_found_out_with_the_name_of_the_task(
    compiled: Callable[[str], Any], target: str, name: str
) -> None:
    made = compiled(target)
    damage, where, what = BROKEN[name]
    damage(made)
    found = lint(made)
    assert [finding for finding in found if finding.task.startswith(where) and what in str(finding)], found
    assert all(finding.why and finding.fix and "\n" not in str(finding) for finding in found)


def test_a_resolver_and_a_driver_are_nothing_for_open_source_kubeflow(compiled: Callable[[str], Any]) -> None:
    vertex = compiled("vertex")
    vertex.container("TableExampleGen")["lifecycle"] = {"preCacheCheck": {"command": ["x"]}}
    about = ("it is a resolver", "it counts on a driver")
    found = [str(finding) for finding in lint(Document("kfp", vertex.spec)) if finding.what in about]
    assert len(found) == 3
    assert "Baseline-model-blessing-resolver: it is a resolver" in found[0]
    assert "Baseline-model-resolver: it is a resolver" in found[1]
    assert "TableExampleGen: it counts on a driver" in found[2]
    assert lint(vertex) == []


def test_a_job_without_a_place_for_its_artifacts_is_found_out(compiled: Callable[[str], Any]) -> None:
    made = compiled("vertex")
    del made.job["runtimeConfig"]["gcsOutputDirectory"]
    assert [finding.task for finding in lint(made)] == ["runtimeConfig"]


def test_secrets_of_an_executor_that_does_not_exist_are_found_out(compiled: Callable[[str], Any]) -> None:
    made = compiled("kfp")
    executors = made.platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    executors["Trainer_executor"] = executors.pop("Tuner_executor")
    assert [finding.task for finding in lint(made) if "no executor" in finding.what] == ["platforms: Trainer_executor"]


def test_an_importer_needs_something_to_import(compiled: Callable[[str], Any]) -> None:
    made = compiled("vertex")
    made.executors["ImportSchemaGen_executor"] = {"importer": {"typeSchema": {"schemaTitle": "tfx.Schema"}}}
    assert [str(finding) for finding in lint(made)][0].startswith("ImportSchemaGen: it imports from nowhere")


def test_the_known_types_are_those_that_tfx_loads_and_our_own() -> None:
    from tfx.orchestration.kubeflow.v2 import compiler_utils
    from tfx.types.artifact import Artifact

    kinds: list[Any] = [
        kind for kind in vars(artifacts).values() if isinstance(kind, type) and issubclass(kind, Artifact)
    ]
    ours = {kind.TYPE_NAME for kind in kinds if kind is not Artifact}
    assert len(ours) > 5
    assert artifact_types.known() >= set(compiler_utils.TITLE_TO_CLASS_PATH) | ours


@pytest.mark.parametrize("target", ["vertex", "kfp"])
def test_what_is_wrong_with_all_tasks_is_said_once_with_their_names(
    compiled: Callable[[str], Document], target: str
) -> None:
    made = compiled(target)
    for label in made.executors:
        made.executors[label].get("container", {}).update(image="")
    found = lint(made)
    (said,) = merged(found)
    assert len(found) > 15
    assert said.task == ", ".join(finding.task for finding in found)
    assert "its image is not set" in str(said)
