"""The delegate that computes on devices, taken up without a word on standard error. Knows no TFX."""

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import Any

# What LiteRT's C++ writes to the file descriptor of standard error once per process; no setting keeps it quiet.
_ANNOUNCEMENT = b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"
_STANDARD_ERROR = 2

_announced, _lock = threading.Event(), threading.Lock()


def allocate(interpreter: Any) -> None:
    """Allocates the tensors of a new interpreter, which is when the delegate takes its operations.

    The delegate announces itself the first time that a process makes one. For as long as that takes, what the process
    writes to standard error is kept in memory; all of it but the announcement is then written there. Interpreters that
    other threads open meanwhile wait.

    Args:
        interpreter: An `ai_edge_litert.interpreter.Interpreter` that no signature runner has been made of.
    """
    if _announced.is_set():
        interpreter.allocate_tensors()
        return
    with _lock:
        with _without_announcement():
            interpreter.allocate_tensors()
        _announced.set()


@contextlib.contextmanager
def _without_announcement() -> Iterator[None]:
    try:
        standard_error = os.dup(_STANDARD_ERROR)
    except OSError:  # it is closed: there is nothing to keep quiet
        yield
        return
    caught = os.memfd_create("standard error")
    try:
        os.dup2(caught, _STANDARD_ERROR)
        try:
            yield
        finally:
            os.dup2(standard_error, _STANDARD_ERROR)
            rest = _content(caught).replace(_ANNOUNCEMENT, b"")
            if rest:
                os.write(_STANDARD_ERROR, rest)
    finally:
        os.close(standard_error)
        os.close(caught)


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
