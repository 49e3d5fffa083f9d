"""Text columns by hash tables, and by comparisons where they are many."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from modules.features.profile import CategoricalColumn, Profile
from modules.features.vocabulary import Count, Vocabulary
from modules.graph import lookup

pytestmark = pytest.mark.unit

VALUES = ["", "a", "b", "c", "é", "A", "d", "e"]


def column(name: str, own: str, shared: str = "") -> CategoricalColumn:
    return CategoricalColumn(name, Vocabulary(*(tuple(Count(value, 1) for value in part) for part in (own, shared))))


PROFILE = Profile(
    categorical=(
        CategoricalColumn("code", Vocabulary((Count("7", 2), Count("9", 1)))),
        column("letters", "ba", "dé"),
        column("none", ""),
        CategoricalColumn("many", Vocabulary(tuple(Count(f"v{number}", 1) for number in range(300)))),
        column("last", "c"),
    )
)


def found(profile: Profile) -> dict[str, list]:
    texts = tf.constant([[value] for value in VALUES])
    codes = tf.constant([[7], [9], [8], [-(2**63)], [7], [7], [7], [7]], tf.int64)
    many = tf.constant([["v299"], ["v0"], [""], *[["a"]] * 5])
    given = {"category_0": codes, "category_1": texts, "category_2": texts, "category_3": many, "category_4": texts}
    return {name: tensor.numpy().tolist() for name, tensor in lookup.Lookup(profile)(given).items()}


def test_comparisons_give_the_numbers_that_tables_do(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = found(PROFILE)
    # letters: b and a are 0 and 1, unseen values 2, d and é share slots: 3 and 4; a missing value is 0, and marked.
    assert [row[1] for row in tables["category"]] == [0, 1, 0, 2, 4, 2, 3, 2]
    assert [row[1] for row in tables["missing"]] == [1, 0, 0, 0, 0, 0, 0, 0]
    monkeypatch.setattr(lookup, "_TABLES", 0)
    made: list[int] = []
    monkeypatch.setattr(tf.lookup, "StaticHashTable", _counted(made))
    assert found(PROFILE) == tables
    assert made == [300]  # a column of many values keeps its table


def _counted(made: list[int]) -> Callable:
    table = tf.lookup.StaticHashTable

    def make(filled: tf.lookup.KeyValueTensorInitializer, default: int) -> tf.lookup.StaticHashTable:
        made.append(default)
        return table(filled, default)

    return make


def test_a_model_that_compares_answers_alike_as_tflite(ship: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "_TABLES", 1)
    shipped = ship({"color": ("string", ["red", "blue", "", "é"] * 5), "size": ("string", ["s", "m", "m", "l"] * 5)})
    assert not shipped.encoder.lookup._tables
    rows = {
        name: np.array(cells, object) for name, cells in (("color", [b"red", b"", b"x"]), ("size", [b"l", b"x", b""]))
    }
    assert shipped.active("color", **rows)[0] == ["category[red]"]
    assert shipped.active("color", **rows)[1][1:] == ["missing"]
    assert shipped.active("size", **rows) == [["category[l]"], ["category[<unseen>]"], ["category[m]", "missing"]]
    shipped.answers(**rows)
