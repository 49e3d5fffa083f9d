"""The version of the product: one source, and everybody who tells it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from modules.base.version import NAME, VERSION
from tests import command_line
from tests.command_line import ROOT

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("runner", ["local_runner", "kubeflow_runner"])
def test_a_runner_tells_the_version_and_imports_nothing_for_it(tmp_path: Path, runner: str) -> None:
    done = command_line.Done(runner, tmp_path, "--version")
    assert (done.status, done.out, done.err) == (0, f"{NAME} {VERSION}\n", "")
    assert not {"numpy", "pydantic", "yaml", "ruamel", "pyarrow"} & done.imported
    assert done.heavy() == []


def test_the_package_has_the_version_and_name_though_nothing_is_imported_for_it() -> None:
    code = "import sys, runpy; sys.argv = ['setup.py', '--name', '--version']; runpy.run_path('setup.py')"
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-2:] == [NAME, VERSION]


def test_the_package_brings_a_command_of_its_name_that_is_the_runner() -> None:
    code = (
        "import runpy, setuptools, sys; setuptools.setup = lambda **given: print(*given['entry_points'].popitem());"
        "runpy.run_path('setup.py')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    kind, script = done.stdout.strip().split(" ", 1)
    assert (kind, script) == ("console_scripts", f"['{NAME} = pipeline.bootstrap:console']")
    call = f"import sys; from pipeline.bootstrap import console; sys.argv[0] = '/bin/{NAME}'; console()"
    for argument, said in (("--version", f"{NAME} {VERSION}\n"), ("--help", f"usage: {NAME} [-h]")):
        command = [sys.executable, "-c", call, argument]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.startswith(said)


def test_a_package_without_its_project_says_so_in_one_line(tmp_path: Path) -> None:
    call = f"from pipeline import bootstrap; bootstrap.ROOT = {str(tmp_path)!r}; bootstrap.console()"
    done = subprocess.run([sys.executable, "-c", call], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"there is no {tmp_path}/local_runner.py: call the local_runner.py of the project\n" in done.stderr


def test_the_changelog_begins_with_the_version_and_each_version_is_told_once() -> None:
    versions = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[0] == VERSION
    assert len(set(versions)) == len(versions)
    assert versions == sorted(versions, key=lambda version: [int(part) for part in version.split(".")], reverse=True)
