import math

import pytest

from modules.training.searching.halving import halve

pytestmark = pytest.mark.unit


def test_the_better_third_of_each_round_goes_on_for_twice_as_many_epochs() -> None:
    asked: list[tuple[int, int, int]] = []

    def score(candidate: int, first: int, last: int) -> float:
        asked.append((candidate, first, last))
        return [0.1, 0.9, 0.5, 0.8, 0.2, 0.3, 0.7, 0.4, 0.6][candidate] - (0.3 if (candidate, last) == (1, 9) else 0)

    ranked = halve(range(9), 3, score)
    assert asked == [(candidate, 0, 3) for candidate in range(9)] + [(1, 3, 9), (3, 3, 9), (6, 3, 9)]
    assert [candidate for candidate, _, _ in ranked] == [3, 6, 1, 8, 2, 7, 5, 4, 0]
    assert [epochs for _, epochs, _ in ranked] == [9] * 3 + [3] * 6


def test_a_candidate_that_diverged_is_the_last_and_of_equal_ones_the_first_is_better() -> None:
    scores = {"a": math.nan, "b": 0.5, "c": 0.5}
    assert [name for name, *_ in halve("abc", 2, lambda name, *_: scores[name])] == ["b", "c", "a"]
    assert halve("a", 2, lambda *_: 0.5) == [("a", 2, 0.5)]
