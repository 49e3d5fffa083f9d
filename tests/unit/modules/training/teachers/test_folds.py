import numpy as np
import pytest

from modules.training.teachers.folds import folds_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("folds", [2, 5])
def test_rows_in_a_row_lie_in_different_folds_so_that_all_are_of_one_size(folds: int) -> None:
    found = folds_of(0, 20 * folds, folds, 17)
    for start in range(0, len(found), folds):
        assert sorted(found[start : start + folds]) == list(range(folds))


def test_the_order_within_them_is_drawn_by_the_seed() -> None:
    first, again, other = (folds_of(0, 500, 5, seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert 300 < (first != other).sum() < 500  # a fifth agrees by chance
    # Each place of a block gets each fold about as often: 100 blocks, 20 times each.
    counts = np.array([np.bincount(first[place::5], minlength=5) for place in range(5)])
    assert counts.min() > 5
    assert counts.max() < 40


@pytest.mark.parametrize(("first", "count"), [(0, 7), (3, 1), (4, 30), (4_096, 4_096), (10, 0)])
def test_a_row_has_the_same_fold_whichever_rows_are_asked_for_with_it(first: int, count: int) -> None:
    whole = folds_of(0, 10_000, 3, 9)
    assert folds_of(first, count, 3, 9).tolist() == whole[first : first + count].tolist()


def test_a_last_block_that_is_not_full_has_folds_too() -> None:
    assert len(set(folds_of(0, 8, 5, 3)[5:])) == 3
