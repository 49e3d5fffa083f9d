import itertools

import numpy as np
import pytest

from modules.features.profile import Profile
from modules.training.augmenting.pool import Pool, Rows
from modules.training.augmenting.synthetic_rows import METHODS, SyntheticRows

pytestmark = pytest.mark.unit

# The tensors of each column of the table: the number's, the count's, the time's with its parts, the codes'.
CELLS = {
    "size": (("numeric", [0]), ("value", [0]), ("missing", [0])),
    "count": (("numeric", [3]), ("value", [3]), ("missing", [1])),
    "when": (("numeric", [1, 2, 4]), ("value", [1, 2, 4]), ("missing", [2])),
    "kind": (("category", [0]), ("missing", [3])),
    "same": (("category", [1]), ("missing", [4])),
}


def drawn(training: Rows, profile: Profile, method: str, seed: int = 3, epoch: int = 0, chunks: int = 2) -> Rows:
    parts = [*itertools.islice(SyntheticRows(training, profile, method, seed).epoch(epoch), chunks)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def cells(rows: Rows, column: str) -> set[tuple[float, ...]]:
    found = np.concatenate([rows[name][:, places] for name, places in CELLS[column]], axis=1)
    return set(map(tuple, found.tolist()))


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> str:
    return request.param


def test_every_cell_is_that_of_a_training_row_with_all_its_tensors(
    training: Rows, profile: Profile, method: str
) -> None:
    made = drawn(training, profile, method)
    for column in CELLS:
        assert cells(made, column) <= cells(training, column), column
    assert {name: (value.shape[1:], value.dtype) for name, value in made.items()} == {
        name: (value.shape[1:], value.dtype) for name, value in training.items()
    }


def test_the_rows_are_other_ones_than_the_training_rows(training: Rows, profile: Profile, method: str) -> None:
    made = drawn(training, profile, method, chunks=1)
    known = set(map(bytes, training["value"]))
    assert np.mean([bytes(row) not in known for row in made["value"]]) > 0.5


def test_the_same_seed_draws_the_same_rows_and_another_seed_or_epoch_others(
    training: Rows, profile: Profile, method: str
) -> None:
    first = drawn(training, profile, method)
    again = drawn(training, profile, method)
    for name, value in first.items():
        np.testing.assert_array_equal(value, again[name])
    for other in (drawn(training, profile, method, seed=4), drawn(training, profile, method, epoch=1)):
        assert not np.array_equal(first["value"], other["value"])


def test_components_are_those_of_the_new_numbers(training: Rows, profile: Profile, method: str) -> None:
    made = drawn(training, profile, method)
    expected = made["numeric"] @ np.array([[0.6, 0], [0.8, 0], [0, 0], [0, 1], [0, 0]])
    np.testing.assert_allclose(made["components"], expected, atol=1e-5)


def test_label_and_weight_are_those_of_one_training_row_and_each_begins_as_many(
    training: Rows, profile: Profile, method: str
) -> None:
    made = drawn(training, profile, method, chunks=2)
    pairs = lambda rows: sorted(zip(rows["label"][:, 0], rows["weight"][:, 0], strict=True))  # noqa: E731
    assert pairs(made) == sorted(2 * pairs(training))


def test_missing_values_come_about_as_often_as_in_the_training_rows(
    training: Rows, profile: Profile, method: str
) -> None:
    made = drawn(training, profile, method)
    np.testing.assert_allclose(made["missing"].mean(axis=0), training["missing"].mean(axis=0), atol=0.06)


def test_columns_that_tell_nothing_stay_as_they_were(training: Rows, profile: Profile, method: str) -> None:
    pool = Pool(training, profile)
    starts = np.arange(500)
    donors = METHODS[method](pool, 1).donors(starts, np.random.default_rng(1))
    names = [column.name for column in pool.columns]
    assert names == ["size", "count", "when", "kind", "same"]
    np.testing.assert_array_equal(donors[:, names.index("same")], starts)
    assert all((donors[:, number] != starts).any() for number in range(4))


def dependence(rows: Rows) -> float:
    """Returns the correlation of the two numbers where the size is known."""
    known = rows["missing"][:, 0] == 0
    return float(np.corrcoef(rows["value"][known, 0], rows["value"][known, 3])[0, 1])


def test_gibbs_sampling_keeps_the_dependence_between_columns(training: Rows, profile: Profile) -> None:
    pool, random = Pool(training, profile), np.random.default_rng(1)
    starts = np.arange(pool.count)
    independent = pool.rows(starts, random.integers(0, pool.count, (pool.count, len(pool.columns))))
    assert abs(dependence(independent)) < 0.1
    assert dependence(training) > 0.98
    made = drawn(training, profile, "gibbs")
    assert dependence(made) > 0.9
    same = lambda rows: np.mean(rows["category"][:, 0] == rows["value"][:, 3] // 2)  # noqa: E731
    assert same(training) > 0.85
    assert same(made) > 0.7


def test_a_mungeds_cells_are_its_own_or_near_those_of_the_nearest_row(profile: Profile, training: Rows) -> None:
    few = {name: value[:2].copy() for name, value in training.items()}
    few["missing"][:] = 0
    made = drawn(few, profile, "munge", chunks=40)
    # Of two rows, each is the other's nearest: categories are swapped or kept, half the time each.
    other = [few["category"][1, 0], few["category"][0, 0]]
    first = np.isclose(made["weight"][:, 0], few["weight"][0, 0])
    assert set(made["category"][first, 0]) <= {few["category"][0, 0], other[0]}
    assert set(made["value"][:, 0]) == set(few["value"][:, 0])


def test_noise_moves_numbers_little(training: Rows, profile: Profile) -> None:
    pool = Pool(training, profile)
    starts = np.flatnonzero(training["missing"][:, 0] == 0)
    donors = METHODS["noise"](pool, 1).donors(starts, np.random.default_rng(1))
    moved = training["numeric"][donors[:, 0], 0] - training["numeric"][starts, 0]
    assert 0.05 < moved.std() < 0.15
    assert (training["missing"][donors[:, 0], 0] == 0).all()
    assert 0.05 < np.mean(training["category"][donors[:, 3], 0] != training["category"][starts, 0]) < 0.1


@pytest.mark.parametrize("name", ["gibbs", "munge", "noise"])
def test_a_column_without_any_value_does_no_harm(training: Rows, profile: Profile, name: str) -> None:
    emptied = training | {"missing": training["missing"].copy()}
    emptied["missing"][:, 0] = 1
    assert drawn(emptied, profile, name, chunks=1)["missing"][:, 0].all()


def test_in_wide_tables_a_bounded_number_of_columns_is_drawn_anew(
    training: Rows, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.training.augmenting.gibbs._COLUMNS", 2)
    donors = METHODS["gibbs"](Pool(training, profile), 1).donors(np.arange(100), np.random.default_rng(1))
    assert (donors != np.arange(100)[:, np.newaxis]).any(axis=0).sum() == 2


def test_a_tensor_that_is_not_known_is_refused(training: Rows, profile: Profile) -> None:
    pool = Pool(training | {"novel": training["numeric"]}, profile)
    with pytest.raises(ValueError, match="novel"):
        pool.rows(np.arange(3), np.zeros((3, 5), np.int64))
