"""The Makefile on a made-up machine: what its variables hold reaches the commands as text, and is never run."""

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.unit,
    pytest.mark.skipif(shutil.which("make") is None, reason="the image has no make"),
]

ROOT = Path(__file__).parents[2]
VARIABLES = ("STACK", "CONFIG", "OUTPUT", "IMAGE", "BASE", "ARGS")
TARGETS = (
    *("demo", "tensorboard", "notebook", "test", "kubeflow-test", "kubeflow-test-image", "check", "format", "lock"),
    *("test-faults", "audit"),
    *("bench", "bench-start", "bench-ingest", "bench-evaluator", "bench-wide", "bench-quality", "bench-ladder"),
    "bench-search",
    *("image", "base-image", "test-image"),
    "setup",
)
# Writes down its arguments, one per line.
STAND_IN = """#!/bin/bash
printf '%s\\n' "${0##*/}" "$@" >>"$CALLS"
"""
BREAKS = (
    "x'; touch planted; '",
    'x"; touch planted; "',
    "x; touch planted #",
    "x && touch planted",
    "$(touch planted)",
    "`touch planted`",
    "$(shell touch planted)",
    "${shell touch planted}",
    "x\ntouch planted",
)


class Clone:
    """The Makefile with stand-ins for what it calls."""

    def __init__(self, folder: Path):
        self.root, self._calls = folder / "clone", folder / "calls"
        self.root.mkdir()
        shutil.copy(ROOT / "Makefile", self.root)
        tools = [f".venv/bin/{name}" for name in ("python", "jupyter", "uv", "ruff")]
        scripts = [
            "requirements/install.sh",
            "requirements/audit.sh",
            *(f"image/{name}.sh" for name in ("build", "base", "test", "walk")),
        ]
        for name in (*tools, *scripts):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(STAND_IN)
            (self.root / name).chmod(0o755)
        shutil.copy(ROOT / "requirements" / "with_args.sh", self.root / "requirements")

    def make(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        given = {"PATH": "/usr/bin:/bin", "CALLS": str(self._calls)} | env
        return subprocess.run(
            ["make", *arguments], cwd=self.root, env=given, capture_output=True, text=True, timeout=60, check=False
        )

    def called(self) -> list[str]:
        words = self._calls.read_text().splitlines() if self._calls.exists() else []
        self._calls.unlink(missing_ok=True)
        return words

    def planted(self) -> list[Path]:
        return list(self.root.rglob("planted"))


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


@pytest.mark.parametrize("text", BREAKS)
def test_no_variable_of_any_target_runs_a_command(clone: Clone, text: str) -> None:
    """On the command line and in the environment; --keep-going, so that all targets have their turn."""
    given = dict.fromkeys(VARIABLES, text)
    clone.make("--keep-going", *TARGETS, *(f"{name}={value}" for name, value in given.items()))
    assert "install.sh" in clone.called()
    clone.make("--keep-going", "--environment-overrides", *TARGETS, **given)
    assert clone.planted() == []


@pytest.mark.parametrize("name", ["CODE", "VENV", "PYTHON", "RUN", "PARALLEL", "COMPILE", "VARIABLES"])
def test_what_the_makefile_keeps_to_itself_cannot_be_set(clone: Clone, name: str) -> None:
    clone.make("--keep-going", *TARGETS, f"{name}=x; touch planted;")
    assert clone.planted() == []


@pytest.mark.parametrize("text", ["data/it's mine/pipeline.yaml", 'a "b" $c', "$(shell echo 1)", "-x"])
def test_a_config_reaches_the_runner_as_it_was_written(clone: Clone, text: str) -> None:
    assert clone.make("demo", f"CONFIG={text}", "OUTPUT=out/new run").returncode == 0
    assert clone.called()[1:] == ["python", "local_runner.py", "run", "--config", text, "--output", "out/new run"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ("", []),
        ("-m 'unit and not e2e' -x", ["-m", "unit and not e2e", "-x"]),
        ("-m \"not kubeflow\" --set a='b c'", ["-m", "not kubeflow", "--set", "a=b c"]),
        ("a\\ b  *  ~ $HOME", ["a b", "*", "~", "$HOME"]),
    ],
)
def test_args_are_words_that_quotes_keep_together(clone: Clone, args: str, words: list[str]) -> None:
    assert clone.make("kubeflow-test", f"ARGS={args}").returncode == 0
    assert clone.called()[1:] == ["python", "-m", "pytest", "-m", "kubeflow", *words]


def test_a_quote_that_is_not_closed_is_refused(clone: Clone) -> None:
    done = clone.make("test", "ARGS=-m 'unit")
    assert done.returncode == 2
    assert "ARGS: -m 'unit has a quote that is not closed" in done.stderr
    assert clone.called() == ["install.sh"]
