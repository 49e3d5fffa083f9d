import numpy as np
import pytest
from tensorflow_model_analysis.proto import config_pb2

from components.evaluator.slicing import SliceCollector

pytestmark = pytest.mark.unit

COLUMNS = {
    "g": np.array([b"x", b"y", b"x", b"\xc3\xbc", b"y"], object),
    "n": np.array([1, 2, 1, 1, 1], np.int64),
    "f": np.array([0.5, np.nan, np.nan, 0.5, 2], np.float32),
}


def rows(spec: config_pb2.SlicingSpec, *batches: slice) -> dict[tuple, list[int]]:
    """Returns the rows of every slice, the five rows given in batches."""
    collector = SliceCollector([spec])
    for batch in batches or [slice(5)]:
        part = {name: array[batch, None] for name, array in COLUMNS.items()}
        collector.add(part, len(part["g"]))
    return {key: found.tolist() for key, found in collector.rows_by_slice().items()}


def test_a_spec_without_columns_is_all_rows() -> None:
    assert rows(config_pb2.SlicingSpec(), slice(2), slice(2, 5)) == {(): [0, 1, 2, 3, 4]}


def test_a_slice_is_the_rows_with_a_value_under_tfmas_key_with_text_decoded() -> None:
    found = rows(config_pb2.SlicingSpec(feature_keys=["g"]))
    assert found == {(("g", "x"),): [0, 2], (("g", "y"),): [1, 4], (("g", "ü"),): [3]}


@pytest.mark.parametrize("batches", [[slice(5)], [slice(1), slice(1, 3), slice(3, 5)]])
def test_several_columns_make_a_slice_of_each_combination_in_the_order_of_names(batches: list[slice]) -> None:
    found = rows(config_pb2.SlicingSpec(feature_keys=["n", "g"]), *batches)
    assert found == {
        (("g", "x"), ("n", 1)): [0, 2],
        (("g", "y"), ("n", 2)): [1],
        (("g", "ü"), ("n", 1)): [3],
        (("g", "y"), ("n", 1)): [4],
    }


def test_what_is_not_a_number_is_one_slice_in_whichever_batch() -> None:
    found = rows(config_pb2.SlicingSpec(feature_keys=["f"]), slice(2), slice(2, 5))
    assert sorted(found.values()) == [[0, 3], [1, 2], [4]]


def test_a_spec_with_a_value_is_the_rows_that_have_it() -> None:
    found = rows(config_pb2.SlicingSpec(feature_values={"g": "y"}))
    assert found == {(("g", "y"),): [1, 4]}
