from typing import Any

import numpy as np
import pytest
import tensorflow_model_analysis as tfma

from modules.extractors import encode_labels

pytestmark = pytest.mark.unit


def encode(labels: object, positive: str) -> Any:
    return encode_labels({tfma.LABELS_KEY: labels}, positive)[tfma.LABELS_KEY]


@pytest.mark.parametrize(
    ("labels", "positive", "expected"),
    [
        (np.array([[b">50K"], [b"<=50K"], [b">50K"]], object), ">50K", [[1], [0], [1]]),
        (np.array([b"yes", b"no"]), "yes", [1, 0]),
        (np.array(["né".encode(), b"ne"], object), "né", [1, 0]),
        (np.array([[0], [1], [2]], np.int64), "1", [[0], [1], [0]]),
    ],
    ids=["object", "bytes", "unicode", "integers"],
)
def test_the_positive_class_becomes_one_and_all_others_zero(labels: np.ndarray, positive: str, expected: list) -> None:
    found = encode(labels, positive)
    assert isinstance(found, np.ndarray)
    assert found.dtype == np.float32
    assert found.tolist() == expected


def test_the_labels_of_several_models_are_encoded_each() -> None:
    text = np.array([[b"a"], [b"b"]], object)
    found = encode({"candidate": text, "baseline": text[::-1]}, "a")
    assert isinstance(found, dict)
    assert found["candidate"].tolist() == [[1], [0]]
    assert found["baseline"].tolist() == [[0], [1]]


def test_other_extracts_stay_and_the_batch_itself_is_not_changed() -> None:
    batch: dict[str, Any] = {tfma.LABELS_KEY: np.array([b"a"], object), tfma.FEATURES_KEY: {"x": 1}}
    found = encode_labels(batch, "a")
    assert found[tfma.FEATURES_KEY] == {"x": 1}
    assert batch[tfma.LABELS_KEY].tolist() == [b"a"]
