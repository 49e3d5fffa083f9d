"""Runs a program in which one call of the operating system goes wrong: `python inject.py FAULT PROGRAM ARGUMENT …`.

FAULT is JSON: `event` and `path` say at which call, in the words of Python's audit events and of `fnmatch`, and `nth`
at which of several, where reading a file does not count. `act` is `kill`, as by kill -9 or a power cut, or the name of
an errno that the call fails with. Nothing of the program is replaced: an audit hook sees what Python code calls.
"""

import errno
import fnmatch
import json
import os
import runpy
import signal
import sys
from typing import Any


def _paths(arguments: tuple[Any, ...]) -> list[str]:
    """Returns what of an event's arguments may be a path."""
    return [os.fsdecode(argument) for argument in arguments if isinstance(argument, str | bytes | os.PathLike)]


def install(fault: dict[str, Any]) -> None:
    """Has the call that is named go wrong, once."""
    left = [int(fault.get("nth", 1))]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event != fault["event"] or not left[0] or event == "open" and str(arguments[1]).startswith("r"):
            return
        if any(fnmatch.fnmatch(path, fault["path"]) for path in _paths(arguments)):
            left[0] -= 1
            if not left[0]:
                _act(str(fault["act"]))

    sys.addaudithook(hook)


def _act(name: str) -> None:
    if name == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "MemoryError":
        raise MemoryError
    number = getattr(errno, name)
    raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    install(json.loads(sys.argv[1]))
    sys.argv[:] = sys.argv[2:]
    sys.path[0] = os.getcwd()
    runpy.run_path(sys.argv[0], run_name="__main__")
