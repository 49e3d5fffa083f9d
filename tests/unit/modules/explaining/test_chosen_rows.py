"""Rows that are worth a look of their own."""

import numpy as np
import pytest

from modules.explaining import chosen_rows

pytestmark = pytest.mark.unit


def probabilities(positive: list[float]) -> np.ndarray:
    return np.column_stack([1 - np.array(positive), positive])


def test_of_two_classes_the_surest_the_nearest_and_a_wrong_one_are_chosen() -> None:
    found = chosen_rows.of_classes(probabilities([0.1, 0.95, 0.45, 0.8]), np.array([1, 1, 0, 0]), 0.4)
    assert [(row.place, row.output) for row in found] == [(1, 0), (2, 0), (3, 0)]
    assert [row.why for row in found][1] == "nearest to the threshold"


def test_of_more_classes_each_row_is_looked_at_for_the_class_that_it_is_taken_for() -> None:
    answers = np.array([[0.9, 0.05, 0.05], [0.1, 0.46, 0.44], [0.1, 0.2, 0.7]])
    found = chosen_rows.of_classes(answers, np.array([0, 1, 1]), None)
    assert [(row.place, row.output) for row in found] == [(0, 0), (1, 1), (2, 2)]


def test_a_row_is_chosen_once_and_no_wrong_one_where_all_are_right() -> None:
    found = chosen_rows.of_classes(probabilities([0.9]), np.array([1]), 0.5)
    assert [row.why for row in found] == ["the surest answer"]


def test_of_values_the_highest_a_median_and_the_worst_are_chosen() -> None:
    found = chosen_rows.of_values(np.array([1.0, 5.0, 2.0]), np.array([9.0, 5.0, 2.0]))
    assert [row.place for row in found] == [1, 2, 0]
