"""How far a step has come, told to whoever listens. A step knows no terminal; without a listener, nothing happens."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far the work of a step has come.

    Attributes:
        done: How much is done.
        total: How much there is to do; None where that is not known.
        note: What a person reads of it, such as `epoch 3 of 40`.
        at_most: Whether the work may well end before `total`, as training does when it stops early.
    """

    done: float
    total: float | None
    note: str
    at_most: bool = False


_listeners: list[Callable[[Progress], None]] = []


@contextlib.contextmanager
def listen(listener: Callable[[Progress], None]) -> Iterator[None]:
    """Sends every report of this process to a listener, while the context lasts.

    Args:
        listener: Called in the thread that reports; it must be quick.
    """
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def report(done: float, total: float | None, note: str, at_most: bool = False) -> None:
    """Tells the listeners how far the step has come; the arguments are those of `Progress`."""
    for listener in _listeners:
        listener(Progress(done, total, note, at_most))
