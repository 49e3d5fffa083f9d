import numpy as np
import pytest

from modules.explaining.row_set import RowSet

pytestmark = pytest.mark.unit

ROWS = RowSet({"x": np.arange(50)}, np.arange(50, dtype=np.float32), np.arange(50) / 50, np.arange(50))


def test_a_sample_is_drawn_by_seed_without_repeats_in_the_order_of_the_rows() -> None:
    sample = ROWS.sample(20, seed=3)
    assert len(sample) == len(set(sample.numbers.tolist())) == 20
    assert (np.diff(sample.numbers) > 0).all()
    assert sample.weights is not None
    for of_sample in (sample.rows["x"], sample.labels, sample.weights * 50):
        np.testing.assert_allclose(of_sample, sample.numbers)
    np.testing.assert_array_equal(sample.numbers, ROWS.sample(20, seed=3).numbers)
    assert (sample.numbers != ROWS.sample(20, seed=4).numbers).any()


def test_a_sample_of_fewer_rows_than_asked_for_has_all_of_them() -> None:
    assert ROWS.sample(50, seed=3) is ROWS
    assert ROWS.taken(np.array([4, 2])).numbers.tolist() == [4, 2]
