import dataclasses

import pytest

from components.reporter.sections import student_search
from modules.contracts.student_search import TriedShape

pytestmark = pytest.mark.unit


def test_the_page_shows_the_shapes_that_were_tried_the_best_first() -> None:
    shapes = [
        TriedShape((40, 32), "relu", 0.1, "", 28_160, 9, 0.875),
        TriedShape((8,), "tanh", 0.0, "one_hot", 9_000, 3, None),
    ]
    table = student_search.table([dataclasses.asdict(shape) for shape in shapes], "AUC")
    assert "2 tried" in table.caption
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["40-32", "relu", "0.1", "all", "28,160", "9", "0.8750"],
        ["8", "tanh", "0.0", "without one-hot bins", "9,000", "3", "–"],
    ]
