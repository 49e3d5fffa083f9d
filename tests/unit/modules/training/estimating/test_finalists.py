import pytest

from modules.training.estimating.finalists import finalists

pytestmark = pytest.mark.unit


def test_the_best_come_first_and_others_from_all_over_the_ranking() -> None:
    # Behind the best three of twelve lie nine, 0 to 8: thirds of the way to the last are 2.67, 5.33 and 8.
    assert finalists("abcdefghijkl", 3, 3) == ["a", "b", "c", "g", "i", "l"]
    assert finalists("abcdefghijkl", 2, 1) == ["a", "b", "l"]
    assert finalists("abcdefghijkl", 2, 0) == ["a", "b"]


def test_no_trial_is_trained_twice_where_there_are_few() -> None:
    assert finalists("abcd", 3, 3) == ["a", "b", "c", "d"]
    assert finalists("ab", 3, 3) == ["a", "b"]
    assert finalists("", 3, 3) == []
