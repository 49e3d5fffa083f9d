from typing import Any

import numpy as np
import pytest

from modules.training.teachers.folded import FoldedTeacher
from modules.training.teachers.folds import folds_of

pytestmark = pytest.mark.unit

SEED = 17
ROWS = {"numeric": np.arange(23, dtype="float32")[:, None]}


class Says:
    """A model that says one number of every row."""

    def __init__(self, number: float) -> None:
        self._number = number

    def logits(self, rows: Any) -> np.ndarray:
        return np.full((len(rows["numeric"]), 2), self._number, "float32")

    def to_bytes(self) -> bytes:
        return b""


# Of two members the models of three folds.
TEACHER = FoldedTeacher([[Says(0), Says(1), Says(2)], [Says(10), Says(20), Says(60)]], SEED)


def test_any_other_row_is_labelled_by_the_mean_of_all_models() -> None:
    found = TEACHER.logits(ROWS)
    assert (found.shape, found.dtype) == ((23, 2), np.float32)
    assert np.unique(found) == pytest.approx((0 + 1 + 2 + 10 + 20 + 60) / 6)


def test_a_training_row_is_labelled_by_the_models_of_its_own_fold() -> None:
    folds = folds_of(0, 23, 3, SEED)
    expected = np.array([5, 10.5, 31])[folds]
    assert TEACHER.training_logits(ROWS, 0)[:, 0].tolist() == expected.tolist()


@pytest.mark.parametrize("first", [1, 3, 20, 22])
def test_training_rows_may_come_in_parts(first: int) -> None:
    part = {"numeric": ROWS["numeric"][first:]}
    assert TEACHER.training_logits(part, first).tolist() == TEACHER.training_logits(ROWS, 0)[first:].tolist()
