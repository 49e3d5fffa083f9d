from typing import Any

import numpy as np
import pytest

from modules.training.searching import candidates
from modules.training.searching.candidates import StudentShape
from modules.training.searching.sizing import FileSize

pytestmark = pytest.mark.unit

SIZE = FileSize(10_000, 1)


class Encoded:
    """An encoder of a column with two bins, or of one without."""

    def __init__(self, *codes: str):
        self.names = [("a", code) for code in codes]


WHOLE: Any = Encoded("one_hot[0]", "one_hot[1]", "piecewise_linear[0]", "piecewise_linear[1]", "z_score", "missing")
PLAIN: Any = Encoded("z_score", "category[x]")


def test_a_shape_reads_all_codes_but_the_one_that_it_does_without() -> None:
    shape = StudentShape((8,), "relu", 0.0, "one_hot")
    assert shape.slots(WHOLE).tolist() == [False, False, True, True, True, True]
    assert candidates.USUAL.slots(WHOLE).all()


def test_shapes_are_drawn_by_the_seed_the_usual_one_first_and_none_twice() -> None:
    first, again, other = (candidates.draw(20, seed, WHOLE, SIZE, None) for seed in (1, 1, 2))
    assert first == again != other
    assert first[0][0] == other[0][0] == candidates.USUAL
    assert len(set(first)) == 20
    assert {shape.without for shape, _ in candidates.draw(999, 1, WHOLE, SIZE, None)} == {
        "",
        "one_hot",
        "piecewise_linear",
    }
    assert {shape.without for shape, _ in candidates.draw(999, 1, PLAIN, SIZE, None)} == {""}


def test_only_shapes_that_keep_the_byte_promise_are_drawn() -> None:
    drawn = candidates.draw(999, 1, WHOLE, SIZE, 10_700)
    assert 0 < len(drawn) < len(candidates.draw(999, 1, WHOLE, SIZE, None))
    assert max(size for _, size in drawn) <= 10_700
    assert all(size == SIZE.of(int(np.sum(shape.slots(WHOLE))), shape.units) for shape, size in drawn)
    least = candidates.smallest(WHOLE, SIZE)
    assert len(candidates.draw(999, 1, WHOLE, SIZE, least)) > 0
    assert candidates.draw(999, 1, WHOLE, SIZE, least - 1) == []
