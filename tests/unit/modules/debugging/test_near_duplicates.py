import numpy as np
import pytest

from modules.debugging import near_duplicates
from modules.debugging.near_duplicates import Key
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
    copies = dict(raw_function.repeated(rows, times))
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


def split(copies: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Deals rows at random: a tenth of them, and the rest."""
    held = np.random.default_rng(3).random(len(copies["colour"])) < 0.1
    return dict(raw_function.taken(copies, held)), dict(raw_function.taken(copies, ~held))


def key_of(columns: list[RawColumn], copies: dict[str, np.ndarray], test: dict[str, np.ndarray]) -> Key | None:
    validation, training = split(copies)
    pairs = [near_duplicates.nearest(columns, rows, training) for rows in (validation, test)]
    return near_duplicates.key(columns, validation, training, test, (pairs[0], pairs[1]), 1)


def without(name: str, rows: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {other: values for other, values in rows.items() if other != name}


def test_the_column_that_keeps_copies_together_is_found_though_strangers_are_near_as_well() -> None:
    copies, test = jittered(table(3_000, 1), 10, 2), table(400, 4)
    validation, training = split(copies)
    found = near_duplicates.nearest(COLUMNS, test, training)
    assert (found >= 0).mean() > 0.3
    pairs = near_duplicates.nearest(COLUMNS, validation, training)
    same = validation["person"][pairs >= 0] == training["person"][pairs[pairs >= 0]]
    assert same.mean() < 0.95
    made = key_of(COLUMNS, copies, test)
    assert made is not None
    assert made.columns == ["person"]
    assert made.shared > 0.95
    assert made.by_chance < 0.01


def test_categories_that_near_duplicates_are_equal_in_anyway_are_no_key() -> None:
    copies, test = jittered(table(300, 1), 10, 2), table(400, 4)
    more = [RawColumn(f"code_{place}", "categorical", "string") for place in range(4)]
    for rows in (copies, test):
        code = rows["person"] % 256
        rows |= {column.name: (code >> 2 * place) & 3 for place, column in enumerate(more)}
    assert key_of([*COLUMNS, *more], without("person", copies), without("person", test)) is None


def test_several_columns_are_a_key_together() -> None:
    copies, test = jittered(table(400, 1), 10, 2), table(400, 4)
    for rows in (copies, test):
        number = rows.pop("person") % 400
        rows |= {"street": number // 20, "house": number % 20}
    test["street"] += 1_000
    made = key_of(COLUMNS, copies, test)
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
