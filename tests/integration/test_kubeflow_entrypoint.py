"""The command of a step's container, on what open-source Kubeflow's driver and launcher hand to it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.wiring import embedded
from tests import forked

pytestmark = [pytest.mark.integration, pytest.mark.kubeflow]

ROOT = Path(__file__).parents[2]
OURS = "pipeline.kubeflow.entrypoint"
STOCK = "tfx.orchestration.kubeflow.v2.container.kubeflow_v2_run_executor"
BEAM = "--direct_running_mode=in_memory"
SCHEMA = 'feature { name: "x" type: FLOAT presence { min_count: 1 } }\n'
STRING, INTEGER = {"parameterType": "STRING"}, {"parameterType": "NUMBER_INTEGER"}


def kind(title: str) -> dict[str, Any]:
    return {"artifactType": {"instanceSchema": f"title: tfx.{title}\ntype: object\n"}}


def start_anew(command: list[str]) -> Any:
    line = [sys.executable, *command]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def fork(command: list[str]) -> Any:
    return forked.run(command, ROOT, 300)


def run(module: str, executor: str, sent: dict[str, Any], spec: dict[str, Any], *more: str, start: Any = fork) -> Any:
    command = ["-m", module, "--executor_class_path", executor]
    command += ["--json_serialized_invocation_args", json.dumps(sent)]
    return start([*command, "--json_serialized_inputs_spec_args", json.dumps(spec), *more, BEAM])


def curate(folder: Path, module: str, *more: str, start: Any = fork) -> Any:
    """Calls SchemaCurator as the launcher does: the inputs copied, their types forgotten."""
    source = folder / "minio" / "store" / "r" / "schema"
    source.mkdir(parents=True)
    (source / "schema.pbtxt").write_text(SCHEMA)
    examples = {"name": "1", "uri": "minio://store/r/examples", "metadata": {"split_names": '["train"]'}}
    schema = {"name": "2", "uri": "minio://store/r/schema", "metadata": {}}
    output = {"uri": "minio://store/r/curated", "type": kind("Schema")["artifactType"]}
    sent = {
        "inputs": {
            "parameterValues": {"inferred": 0, "code": "1"},
            "artifacts": {"schema": {"artifacts": [schema]}, "examples": {"artifacts": [examples]}},
        },
        "outputs": {
            "artifacts": {"curated_schema": {"artifacts": [output]}},
            "outputFile": str(folder / "output_metadata.json"),
        },
    }
    spec = {
        "artifacts": {"schema": kind("Schema"), "examples": kind("Examples")},
        "parameters": {"inferred": INTEGER, "code": STRING},
    }
    return run(module, "components.schema_curator.executor.Executor", sent, spec, *more, start=start)


def test_a_step_runs_on_untyped_inputs_and_the_launchers_copies(tmp_path: Path) -> None:
    done = curate(tmp_path, OURS, "--launcher_root", str(tmp_path), start=start_anew)
    assert done.returncode == 0, done.stderr[-2_000:]
    written = tmp_path / "minio" / "store" / "r" / "curated" / "schema.pbtxt"
    assert "tensor_representation" in written.read_text()
    said = json.loads((tmp_path / "output_metadata.json").read_text())
    (artifact,) = said["artifacts"]["curated_schema"]["artifacts"]
    assert artifact["uri"] == "minio://store/r/curated"


def test_a_file_that_came_along_is_read_by_its_name(tmp_path: Path) -> None:
    source = tmp_path / "schema.pbtxt"
    source.write_text(SCHEMA)
    (tmp_path / "schema").mkdir()
    output = {"uri": str(tmp_path / "schema"), "type": kind("Schema")["artifactType"]}
    sent = {
        "inputs": {"parameterValues": {"schema_file": embedded.uri(str(source))}, "artifacts": {}},
        "outputs": {"artifacts": {"schema": {"artifacts": [output]}}, "outputFile": str(tmp_path / "out.json")},
    }
    packed = ["--embedded", embedded.uri(str(source)), embedded.pack(str(source))]
    source.unlink()
    executor = "tfx.components.schema_gen.import_schema_gen.executor.Executor"
    done = run(OURS, executor, sent, {"parameters": {"schema_file": STRING}}, *packed)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert (tmp_path / "schema" / "schema.pbtxt").read_text() == SCHEMA


def test_tfx_alone_does_not_run_on_what_open_source_kubeflow_sends(tmp_path: Path) -> None:
    done = curate(tmp_path, STOCK)
    assert done.returncode != 0
    assert "_retrieve_class_path" in done.stderr


def test_a_refusal_is_the_last_line_of_the_log_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,a\n2,b,surplus\n3,a\n")
    examples = {"uri": str(tmp_path / "examples"), "type": kind("Examples")["artifactType"]}
    config = {
        "data": {"train": str(tmp_path / "t.csv")},
        "label": {"column": "y", "positive_class": "a"},
        "features": {"timestamps": []},
    }
    given = {"config": json.dumps(config), "fingerprint": "", "code": ""}
    sent = {
        "inputs": {"parameterValues": given, "artifacts": {}},
        "outputs": {"artifacts": {"examples": {"artifacts": [examples]}}, "outputFile": str(tmp_path / "out.json")},
    }
    spec = {"parameters": dict.fromkeys(given, STRING)}
    done = run(OURS, "components.table_example_gen.executor.Executor", sent, spec)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith(f"{tmp_path}/t.csv")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.json").exists()
