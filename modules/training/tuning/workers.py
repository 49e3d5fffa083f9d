"""Trials in processes of their own. One that dies takes nothing with it: its trial is given to another."""

import logging
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

from modules.base.errors import UserError
from modules.training.tuning import worker
from modules.training.tuning.trial import CannotTrain, SearchEnded, Tell, Train, TrialResult, TrialTask

# So many processes a trial may take along before the search ends.
_DEATHS = 3
_log = logging.getLogger(__name__)


class TrialFailed(Exception):
    """A trial raised an error, of which this is the traceback; other trials may do better."""


class _Died(Exception):
    """A process ended in the middle of a trial; this says how."""


class Workers:
    """Processes, each of which trains one trial at a time. They are started when a trial finds none that is idle.

    What they write goes where this process' standard error goes. They end when this process does, however it ends.

    Args:
        prepare: Returns what trains a trial: a function of a module, or a partial of one. Each process calls it once.
        at_once: How many processes there are.
        scratch: A folder of this machine, for their temporary files; None for the system's.
    """

    def __init__(self, prepare: Callable[[], Train], at_once: int, scratch: str | None = None) -> None:
        self.at_once = at_once
        self._prepare = pickle.dumps(prepare)
        self._scratch = tempfile.mkdtemp(prefix="workers-", dir=scratch)
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._alive: set[_Process] = set()
        self._closed = False

    def train(self, task: TrialTask, tell: Tell) -> TrialResult:
        """Trains a trial in a process that has nothing to do.

        Raises:
            UserError: The trial has ended several processes, refuses what it was given, or no process can be started.
            CannotTrain: A process could not prepare the training.
            TrialFailed: What the training raised.
            SearchEnded: `close` was called meanwhile.
        """
        deaths: list[str] = []
        while len(deaths) < _DEATHS:
            process = self._take()
            try:
                result = process.train(task, tell)
            except _Died as death:
                self._end(process)
                if self._closed:
                    raise SearchEnded from None
                deaths.append(str(death))
                _log.warning("Trial %s: process %d of %d for it %s", task.trial_id, len(deaths), _DEATHS, death)
            except TrialFailed:
                self._give_back(process)
                raise
            except BaseException:  # it is in the middle of a trial that nobody waits for
                self._end(process)
                raise
            else:
                self._give_back(process)
                return result
        raise UserError(
            "tuner.workers",
            f"trial {task.trial_id} ({_words(task.values)}) took {_DEATHS} processes along, one after the other: "
            f"the last one {deaths[-1]}",
            "If memory ran out, give fewer workers or smaller networks; finished trials are not trained again",
        )

    def close(self) -> None:
        """Ends all processes at once."""
        with self._lock:
            self._closed = True
            alive = [*self._alive]
        for process in alive:
            self._end(process)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _take(self) -> "_Process":
        with self._lock:
            if self._closed:
                raise SearchEnded
            if self._idle:
                return self._idle.pop()
            try:
                process = _Process(self._prepare, self._scratch)
            except OSError as error:
                what = f"a process could not be started ({error.strerror})"
                raise UserError("tuner.workers", what, "Give fewer, or null") from error
            self._alive.add(process)
            return process

    def _give_back(self, process: "_Process") -> None:
        with self._lock:
            self._idle.append(process)

    def _end(self, process: "_Process") -> None:
        process.end()
        with self._lock:
            self._alive.discard(process)


class _Process:
    """A process that trains trials.

    Args:
        prepare: What it is sent first.
        scratch: The folder of its temporary files, which it may not have the time to remove.
    """

    def __init__(self, prepare: bytes, scratch: str) -> None:
        ours, theirs = socket.socketpair()
        self._connection = Connection(ours.detach())
        paths = os.pathsep.join(os.path.abspath(path) for path in sys.path)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", worker.__name__, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=2,
                pass_fds=[theirs.fileno()],
                env=os.environ | worker.ENVIRONMENT | {"PYTHONPATH": paths, "TMPDIR": scratch},
            )
        self._unsent = [prepare]

    def train(self, task: TrialTask, tell: Tell) -> TrialResult:
        """Trains a trial; raises `_Died`, and what `Workers.train` does."""
        self._send(task)
        while True:
            kind, content = self._receive()
            if kind == worker.DONE:
                result: TrialResult = content
                return result
            if kind == worker.TOLD:
                tell(content)
            elif kind == worker.REFUSED:
                raise UserError(*content)
            elif kind == worker.UNPREPARED:
                raise CannotTrain(content)
            else:
                raise TrialFailed(content)

    def _send(self, task: TrialTask) -> None:
        self._unsent.append(pickle.dumps(task))
        try:
            while self._unsent:
                self._connection.send_bytes(self._unsent[0])
                del self._unsent[0]
        except OSError:
            raise _Died(self._ending()) from None

    def _receive(self) -> tuple[str, Any]:
        try:
            message: tuple[str, Any] = self._connection.recv()
        except (EOFError, OSError):
            raise _Died(self._ending()) from None
        return message

    def _ending(self) -> str:
        """Says how it ended."""
        try:
            status = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return "did not answer any more"
        return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"

    def end(self) -> None:
        """Ends it, whatever it does; may be called twice, and from another thread."""
        self._process.kill()
        self._process.wait()


def _words(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if "/" not in name)
