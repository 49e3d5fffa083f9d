"""Which outputs of a transform graph need no input that is not given, in time that grows with the columns.

TFT compares each input with each source of each output whenever a model is exported. What is replaced is no public
interface: where it has moved, wide tables are slower and nothing else changes.
"""

import logging
from collections.abc import Iterable
from typing import Any

import tensorflow as tf
from tensorflow.python.util.object_identity import ObjectIdentitySet
from tensorflow_transform.saved.saved_transform_io_v2 import SavedModelLoader


def find_in_linear_time() -> None:
    """Replaces a question of TFT by one with the same answer; once is enough, and more do no harm."""
    if not hasattr(SavedModelLoader, "_get_fetches"):
        logging.getLogger(__name__).warning("TFT's search for inputs has moved: wide tables will be slow.")
        return
    SavedModelLoader._get_fetches = _fetches


def _fetches(loader: Any, feeds: Iterable[tf.Tensor]) -> dict[str, Any]:
    """Returns the outputs that need no input but these, as `SavedModelLoader._get_fetches` does."""
    known = ObjectIdentitySet(feeds)
    known.update(loader._func_graph.internal_captures)
    return {
        name: output
        for name, output in loader._structured_outputs.items()
        if all(source in known for source in loader._output_to_inputs_map[name])
    }
