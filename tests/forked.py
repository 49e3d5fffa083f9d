"""Programs in processes of their own that need not import TFX again: each is forked from one that has imported it.

Starting Python anew costs a run of the pipeline, or a step in a container, some seconds for imports alone, and the
tests start many. What is imported beforehand is what each of them imports first, and nothing of this project: a process
has its own folder, environment, and project. Where Python is told to keep no bytecode, what one of them compiles stays
in a folder of the tests for those that are started later. Some tests start Python as a user does, by `subprocess`, so
that the imports of a run and of a step are tested, too.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from multiprocessing.connection import wait
from pathlib import Path

# The variable that names the folder for compiled code; `conftest.py` makes it, for all workers.
BYTECODE = "TESTS_BYTECODE"
_CHILD = "__child__"
_CONTEXT = multiprocessing.get_context("forkserver")
# A start asks after every process started before, and an exit status can be read only once: of two threads that
# read it at the same time, one is told 255.
_ONE_READS = threading.Lock()
# Not shap: a step imports it with Numba switched off, and would otherwise compile for seconds.
_IMPORTED = [
    "tfx.orchestration.kubeflow.v2.container.kubeflow_v2_run_executor",
    "tfx.orchestration.local.local_dag_runner",
    "altair",
    "catboost",
    "cleanlab",
    "interpret",
    "jinja2",
    "keras_tuner",
    "numba",
    "pydantic",
    "ruamel.yaml",
    "sklearn.ensemble",
    "tensorboard.compat.proto.summary_pb2",
    "tensorflow_model_optimization",
    "vl_convert",
]
_CONTEXT.set_forkserver_preload(_IMPORTED)


class Forked:
    """A call of `python PROGRAM ARGUMENT …`, or of `python -m MODULE ARGUMENT …`, started at once.

    Args:
        command: The command line, from `PROGRAM` or `-m` on.
        cwd: Where it runs, and where Python looks for the project's packages first.
        environment: All of its variables; those of the tests by default.

    Attributes:
        returncode: The exit status; None as long as nobody has waited for it.
    """

    def __init__(self, command: list[str], cwd: Path, environment: Mapping[str, str] | None = None):
        self.command = command
        self.returncode: int | None = None
        self._folder = tempfile.TemporaryDirectory()
        self._files = [os.path.join(self._folder.name, name) for name in ("out", "err")]
        environment = dict(os.environ if environment is None else environment)
        # This file by its path: among what TFX imports is another package that is called `tests`.
        call = {"CALL": (command, str(cwd), environment, self._files, os.environ.get(BYTECODE))}
        self._process = _CONTEXT.Process(target=runpy.run_path, args=(__file__, call, _CHILD))
        with _ONE_READS:
            self._process.start()

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Waits for the end; returns what it has written to standard output and to standard error."""
        if not wait([self._process.sentinel], timeout):
            self.kill()
            raise subprocess.TimeoutExpired(self.command, timeout)
        self._end()
        out, err = (Path(path).read_text() for path in self._files)
        self._folder.cleanup()
        return out, err

    def kill(self) -> None:
        """Ends it."""
        self._process.kill()
        wait([self._process.sentinel])
        self._end()

    def _end(self) -> None:
        with _ONE_READS:
            self._process.join()
        self.returncode = self._process.exitcode


def run(
    command: list[str], cwd: Path, timeout: float, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Starts a program and waits for its end."""
    process = Forked(command, cwd, environment)
    out, err = process.communicate(timeout)
    assert process.returncode is not None
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _start(command: list[str], cwd: str, environment: dict[str, str], files: list[str], bytecode: str | None) -> None:
    """Becomes the program."""
    if bytecode and sys.dont_write_bytecode:
        sys.dont_write_bytecode, sys.pycache_prefix = False, bytecode
    for number, path in enumerate(files, 1):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    own = str(Path(__file__).parents[1])
    sys.path[:] = [cwd, *(path for path in sys.path if path not in ("", own))]
    is_module = command[0] == "-m"
    sys.argv[:] = command[1:] if is_module else command
    if is_module:
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(command[0], run_name="__main__")


if __name__ == _CHILD:
    _start(*globals()["CALL"])
