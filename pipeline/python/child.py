"""The process in which `fit` runs a pipeline.

A process of its own keeps the caller's whole: TensorFlow is not imported there, its settings, devices and memory are
not those of a notebook's kernel, and a run that dies leaves the kernel alive. It ends with the process that started it.
"""

import contextlib
import ctypes
import dataclasses
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import NoReturn, TextIO

from modules.base.errors import DataRefused, TargetMissed, UserError
from modules.base.progress import Progress
from pipeline import bootstrap, config, stopping
from pipeline.python import events
from pipeline.running import display, local

_PR_SET_PDEATHSIG = 1  # of Linux' prctl
_TELL_SECONDS = 0.25


class ReportedSteps(display.Display):
    """Tells another process what a display would show.

    Args:
        out: Where to.
    """

    def __init__(self, out: TextIO) -> None:
        self._to, self._told = out, 0.0

    def __enter__(self) -> "ReportedSteps":
        self._send("open")
        return self

    def close(self) -> None:
        """Says that nothing is shown any more."""
        self._send("close")

    def start(self, name: str, expected: float | None = None) -> None:
        """Tells of a step that begins."""
        self._send("start", name=name, expected=expected)

    def tell(self, progress: Progress) -> None:
        """Tells how far the step has come, some times a second at most."""
        if time.monotonic() - self._told >= _TELL_SECONDS:
            self._told = time.monotonic()
            self._send("tell", progress=dataclasses.asdict(progress))

    def finish(self, line: str) -> None:
        """Tells of a step that has ended."""
        self._send("finish", line=line)

    def _send(self, kind: str, **content: object) -> None:
        self._to.write(events.write(kind, **content))
        self._to.flush()


def main(parent: int, path: str, output: str, overrides: Sequence[str]) -> NoReturn:
    """Runs a pipeline, and ends the process with the exit status of the command `run`.

    Args:
        parent: The process that started this one.
        path: Path of the config.
        output: Folder of the run.
        overrides: As `config.load` takes them.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it has ended meanwhile
        stopping.leave(128 + signal.SIGTERM)
    try:
        settings = config.load(path, overrides)
        command = bootstrap.run_command(path, output, overrides)
        ending = local.follow(settings, output, command, ReportedSteps)
    except UserError as refusal:
        ending = local.Ending(local.REFUSED, 0, refusal)
    error = ending.error
    told = [error.where, error.what, error.fix] if error else None
    gate = isinstance(error, DataRefused | TargetMissed)
    with contextlib.suppress(OSError):  # nobody listens any more
        sys.stdout.write(events.write("end", status=ending.status, number=ending.number, error=told, gate=gate))
        sys.stdout.flush()
    stopping.leave(ending.status)
