"""Converting a SavedModel without loading it into Python, of which the converter's C++ knows nothing."""

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any

from tensorflow.core.framework import graph_debug_info_pb2
from tensorflow.lite.python import lite


class _Unloaded:
    """What TFLite's converter asks of a loaded SavedModel: the names of its signatures, and where its code was."""

    def __init__(self, *_: Any) -> None:
        self.signatures = {"serving_default": None}
        self.graph_debug_info = graph_debug_info_pb2.GraphDebugInfo()


@contextlib.contextmanager
def models() -> Iterator[None]:
    """Lets the converter take SavedModels with the one signature `serving_default` by their folder alone.

    It loads each twice, only to learn its signatures and from which lines of Python its operations came: two thirds of
    the time of converting a table of 500 columns. The file is the same to the byte. The function that loads is not a
    public interface: where it has moved, converting is slower and nothing else changes.
    """
    with _instead("_load", _Unloaded):
        yield


@contextlib.contextmanager
def constants() -> Iterator[None]:
    """Lets the converter leave equal constants in the file: `trimming` leads them to one buffer anyway.

    In a wide table, reading the file into Python and writing it again takes it seconds.
    """
    with _instead("_deduplicate_readonly_buffers", lambda model: model):
        yield


@contextlib.contextmanager
def _instead(name: str, ours: Callable[..., Any]) -> Iterator[None]:
    """Puts a function in the place of one of the converter's, which may have moved."""
    theirs = getattr(lite, name, None)
    if theirs is None:
        logging.getLogger(__name__).warning("TFLite's %s has moved: converting will be slow.", name)
        yield
        return
    setattr(lite, name, ours)
    try:
        yield
    finally:
        setattr(lite, name, theirs)
