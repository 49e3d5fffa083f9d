"""The compiled file: that both backends can read it, and that it holds what the config says."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as protos

from modules.base.errors import UserError
from modules.training.tuning import journal
from pipeline import config
from pipeline.kubeflow import artifact_types, document
from pipeline.wiring import embedded, engines
from pipeline.wiring.pipeline import create_pipeline

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

ROOT = Path(__file__).parents[4]
CENSUS = ROOT / "data" / "census_income" / "pipeline.yaml"
TARGETS = ["vertex", "kfp"]


def constants(made: document.Document, task: str) -> dict[str, Any]:
    given = made.tasks[task]["inputs"].get("parameters", {})
    return {key: entry["runtimeValue"]["constant"] for key, entry in given.items() if "runtimeValue" in entry}


def containers(made: document.Document) -> dict[str, Any]:
    return {name: found for name in made.tasks if (found := made.container(name)) is not None}


def test_vertex_reads_the_file_as_a_pipeline_job(compiled: Callable[[str], Any], tmp_path: Path) -> None:
    document.write(compiled("vertex"), str(tmp_path / "job.json"))
    written = json.loads((tmp_path / "job.json").read_text())
    json_format.ParseDict(written, protos.PipelineJob(), ignore_unknown_fields=False)
    json_format.ParseDict(written["pipelineSpec"], protos.PipelineSpec(), ignore_unknown_fields=False)
    deployment = written["pipelineSpec"]["deploymentSpec"]
    json_format.ParseDict(deployment, protos.PipelineDeploymentConfig(), ignore_unknown_fields=False)
    assert written["runtimeConfig"]["gcsOutputDirectory"] == "gs://bucket/root"
    assert written["pipelineSpec"]["schemaVersion"] == "2.1.0"


def test_open_source_kubeflow_reads_the_file_as_a_pipeline_spec(compiled: Callable[[str], Any], tmp_path: Path) -> None:
    document.write(compiled("kfp"), str(tmp_path / "spec.yaml"))
    spec, platform = yaml.safe_load_all((tmp_path / "spec.yaml").read_text())
    json_format.ParseDict(spec, protos.PipelineSpec(), ignore_unknown_fields=False)
    json_format.ParseDict(spec["deploymentSpec"], protos.PipelineDeploymentConfig(), ignore_unknown_fields=False)
    json_format.ParseDict(platform, protos.PlatformSpec(), ignore_unknown_fields=False)
    assert spec["defaultPipelineRoot"] == "gs://bucket/root"
    assert spec["schemaVersion"] == "2.1.0"


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_written_is_read_again_and_is_the_same_each_time(
    compiled: Callable[[str], Any], compile_with: Callable[..., Any], tmp_path: Path, target: Any
) -> None:
    ending = {"vertex": "json", "kfp": "yaml"}[target]
    first, second = (str(tmp_path / f"{name}.{ending}") for name in "ab")
    made = compile_with(target)
    document.write(made, first)
    document.write(compile_with(target), second)
    assert document.read(first) == made
    assert Path(first).read_bytes() == Path(second).read_bytes()


@pytest.mark.parametrize("target", TARGETS)
def test_the_compiled_pipeline_has_the_steps_of_the_local_one(
    compiled: Callable[[str], Any], tmp_path: Path, target: Any
) -> None:
    local = create_pipeline(
        config.load(str(CENSUS)), str(tmp_path), str(tmp_path / "m.sqlite"), str(tmp_path / "pushed"), engines.local()
    )
    steps = {component.id for component in local.components} - {"Baseline", "DataBaseline"}
    found = {name for name in compiled(target).tasks if not name.startswith("Baseline")}
    assert found == steps


@pytest.mark.parametrize("target", TARGETS)
def test_the_steps_get_the_parameters_of_the_local_ones_but_for_paths(
    compiled: Callable[[str], Any], tmp_path: Path, target: Any
) -> None:
    settings = config.load(str(CENSUS))
    local = create_pipeline(settings, str(tmp_path), str(tmp_path / "m.sqlite"), "gs://d", engines.local())
    made = compiled(target)
    compared = 0
    for component in local.components:
        if component.id in ("Baseline", "DataBaseline", "ImportSchemaGen"):
            continue
        for key, value in constants(made, component.id).items():
            wanted = component.exec_properties[key]
            if (component.id, key) in (("TableExampleGen", "config"), ("Papers", "config"), ("Reporter", "config")):
                data = json.loads(value)["data"]
                folder = "/project/data/census_income/" if component.id == "TableExampleGen" else ""
                assert data["train"] == f"{folder}adult_train.csv"
                assert data["schema_file"].startswith("embedded://")
                continue
            if (component.id, key) == ("Tuner", "custom_config"):
                value = json.dumps({name: part for name, part in json.loads(value).items() if name != journal.ROOT})
                wanted = json.dumps(json.loads(wanted))
            assert value == (json.dumps(wanted) if isinstance(wanted, dict | list) else wanted), (component.id, key)
            compared += 1
    assert compared > 25


def test_on_vertex_a_search_keeps_its_journal_below_the_root_for_every_attempt(
    compiled: Callable[[str], Any],
) -> None:
    found = {target: json.loads(constants(compiled(target), "Tuner")["custom_config"]) for target in TARGETS}
    assert found["vertex"][journal.ROOT] == "gs://bucket/root/searches"
    assert journal.ROOT not in found["kfp"]


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_learnt_before_the_gate_has_passed(compiled: Callable[[str], Any], target: str) -> None:
    assert "DataGate" in compiled(target).tasks["Transform"]["dependentTasks"]


def test_vertex_resolves_the_model_that_was_blessed_last(compiled: Callable[[str], Any]) -> None:
    made = compiled("vertex")
    source = made.tasks["Evaluator"]["inputs"]["artifacts"]["baseline_model"]["taskOutputArtifact"]
    assert source == {"producerTask": "Baseline-model-resolver", "outputArtifactKey": "model"}
    assert "resolver" in made.executors["Baseline-model-resolver_executor"]


def test_open_source_kubeflow_resolves_nothing_and_looks_for_the_version_pushed_last(
    compiled: Callable[[str], Any],
) -> None:
    made = compiled("kfp")
    assert not [name for name, executor in made.executors.items() if "container" not in executor]
    assert "components.pushed_baseline.executor.Executor" in made.container("Baseline")["args"]
    assert made.tasks["Baseline"]["cachingOptions"] == {"enableCache": False}
    readers = [made.tasks[name]["inputs"]["parameters"]["destination"] for name in ("Baseline", "Pusher")]
    assert readers == [{"componentInputParameter": "destination"}] * 2


@pytest.mark.parametrize("target", TARGETS)
def test_the_destination_is_a_runtime_parameter_that_has_its_default(
    compiled: Callable[[str], Any], target: str
) -> None:
    made = compiled(target)
    defined = made.spec["root"]["inputDefinitions"]["parameters"]
    assert defined == {
        "destination": {"parameterType": "STRING", "defaultValue": "gs://bucket/root/pushed", "isOptional": True}
    }
    assert made.parameters == {"destination": "gs://bucket/root/pushed"}


@pytest.mark.parametrize("target", TARGETS)
def test_every_container_runs_the_projects_entry_point_in_the_projects_image(
    compiled: Callable[[str], Any], target: str
) -> None:
    for name, container in containers(compiled(target)).items():
        assert container["image"] == "europe-docker.pkg.dev/project/models/edge:1", name
        assert container["command"] == ["python", "-m", "pipeline.kubeflow.entrypoint"], name
        assert ("--launcher_root" in container["args"]) == (target == "kfp"), name


@pytest.mark.parametrize("target", TARGETS)
def test_the_schema_travels_in_the_file_and_an_edited_one_changes_the_steps_that_name_it_and_no_other(
    compile_with: Callable[..., Any], target: str, tmp_path: Path
) -> None:
    schema, keys, texts = tmp_path / "schema.pbtxt", [], []
    for limit in ("120", "121"):
        texts.append((CENSUS.parent / "schema.pbtxt").read_text().replace("max: 120", f"max: {limit}"))
        schema.write_text(texts[-1])
        made = compile_with(target, f"data.schema_file={schema}")
        keys.append({name: (constants(made, name), container["args"]) for name, container in containers(made).items()})
    before, after = keys
    assert {name for name in before if before[name] != after[name]} == {
        "TableExampleGen",
        "ImportSchemaGen",
        "Papers",
        "Reporter",
    }
    for known, text in zip(keys, texts, strict=True):
        values, arguments = known["ImportSchemaGen"]
        name, packed = arguments[arguments.index("--embedded") + 1 :][:2]
        assert values == {"schema_file": name}
        (tmp_path / "unpacked").mkdir(exist_ok=True)
        assert Path(embedded.unpack(name, packed, str(tmp_path / "unpacked"))).read_text() == text


def test_a_schema_too_long_for_a_command_line_is_refused(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(200_000)
    (tmp_path / "schema.pbtxt").write_bytes(noise)
    with pytest.raises(UserError, match="a step's command takes 120,000"):
        embedded.pack(str(tmp_path / "schema.pbtxt"))


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["data.train={outside}"], "data.train: is {outside}, which no container can open"),
        (["pusher.destination=/models"], "pusher.destination: is /models, where no container"),
        (["kubeflow.steps={Techer: {cpu: 1}}"], "kubeflow.steps.Techer: is no step that runs in a container"),
        (["kubeflow.secrets={A: b/c}"], "kubeflow.secrets: are given, and Vertex AI sets no environment"),
    ],
    ids=["table", "destination", "step", "secrets"],
)
def test_what_cannot_run_in_a_container_is_refused_in_one_line(
    compile_with: Callable[..., Any], tmp_path: Path, overrides: list[str], said: str
) -> None:
    outside = tmp_path / "adult.csv"
    outside.write_bytes((CENSUS.parent / "adult_train.csv").read_bytes()[:5_000].rpartition(b"\n")[0])
    overrides = [override.replace("{outside}", str(outside)) for override in overrides]
    said = said.replace("{outside}", str(outside))
    with pytest.raises(UserError) as caught:
        compile_with("vertex", *overrides)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("target", "root"), [("vertex", "s3://b/r"), ("vertex", "/tmp/r"), ("kfp", "/tmp/r")])
def test_a_root_that_the_target_cannot_write_to_is_refused(target: Any, root: str) -> None:
    from pipeline.kubeflow import compile as compiler

    with pytest.raises(UserError, match="is no place that"):
        compiler.compile_pipeline(config.load(str(CENSUS)), "image:1", root, target)


def test_a_root_in_the_store_of_open_source_kubeflow_needs_a_destination_of_its_own() -> None:
    from pipeline.kubeflow import compile as compiler

    with pytest.raises(UserError, match="pusher.destination"):
        compiler.compile_pipeline(config.load(str(CENSUS)), "image:1", "minio://mlpipeline/v2", "kfp")
    settings = config.load(str(CENSUS), ["pusher.destination=s3://models/census"])
    made = compiler.compile_pipeline(settings, "image:1", "minio://mlpipeline/v2", "kfp")
    assert made.parameters == {"destination": "s3://models/census"}


def test_every_artifact_type_of_ours_has_a_title_that_kubeflow_takes_and_no_properties() -> None:
    from tfx.orchestration.kubeflow.v2 import compiler_utils
    from tfx.types import Channel
    from tfx.utils import import_utils

    from pipeline.kubeflow.entrypoint import own_types

    assert len(own_types()) >= 3
    for title, path in own_types().items():
        compiler_utils.build_output_artifact_spec(
            Channel(type=import_utils.import_class_by_path(path))
        )  # raises if not
        assert title in artifact_types.known()
