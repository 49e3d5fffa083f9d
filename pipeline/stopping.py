"""Ctrl-C, SIGTERM, a terminal that is closed: the run ends soon, whatever it is doing, and says how to go on."""

import atexit
import contextlib
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
INTERRUPTED = 128 + signal.SIGINT
# Seconds that the main thread has to end by itself, what has to be written may take beyond them, and the last words.
GRACE_SECONDS, RECORD_SECONDS, _WORDS_SECONDS = 4.0, 5.0, 1.0
_LOOK_SECONDS = 0.1


class Stopped(KeyboardInterrupt):
    """Somebody wants the run to end.

    Args:
        number: The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number


class Guard:
    """Ends the process on SIGINT, SIGTERM, SIGHUP or SIGQUIT; a context manager, for the main thread.

    The first signal raises `Stopped` in the main thread, so that files are closed and temporary folders removed. Python
    does so only between two of its own instructions, and libraries may wait for their threads on the way: if the main
    thread has not ended the process after `GRACE_SECONDS`, or there is a second signal, another thread does. That one
    is woken by the C handler of the signal, whatever the main thread does, and has written what a stopped run leaves.

    Attributes:
        stopped: What was raised, once there was a signal.
    """

    def __init__(self) -> None:
        self.stopped: Stopped | None = None
        self._tidy: Callable[[], None] = lambda: None
        self._record: Callable[[], None] = lambda: None
        self._recorded = threading.Event()
        self._words: Callable[[], str] = lambda: "Stopped."
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Guard":
        self._stderr = os.dup(2)  # what it is now; meanwhile it may be sent elsewhere
        self._receive, self._send = socket.socketpair()
        self._send.setblocking(False)
        self._fd_before = signal.set_wakeup_fd(self._send.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            # What was started in the background, by nohup say, ignores Ctrl-C, and goes on doing so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._raise)
        threading.Thread(target=self._watch, name="stopping", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.stopped is not None:
            return  # the watch goes on: what comes after may hang
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._send.close()
        os.close(self._stderr)

    def prepare(self, tidy: Callable[[], None], record: Callable[[], None], words: Callable[[], str]) -> None:
        """Sets what is to be done before the process is ended from outside the main thread.

        Args:
            tidy: Gives the terminal back.
            record: Writes what a stopped run leaves; called at once, whether the main thread ends by itself or not.
            words: Returns what a person then reads.
        """
        self._tidy, self._record, self._words = tidy, record, words

    def _raise(self, number: int, _: FrameType | None) -> None:
        if self.stopped is None:
            self.stopped = Stopped(number)
            raise self.stopped

    def _watch(self) -> None:
        while True:
            received = self._receive.recv(1)
            if not received:
                self._receive.close()
                return
            if received[0] in self._before:
                break
        threading.Thread(target=self._write, daemon=True).start()
        again, _, _ = select.select([self._receive], [], [], GRACE_SECONDS)
        until = time.monotonic() + RECORD_SECONDS
        while not again and not self._recorded.is_set() and time.monotonic() < until:
            again, _, _ = select.select([self._receive], [], [], _LOOK_SECONDS)
        last = threading.Thread(target=self._say, daemon=True)  # a terminal that is held takes no words
        last.start()
        last.join(_WORDS_SECONDS)
        os._exit(128 + received[0])

    def _write(self) -> None:
        try:
            self._record()
        finally:  # an error in there is one of the log, and keeps nobody
            self._recorded.set()

    def _say(self) -> None:
        self._tidy()
        with contextlib.suppress(OSError):  # the terminal may be gone
            os.write(self._stderr, f"{self._words()}\n".encode())


def leave(status: int) -> NoReturn:
    """Ends the process: at once if it was stopped, else after its threads and Python's exit functions.

    Python's own end is left out. There, a thread of Arrow that still reads ahead in a table that was refused waits for
    Python's lock, is ended for it, and takes the process along: exit status -6 in place of the refusal's.
    """
    if status not in {128 + number for number in _SIGNALS}:
        for thread in threading.enumerate():
            if not thread.daemon and thread is not threading.main_thread():
                thread.join()
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(status)
