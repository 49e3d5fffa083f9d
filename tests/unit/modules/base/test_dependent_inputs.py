"""TFT's question about its graphs: the same answer as its own, and without a comparison of all with all."""

import importlib.util
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf
import tensorflow_transform as tft
from tensorflow.python.util.object_identity import ObjectIdentitySet
from tensorflow_transform import impl_helper
from tensorflow_transform.saved import saved_transform_io_v2

from modules.base import dependent_inputs

pytestmark = pytest.mark.unit


def preprocessing_fn(inputs: dict[str, Any]) -> dict[str, Any]:
    """Of several kinds: from two inputs, as one is, and from none."""
    return {"sum": inputs["a"] + inputs["b"], "text": inputs["text"], "constant": tf.ones([1, 1])}


def specs(wide: int = 0) -> dict[str, tf.TypeSpec]:
    dense = {name: tf.TensorSpec([None, 1], tf.float32, name=name) for name in ("a", "b")}
    return dense | {
        name: tf.TensorSpec([None, 1], tf.string, name=name) for name in ("text", *(f"t{i}" for i in range(wide)))
    }


def fresh(module: types.ModuleType) -> Any:
    """Returns a module of TFT as it is installed, whatever was replaced in it."""
    spec = importlib.util.find_spec(module.__name__)
    assert spec is not None and spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


@pytest.fixture(autouse=True)
def replaced() -> None:
    dependent_inputs.find_in_linear_time()
    dependent_inputs.find_in_linear_time()


def test_a_saved_model_gives_the_outputs_for_which_it_has_the_inputs(tmp_path: Any) -> None:
    impl_helper.analyze_in_place(preprocessing_fn, False, specs(), specs(), str(tmp_path))
    loaders = [
        io.SavedModelLoader(str(tmp_path / tft.TFTransformOutput.TRANSFORM_FN_DIR))
        for io in (saved_transform_io_v2, fresh(saved_transform_io_v2))
    ]
    for unfed, wanted in (([], {"sum", "text"}), (["b"], {"text"}), (["text"], {"sum"}), (["a", "text"], set())):
        found, own = (set(loader._get_fetches_keys(loader._get_feeds(unfed))) for loader in loaders)
        assert found == own == wanted | {"constant"}


def test_four_times_the_columns_take_four_times_the_comparisons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def many(inputs: dict[str, Any]) -> dict[str, Any]:
        return {name: tf.identity(column) for name, column in inputs.items()}

    def counted(columns: int) -> int:
        folder = str(tmp_path / str(columns))
        impl_helper.analyze_in_place(many, False, specs(columns), specs(columns), folder)
        loader = saved_transform_io_v2.SavedModelLoader(f"{folder}/{tft.TFTransformOutput.TRANSFORM_FN_DIR}")
        feeds = loader._get_feeds(["a"])
        calls = 0

        def counting(real: Callable[..., Any]) -> Callable[..., Any]:
            def count(*given: Any) -> Any:
                nonlocal calls
                calls += 1
                return real(*given)

            return count

        with monkeypatch.context() as patch:
            patch.setattr(ObjectIdentitySet, "_wrap_key", counting(ObjectIdentitySet._wrap_key))
            assert len(loader._get_fetches_keys(feeds)) == columns + 2
        return calls

    few, more = (counted(columns) for columns in (50, 200))
    assert more < 5 * few


def test_where_tft_has_moved_nothing_is_replaced_and_a_line_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(saved_transform_io_v2.SavedModelLoader, "_get_fetches")
    dependent_inputs.find_in_linear_time()
    assert "wide tables will be slow" in caplog.text
    assert not hasattr(saved_transform_io_v2.SavedModelLoader, "_get_fetches")
