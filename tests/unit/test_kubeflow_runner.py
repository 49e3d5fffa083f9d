"""The command line, as far as it sends nothing."""

import functools
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import forked
from tests.command_line import ROOT, Done

pytestmark = [pytest.mark.unit, pytest.mark.kubeflow]

COMPILE = ["compile", "--image", "registry/edge:1", "--config", "data/penguins/pipeline.yaml"]
runner = functools.partial(Done, "kubeflow_runner")


def test_the_runner_is_thin() -> None:
    assert len((ROOT / "kubeflow_runner.py").read_text().splitlines()) < 100


@pytest.mark.parametrize("arguments", [["--help"], ["compile", "--help"], ["lint", "--help"], ["submit", "--help"]])
def test_help_imports_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    done = runner(tmp_path, *arguments)
    assert (done.status, done.err) == (0, "")
    assert done.heavy() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compile"], "--image, --pipeline-root, --target, --output"),
        (
            [*COMPILE, "--pipeline-root", "gs://b", "--target", "airflow", "--output", "a.json"],
            "invalid choice: 'airflow'",
        ),
        (["lint"], "FILE"),
        ([], "COMMAND"),
    ],
)
def test_a_wrong_command_line_is_refused_at_once(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = runner(tmp_path, *arguments)
    assert (done.status, done.out) == (2, "")
    assert said in done.err.strip().splitlines()[-1]
    assert done.heavy() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "kubeflow.cpus=2"], "--set kubeflow.cpus=2: kubeflow.cpus is not a setting; did you mean 'cpu'?"),
        (["--set", "kubeflow.steps={Tuner: {memory: 2}}"], "kubeflow.steps.Tuner.memory is not a setting"),
        (["--set", "kubeflow.schedule=daily"], "kubeflow.schedule is 'daily'"),
        (["--set", "kubeflow.secrets={A: key}"], "kubeflow.secrets.A is 'key'"),
        (
            ["--set", "kubeflow.environment={1A: key}"],
            "kubeflow.environment has the name '1A'; expected letters, digits and _",
        ),
        (
            ["--set", "kubeflow.environment={A: x}", "--set", "kubeflow.secrets={A: s/k}"],
            "'A' is in environment and in secrets",
        ),
        (["--output", "a.yaml"], "does not end in .json"),
        (["--pipeline-root", "gs://b/r?access_token=hidden"], "access_token=***: holds the option access_token"),
        (["--set", "kubeflow.environment={DB_PASSWORD: hidden}"], "kubeflow.secrets: {DB_PASSWORD: NAME/KEY}"),
        (["--image", "My Image"], "--image My Image: is no name that an image is pulled by"),
    ],
)
def test_a_wrong_setting_is_one_line_and_nothing_heavy_is_imported_for_it(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    place = ["--pipeline-root", "gs://b/r", "--target", "vertex", "--output", str(tmp_path / "a.json")]
    done = runner(tmp_path, *COMPILE, *place, *arguments)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert "hidden" not in done.err
    assert len(done.err.splitlines()) == 1
    assert done.heavy() == []


FILES = {"vertex": "a.json", "kfp": "a.yaml"}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Any]]:
    """Returns the file that is compiled for a target, and the command that compiled it, which runs once."""

    @functools.cache
    def compile_for(target: str) -> tuple[Path, Any]:
        path = tmp_path_factory.mktemp(target) / FILES[target]
        place = ["--pipeline-root", "gs://b/r", "--target", target, "--output", str(path)]
        line = ["kubeflow_runner.py", *COMPILE, *place]
        if target == "kfp":
            return path, forked.run(line, ROOT, 120)
        start = [sys.executable, *line]
        return path, subprocess.run(start, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    return compile_for


@pytest.mark.parametrize("target", FILES)
def test_compile_writes_a_file_that_lint_finds_nothing_in(
    tmp_path: Path, compiled: Callable[[str], tuple[Path, Any]], target: str
) -> None:
    path, done = compiled(target)
    said = rf"{re.escape(str(path))}: \d\d tasks for {target}, nothing stands in the way of a run\n"
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(said, done.stdout)
    again = runner(tmp_path, "lint", str(path))
    assert (again.status, again.out, again.err) == (0, done.stdout, "")
    assert {"tensorflow", "tfx"} & again.imported == set()


def test_lint_says_all_that_it_finds_and_the_tasks_names(
    tmp_path: Path, compiled: Callable[[str], tuple[Path, Any]]
) -> None:
    path = tmp_path / "a.json"
    job = json.loads(compiled("vertex")[0].read_text())
    tasks = job["pipelineSpec"]["root"]["dag"]["tasks"]
    tasks["Pruner"]["inputs"]["artifacts"]["teacher"]["taskOutputArtifact"]["producerTask"] = "Techer"
    del tasks["Transform"]["inputs"]["parameters"]["custom_config"]
    path.write_text(json.dumps(job))
    done = runner(tmp_path, "lint", str(path))
    assert (done.status, done.out) == (2, "")
    assert [line.removeprefix(f"{path}: ").split(":")[0] for line in done.err.splitlines()] == ["Pruner", "Transform"]


def test_what_is_no_compiled_file_is_refused_in_one_line(tmp_path: Path) -> None:
    done = runner(tmp_path, "lint", "data/penguins/pipeline.yaml")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("data/penguins/pipeline.yaml: is no compiled pipeline")
