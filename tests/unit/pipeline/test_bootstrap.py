"""Whichever Python starts a runner, in a copy of the project that has an environment beside it or none."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import bootstrap

pytestmark = pytest.mark.unit

ROOT = Path(bootstrap.ROOT)
# A Python as the system has it: without its site-packages, and without the environment that it belongs to.
BARE = [sys.executable, "-S", "-E"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh clone, as far as the runners go."""
    folder = tmp_path / "project"
    for name in ("local_runner.py", "kubeflow_runner.py", "pipeline/bootstrap.py", "modules/base/version.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def environment(project: Path, name: str = ".venv") -> Path:
    """Makes an environment whose Python says what it is given."""
    python = project / name / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$0" "$PWD" "$@"\nexit 7\n')
    python.chmod(0o755)
    return python


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin"} | environment,
    )


@pytest.mark.parametrize("runner", ["local_runner.py", "kubeflow_runner.py"])
def test_a_python_without_the_packages_goes_on_in_the_environment_beside_the_runner(project: Path, runner: str) -> None:
    python = environment(project)
    done = run(*BARE, runner, "run", "--set", "a b", cwd=project)
    assert (done.returncode, done.stdout) == (7, f"{python} {project} {runner} run --set a b\n")


def test_it_is_found_from_another_working_directory_which_stays(project: Path, tmp_path: Path) -> None:
    python = environment(project)
    done = run(*BARE, "project/local_runner.py", "runs", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (7, f"{python} {tmp_path} project/local_runner.py runs\n")


def test_a_stack_has_an_environment_of_its_own(project: Path) -> None:
    environment(project)
    python = environment(project, ".venv-tfx-1.21")
    assert run(*BARE, "local_runner.py", cwd=project, STACK="tfx-1.21").stdout.startswith(f"{python} ")


@pytest.mark.parametrize("runner", ["local_runner.py", "kubeflow_runner.py"])
def test_without_an_environment_one_line_says_how_to_make_it(project: Path, runner: str) -> None:
    done = run(*BARE, runner, "--help", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    (message,) = done.stderr.splitlines()
    assert message.startswith(
        f"{runner}: {sys.executable} lacks the packages tfx, altair, ai_edge_litert, pyarrow_hotfix."
    )
    assert message.endswith(f"Run `make setup` in {project} first")


def test_an_environment_that_is_itself_incomplete_does_not_start_itself_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, project: Path
) -> None:
    environment(project)
    monkeypatch.setattr(bootstrap, "ROOT", str(project))
    monkeypatch.setattr(bootstrap, "_missing", lambda packages: "lacks the package tfx")
    monkeypatch.setattr(sys, "prefix", str(project / ".venv"))
    with pytest.raises(SystemExit, match="2"):
        bootstrap.ensure()
    assert capsys.readouterr().err.endswith(f"lacks the package tfx. Run `make setup` in {project} first\n")


def test_another_version_of_python_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bootstrap._missing(bootstrap._NEEDED) == ""
    monkeypatch.setattr(bootstrap, "_PYTHON", (3, 99))
    assert bootstrap._missing(bootstrap._NEEDED) == "is Python 3.11, and Python 3.99 is needed"


def test_predictions_need_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tfx" else name)
    monkeypatch.setattr(sys, "argv", ["local_runner.py", "predict", "--model", "m"])
    bootstrap.ensure()
    assert bootstrap._missing(bootstrap._NEEDED) == "lacks the package tfx"


@pytest.mark.parametrize(
    ("found", "prefix", "expected"),
    [
        ("python", ".venv", "python"),  # any Python goes on in .venv
        ("python3", ".venv", "python3"),
        ("", ".venv", ".venv/bin/python"),
        ("python", "/elsewhere", "/elsewhere/bin/python"),  # it would go on in another environment
    ],
)
def test_what_is_to_be_pasted_leads_to_this_interpreter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, found: str, prefix: str, expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    monkeypatch.delenv("STACK", raising=False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / prefix))
    monkeypatch.setattr(sys, "executable", str(tmp_path / prefix / "bin" / "python"))
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == found else None)
    assert bootstrap.command("local_runner.py", "run", "--set", "a b") == f"{expected} local_runner.py run --set 'a b'"


def test_from_elsewhere_the_runner_is_named_by_its_whole_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert bootstrap.command("local_runner.py", "runs").endswith(f" {ROOT}/local_runner.py runs")
