"""TFT's questions about its graphs: the same answers as its own, and without a comparison of all with all."""

import importlib.util
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf
import tensorflow_transform as tft
from tensorflow.python.util.object_identity import Reference
from tensorflow_transform import graph_tools, impl_helper, tf_utils
from tensorflow_transform.saved import saved_transform_io_v2

from modules.base import dependent_inputs

pytestmark = pytest.mark.unit


def preprocessing_fn(inputs: dict[str, Any]) -> dict[str, Any]:
    """Of several kinds: an analyzer after another one, an input for no output, one for two, and a sparse one."""
    scaled = tft.scale_to_z_score(tf.concat([inputs["a"], inputs["b"]], axis=1), elementwise=True)
    words = tf.sparse.to_dense(inputs["words"], default_value="")
    return {
        "scaled": scaled,
        "twice": tft.scale_to_0_1(scaled) + inputs["a"],
        "text": inputs["text"],
        "codes": tft.compute_and_apply_vocabulary(inputs["text"]),
        "words": words,
        "nothing": tf.zeros_like(inputs["b"]),
    }


def specs(wide: int = 0) -> dict[str, tf.TypeSpec]:
    dense = {name: tf.TensorSpec([None, 1], tf.float32, name=name) for name in ("a", "b", "unused")}
    text = {name: tf.TensorSpec([None, 1], tf.string, name=name) for name in ("text", *(f"t{i}" for i in range(wide)))}
    return dense | text | {"words": tf.SparseTensorSpec([None, None], tf.string)}


def fresh(module: types.ModuleType) -> Any:
    """Returns a module of TFT as it is installed, whatever was replaced in it."""
    spec = importlib.util.find_spec(module.__name__)
    assert spec is not None and spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> tuple[tf.Graph, dict[str, Any], dict[str, Any]]:
    folder = str(tmp_path_factory.mktemp("assets"))
    return impl_helper.trace_preprocessing_function(preprocessing_fn, specs(), False, folder)


@pytest.fixture(autouse=True)
def replaced() -> None:
    dependent_inputs.find_in_linear_time()
    dependent_inputs.find_in_linear_time()


def test_the_inputs_of_each_output_are_those_that_tft_finds(traced: tuple) -> None:
    graph, inputs, outputs = traced
    own = fresh(graph_tools)
    assert own.InitializableGraphAnalyzer.get_dependent_inputs is not (
        graph_tools.InitializableGraphAnalyzer.get_dependent_inputs
    )
    for wanted in ([outputs[name]] for name in outputs):
        found = graph_tools.get_dependent_inputs(graph, inputs, wanted)
        assert list(found) == list(own.get_dependent_inputs(graph, inputs, wanted))
        assert all(found[name] is inputs[name] for name in found)
    assert list(graph_tools.get_dependent_inputs(graph, inputs, outputs)) == ["a", "b", "text", "words"]


def test_the_fingerprints_of_analyzers_are_those_of_tft(traced: tuple) -> None:
    graph, inputs, _ = traced
    found = graph_tools.get_analyzers_fingerprint(graph, inputs)
    assert found == fresh(graph_tools).get_analyzers_fingerprint(graph, inputs)
    assert {frozenset(one.source_keys) for one in found.values()} == {frozenset("ab"), frozenset(["text"])}


def test_a_saved_model_gives_the_outputs_for_which_it_has_the_inputs(tmp_path: Any) -> None:
    def without_analyzers(inputs: dict[str, Any]) -> dict[str, Any]:
        return {"sum": inputs["a"] + inputs["b"], "text": inputs["text"], "constant": tf.ones([1, 1])}

    given = {name: spec for name, spec in specs().items() if name in ("a", "b", "text")}
    impl_helper.analyze_in_place(without_analyzers, False, given, given, str(tmp_path))
    loaders = [
        io.SavedModelLoader(str(tmp_path / tft.TFTransformOutput.TRANSFORM_FN_DIR))
        for io in (saved_transform_io_v2, fresh(saved_transform_io_v2))
    ]
    for unfed, wanted in (([], {"sum", "text"}), (["b"], {"text"}), (["text"], {"sum"}), (["a", "text"], set())):
        found, own = (set(loader._get_fetches_keys(loader._get_feeds(unfed))) for loader in loaders)
        assert found == own == wanted | {"constant"}


@pytest.mark.parametrize("question", ["dependent inputs", "fingerprints"])
def test_four_times_the_columns_take_four_times_the_comparisons(
    question: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def many(inputs: dict[str, Any]) -> dict[str, Any]:
        texts = {name: column for name, column in inputs.items() if name.startswith("t")}
        tft.vocabulary(tf.concat(list(texts.values()), axis=1), vocab_filename="all")
        return texts

    def counted(columns: int) -> int:
        assets = str(tmp_path / str(columns))
        graph, inputs, outputs = impl_helper.trace_preprocessing_function(many, specs(columns), False, assets)
        calls = 0

        def counting(real: Callable[..., Any]) -> Callable[..., Any]:
            def count(*given: Any) -> Any:
                nonlocal calls
                calls += 1
                return real(*given)

            return count

        with monkeypatch.context() as patch:
            patch.setattr(tf_utils, "hashable_tensor_or_op", counting(tf_utils.hashable_tensor_or_op))
            patch.setattr(Reference, "__eq__", counting(Reference.__eq__))
            if question == "fingerprints":
                graph_tools.get_analyzers_fingerprint(graph, inputs)
            else:
                graph_tools.get_dependent_inputs(graph, inputs, outputs)
        return calls

    few, more = (counted(columns) for columns in (50, 200))
    assert more < 5 * few


def test_where_tft_has_moved_nothing_is_replaced_and_a_line_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(graph_tools, "_retrieve_source_keys")
    dependent_inputs.find_in_linear_time()
    assert "wide tables will be slow" in caplog.text
    assert not hasattr(graph_tools, "_retrieve_source_keys")
