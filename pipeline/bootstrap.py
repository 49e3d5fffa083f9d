"""Finding the environment that the runners need, whichever Python starts them.

Nothing but the standard library is imported here, and nothing is written that an older Python cannot read.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PYTHON = (3, 11)
# Packages by which an environment of this project is known; `predict` does with fewer.
_NEEDED = ("tfx", "altair", "ai_edge_litert", "pyarrow_hotfix")
_TO_PREDICT = ("numpy", "pyarrow", "pyarrow_hotfix", "pydantic", "ai_edge_litert")


def environment() -> str:
    """Returns the folder of the environment that `make setup` makes, as the Makefile names it."""
    stack = os.environ.get("STACK")
    return os.path.join(ROOT, f".venv-{stack}" if stack else ".venv")


def start(main: Callable[[], int]) -> NoReturn:
    """Runs a runner in an interpreter that has what it needs, and ends the process with its exit status."""
    open_streams()
    ensure()
    from modules.base.compat import provide_home
    from pipeline.stopping import leave

    provide_home()
    leave(main())


def open_streams() -> None:
    """Leads what the caller has closed of standard input, output and error to the null device.

    Else the next file that is opened would take its number, and get what is written to it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None and os.open(os.devnull, os.O_RDWR) == number:
            setattr(sys, name, os.fdopen(number, "w" if number else "r"))


def console() -> NoReturn:
    """Does what local_runner.py does, as the command that an installed package brings along.

    Raises:
        SystemExit: The package was installed without the project around it, as into the image; one line says so.
    """
    runner = os.path.join(ROOT, "local_runner.py")
    if not os.path.isfile(runner):
        sys.stderr.write(f"{sys.argv[0]}: there is no {runner}: call the local_runner.py of the project\n")
        raise SystemExit(2)
    spec = importlib.util.spec_from_file_location("local_runner", runner)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    start(module.main)


def ensure() -> None:
    """Goes on in an interpreter that has what the project needs: this one, or that of the environment beside it.

    Raises:
        SystemExit: There is none; one line says what to do.
    """
    missing = _missing(_TO_PREDICT if sys.argv[1:2] == ["predict"] else _NEEDED)
    if not missing:
        return
    python = _python_of(environment())
    if os.path.isfile(python) and not _is_this(environment()):
        os.execv(python, [python, *sys.argv])
    sys.stderr.write(f"{sys.argv[0]}: {sys.executable} {missing}. Run `make setup` in {ROOT} first\n")
    raise SystemExit(2)


def _missing(packages: tuple[str, ...]) -> str:
    """Says what this interpreter lacks; nothing if it is complete."""
    if sys.version_info[:2] != _PYTHON:
        return "is Python {}.{}, and Python {}.{} is needed".format(*sys.version_info[:2], *_PYTHON)
    absent = [package for package in packages if importlib.util.find_spec(package) is None]
    return f"lacks the package{'' if len(absent) == 1 else 's'} {', '.join(absent)}" if absent else ""


def _python_of(folder: str) -> str:
    return os.path.join(folder, "bin", "python")


def _is_this(folder: str) -> bool:
    """Tells whether this interpreter is that of an environment."""
    return os.path.realpath(sys.prefix) == os.path.realpath(folder)


def command(runner: str, *arguments: str) -> str:
    """Returns a command line of a runner that works when it is pasted where the user is.

    Args:
        runner: The runner's file.
        *arguments: What follows; paths in there are of the working directory.
    """
    return shlex.join([_interpreter(), _from_here(os.path.join(ROOT, runner)), *arguments])


def run_command(config: str, output: str, overrides: Sequence[str]) -> str:
    """Returns the command line of a run.

    Args:
        config: Path of the config.
        output: Folder of the run.
        overrides: As `config.load` takes them.
    """
    settings = [part for override in overrides for part in ("--set", override)]
    return command("local_runner.py", "run", "--config", config, "--output", output, *settings)


def _interpreter() -> str:
    """Returns `python` or `python3` where that leads to this interpreter, and else this interpreter."""
    for name in ("python", "python3"):
        path = shutil.which(name)
        # Any other Python goes on in the environment beside the runner.
        if path and (_is_this(environment()) or os.path.dirname(path) == os.path.dirname(sys.executable)):
            return name
    return _from_here(sys.executable)


def _from_here(path: str) -> str:
    """Returns a path relative to the working directory, if it lies below that."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative
