"""Which inputs a tensor depends on, asked of TFT in time that grows with the columns and not with their square.

TFT compares each input with each source of each output, several times in Transform and whenever a model is exported.
What is replaced is no public interface: where it has moved, wide tables are slower and nothing else changes.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import tensorflow as tf
from tensorflow.python.util.object_identity import ObjectIdentitySet
from tensorflow_transform import graph_tools, tf_utils
from tensorflow_transform.saved.saved_transform_io_v2 import SavedModelLoader


def find_in_linear_time() -> None:
    """Replaces three questions of TFT by ones with the same answers; once is enough, and more do no harm."""
    try:
        analyzer, checked = graph_tools.InitializableGraphAnalyzer, graph_tools._reraise_unexpected_error
        replaced = [
            (graph_tools, "_retrieve_source_keys", _source_keys),
            (analyzer, "get_dependent_inputs", checked(_dependent_inputs)),
            (SavedModelLoader, "_get_fetches", _fetches),
        ]
        for where, name, _ in replaced:
            getattr(where, name)
    except AttributeError:
        logging.getLogger(__name__).warning("TFT's search for inputs has moved: wide tables will be slow.")
        return
    for where, name, function in replaced:
        setattr(where, name, function)


def _source_keys(tensors: Iterable[tf.Tensor], inputs: Mapping[str, Any]) -> set[str]:
    """Returns the names of the inputs that tensors depend on, as `graph_tools._retrieve_source_keys` does."""
    sources = graph_tools.retrieve_sources([tensor.op for tensor in tensors], ignore_control_dependencies=True)
    names = _names_of_parts(inputs)
    return {names[key] for key in map(tf_utils.hashable_tensor_or_op, sources) if key in names}


def _dependent_inputs(analyzer: Any, tensor_or_op: Any) -> dict[str, Any]:
    """Returns the inputs that a tensor depends on, as `InitializableGraphAnalyzer.get_dependent_inputs` does."""
    inputs, names = analyzer._input_signature, analyzer.__dict__.get("names_of_parts")
    if names is None:
        names = analyzer.names_of_parts = _names_of_parts(inputs)
    found: set[str] = set()
    for part in tf.nest.flatten(tensor_or_op, expand_composites=True):
        sources = analyzer._graph_analyzer.analyze_tensor(part).dependent_sources
        found.update(names[source] for source in sources if source in names)
    return {name: inputs[name] for name in sorted(found)}


def _names_of_parts(inputs: Mapping[str, Any]) -> dict[Any, str]:
    """Returns the name of the input that each dense tensor is, or is a part of."""
    return {
        tf_utils.hashable_tensor_or_op(part): name
        for name, tensor in inputs.items()
        for part in tf.nest.flatten(tensor, expand_composites=True)
    }


def _fetches(loader: Any, feeds: Iterable[tf.Tensor]) -> dict[str, Any]:
    """Returns the outputs that need no input but these, as `SavedModelLoader._get_fetches` does."""
    known = ObjectIdentitySet(feeds)
    known.update(loader._func_graph.internal_captures)
    return {
        name: output
        for name, output in loader._structured_outputs.items()
        if all(source in known for source in loader._output_to_inputs_map[name])
    }
