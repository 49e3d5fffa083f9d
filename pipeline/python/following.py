"""Starting the process of a run, showing what it tells, and stopping it with its caller."""

import dataclasses
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, Any

from modules.base.errors import UserError
from modules.base.progress import Progress
from pipeline import bootstrap, terminal
from pipeline.python import events, notebook
from pipeline.running import display

# With the project's root before anything else, as a runner has it; the working directory stays the caller's.
_CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from pipeline.python import child
child.main(int(sys.argv[2]), *sys.argv[3:5], sys.argv[5:])
"""
_LOOK_SECONDS = 0.5


class Interrupted(KeyboardInterrupt):
    """The run was stopped from the keyboard, or by a notebook's button; its message says how to go on."""

    def _render_traceback_(self) -> list[str]:
        """Tells a notebook to show the message alone."""
        return [str(self)]


@dataclasses.dataclass(frozen=True)
class Told:
    """How a run ended, as its process told.

    Attributes:
        status: The exit status of the command `run`.
        number: The run's number; 0 if it left no report.
        error: Why it came to no verdict; None if it did.
        gate: Whether a gate stopped it.
    """

    status: int
    number: int
    error: UserError | None
    gate: bool


def run(config: str, output: str, overrides: Sequence[str]) -> Told:
    """Runs a pipeline in a process of its own, and shows its steps where this one prints.

    Args:
        config: Path of the config.
        output: Folder of the run.
        overrides: As `config.load` takes them.

    Raises:
        Interrupted: After Ctrl-C or the interruption of the kernel, when the run has ended.
    """
    arguments = [bootstrap.ROOT, str(os.getpid()), config, output, *overrides]
    process = subprocess.Popen(
        [sys.executable, "-c", _CHILD, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # Ctrl-C in a terminal comes from here alone, once
    )
    try:
        return _Conversation(process).follow()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait()


class _Conversation:
    """What the process of a run tells, until its end."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._lines: queue.Queue[tuple[str, str | None]] = queue.Queue()
        self._errors: list[str] = []
        self._end: dict[str, Any] | None = None
        self._shown: display.Display | None = None
        self._interrupted = False
        for name, stream in (("out", process.stdout), ("err", process.stderr)):
            assert stream is not None
            threading.Thread(target=self._read, args=(name, stream), name=f"run {name}", daemon=True).start()

    def _read(self, name: str, stream: IO[str]) -> None:
        for line in stream:
            self._lines.put((name, line))
        self._lines.put((name, None))

    def follow(self) -> Told:
        """Shows everything, and returns how the run ended."""
        open_streams = {"out", "err"}
        try:
            while open_streams:
                try:
                    self._step(open_streams)
                except KeyboardInterrupt:
                    # The first one lets the run write its report; a second one ends it at once.
                    self._interrupted = True
                    self._process.send_signal(signal.SIGINT)
            status = self._process.wait()
        finally:
            self._close()
        if self._interrupted and self._end is None or status in (128 + signal.SIGINT, 128 + signal.SIGTERM):
            raise Interrupted("\n".join(self._errors) or "Stopped.")
        if self._end is None:
            what = f"ended without a word (exit status {status})"
            last = f"; its last ones before were {' '.join(self._errors[-3:])[:300]!r}" if self._errors else ""
            error = UserError(
                "The process of the run", what + last, "Look at memory, and at the log that is named above"
            )
            return Told(status, 0, error, False)
        told = self._end["error"]
        refused = UserError(*told) if told else None
        return Told(self._end["status"], self._end["number"], refused, self._end["gate"])

    def _step(self, open_streams: set[str]) -> None:
        try:
            name, line = self._lines.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            if isinstance(self._shown, notebook.NotebookSteps):
                self._shown.refresh()
            return
        if line is None:
            open_streams.discard(name)
        elif name == "err":
            self._errors.append(line.rstrip("\n"))
        elif event := events.read(line):
            self._take(event)
        else:
            terminal.say(line.rstrip("\n"))

    def _take(self, event: dict[str, Any]) -> None:
        kind = event.pop("event")
        if kind == "end":
            self._end = event
        elif kind == "open":
            self._shown = notebook.NotebookSteps() if notebook.is_notebook() else display.Display(sys.stdout)
            self._shown.__enter__()
        elif kind == "close":
            self._close()
        elif self._shown is not None:
            if kind == "tell":
                self._shown.tell(Progress(**event["progress"]))
            else:
                getattr(self._shown, kind)(**event)

    def _close(self) -> None:
        if self._shown is not None:
            self._shown.close()
            self._shown = None
