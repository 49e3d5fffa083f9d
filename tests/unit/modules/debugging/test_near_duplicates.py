import numpy as np
import pytest

from modules.debugging import near_duplicates
from modules.explaining import raw_function
from modules.explaining.raw_function import RawColumn

pytestmark = pytest.mark.unit

COLUMNS = [
    RawColumn("colour", "categorical", "string"),
    RawColumn("size", "numeric", "float32"),
    RawColumn("weight", "numeric", "int64"),
]
LEAST = np.iinfo(np.int64).min


def table(count: int, seed: int) -> dict[str, np.ndarray]:
    draws = np.random.default_rng(seed)
    return {
        "colour": draws.choice(np.array([b"red", b"green"], object), count),
        "size": draws.normal(size=count).astype(np.float32),
        "weight": draws.integers(0, 10_000, count),
        "person": np.arange(count) + seed * 1_000_000,
    }


def jittered(rows: dict[str, np.ndarray], times: int, seed: int) -> dict[str, np.ndarray]:
    """Returns a table as many times, with numbers that are off by a little."""
    draws = np.random.default_rng(seed)
    copies = raw_function.repeated(rows, times)
    copies["size"] = (copies["size"] + draws.normal(0, 0.02, len(copies["size"]))).astype(np.float32)
    copies["weight"] = copies["weight"] + draws.integers(-20, 21, len(copies["weight"]))
    return copies


def test_ten_jittered_copies_are_near_duplicates_across_a_split_at_random_and_new_rows_are_not() -> None:
    copies = jittered(table(300, 1), 10, 2)
    held = np.random.default_rng(3).random(3_000) < 0.1
    training, validation = raw_function.taken(copies, ~held), raw_function.taken(copies, held)
    found = near_duplicates.nearest(COLUMNS, validation, training)
    assert (found >= 0).mean() > 0.95
    assert (near_duplicates.nearest(COLUMNS, table(300, 4), training) >= 0).mean() < 0.6
    same = validation["person"][found >= 0] == training["person"][found[found >= 0]]
    assert same.mean() > 0.7


def test_the_column_that_keeps_copies_together_is_found() -> None:
    draws = np.random.default_rng(1)
    rows = table(400, 1)
    rows["size"] = np.arange(400, dtype=np.float32)[draws.permutation(400)] * 10
    copies = jittered(rows, 10, 2)
    held = draws.random(4_000) < 0.1
    training, validation = raw_function.taken(copies, ~held), raw_function.taken(copies, held)
    # No other row is as near as a copy.
    found = near_duplicates.nearest([COLUMNS[0], RawColumn("weight", "numeric", "int64")], validation, training)
    pairs = np.where(validation["person"] == training["person"][found], found, -1)
    made = near_duplicates.key(validation, training, pairs, 1)
    assert made is not None
    assert made.columns == ["person"]
    assert made.shared == 1.0
    assert made.by_chance < 0.01
    without = {name: values for name, values in validation.items() if name != "person"}
    of_training = {name: values for name, values in training.items() if name != "person"}
    assert near_duplicates.key(without, of_training, pairs, 1) is None


def test_several_columns_are_a_key_together() -> None:
    draws = np.random.default_rng(1)
    rows = {
        "street": draws.integers(0, 20, 400),
        "house": draws.integers(0, 20, 400),
        "colour": np.full(400, b"red", object),
    }
    made = near_duplicates.key(rows, rows, np.arange(400), 1)
    assert made is not None
    assert sorted(made.columns) == ["house", "street"]


def test_missing_values_are_near_missing_ones_alone_and_categories_have_to_be_equal() -> None:
    reference = {
        "colour": np.array([b"red", b"red", b"green"], object),
        "size": np.array([np.nan, 1.0, 3.0], np.float32),
        "weight": np.array([5, LEAST, 9]),
    }
    rows = {
        "colour": np.array([b"red", b"red", b"red", b"blue"], object),
        "size": np.array([np.nan, 1.05, 3.0, 3.0], np.float32),
        "weight": np.array([5, LEAST, 9, 9]),
    }
    assert near_duplicates.nearest(COLUMNS, rows, reference).tolist() == [0, 1, -1, -1]
    only = [COLUMNS[0]]
    assert near_duplicates.nearest(only, rows, reference).tolist() == [0, 0, 0, -1]
