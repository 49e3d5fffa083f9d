"""Converting a SavedModel without loading it into Python, of which the converter's C++ knows nothing."""

import contextlib
import logging
from collections.abc import Iterator
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
    load = getattr(lite, "_load", None)
    if load is None:
        logging.getLogger(__name__).warning("TFLite's loading of models has moved: converting will be slow.")
        yield
        return
    lite._load = _Unloaded
    try:
        yield
    finally:
        lite._load = load
