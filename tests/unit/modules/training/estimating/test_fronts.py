import math

import pytest

from modules.training.estimating import fronts

pytestmark = pytest.mark.unit


def test_the_front_of_six_points_is_that_found_by_hand() -> None:
    # (3, 3) is beaten by (2, 2), (1, 5) by (1, 4), and (2, 2) is there twice: neither beats the other.
    points = [(1, 4), (2, 2), (3, 3), (4, 1), (1, 5), (2, 2)]
    assert fronts.front(points) == [0, 1, 3, 5]
    assert fronts.depths(points) == [0, 0, 1, 0, 1, 0]
    assert fronts.depths([(1, 1), (2, 2), (3, 3)]) == [0, 1, 2]
    assert fronts.front([]) == fronts.depths([]) == []


def test_crowding_is_the_way_between_both_neighbours() -> None:
    # Of (0, 10), (1, 6), (4, 1), (10, 0): for the second 4 / 10 + 9 / 10, for the third 9 / 10 + 6 / 10.
    found = fronts.crowding([(0, 10), (4, 1), (10, 0), (1, 6)])
    assert found == pytest.approx([math.inf, 1.5, math.inf, 1.3])


def test_the_area_of_three_points_is_that_worked_out_by_hand() -> None:
    # Up to (5, 5): 4 · 1 for (1, 4), and 3 · 2 more below it for (2, 2), and 1 · 1 more for (4, 1).
    points = [(1, 4), (2, 2), (4, 1)]
    assert fronts.hypervolume(points, (5, 5)) == 11
    assert fronts.hypervolume(points[:1], (5, 5)) == 4
    assert fronts.hypervolume([], (5, 5)) == 0


def test_the_volume_of_three_points_is_that_worked_out_by_hand() -> None:
    # Of the unit cubes from 1 to 3 in each direction, numbered 1 and 2, the first point covers the four with z = 2; the
    # second those with y = 2, of which two are new; the third those with x = 2, of which (2, 1, 1) is new.
    points = [(1, 1, 2), (1, 2, 1), (2, 1, 1)]
    assert fronts.hypervolume(points, (3, 3, 3)) == 7
    assert fronts.hypervolume([*points, (1, 1, 1)], (3, 3, 3)) == 8


@pytest.mark.parametrize("dominated", [(2, 5), (0.5, 7), (3, 3), (2, 2), (5, 1), (6, 0.5), (1, 4)])
def test_a_point_that_is_dominated_or_not_better_than_the_reference_adds_nothing(
    dominated: tuple[float, float],
) -> None:
    assert fronts.hypervolume([(1, 4), (2, 2), (4, 1), dominated], (5, 5)) == 11


def test_an_objective_in_which_all_points_are_equal_cuts_nothing_off() -> None:
    flat = [(1, 4, 2), (2, 2, 2), (4, 1, 2)]
    assert fronts.hypervolume(flat, (5, 5, 4)) == 22
