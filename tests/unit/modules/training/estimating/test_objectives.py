import math

import numpy as np
import pytest

from modules.training.estimating import objectives
from modules.training.estimating.objectives import Measured

pytestmark = pytest.mark.unit

# AUC against bytes: of these, the last is beaten by the second.
TRIALS = [
    Measured("0", 0.90, {"bytes": 1_000}),
    Measured("1", 0.92, {"bytes": 2_000}),
    Measured("2", 0.93, {"bytes": 5_000}),
    Measured("3", 0.91, {"bytes": 3_000}),
]


def test_the_front_and_its_hypervolume_are_those_worked_out_by_hand() -> None:
    # From 0.90 to 0.93 and from 1,000 to 5,000, in shares, low is good: (1, 0), (1/3, 1/4), (0, 1), (2/3, 1/2). The
    # corner is (1, 1): the first and the third lie on its edges and cover nothing, the second 2/3 · 3/4 = 1/2.
    found = objectives.front(TRIALS, "max")
    assert found is not None
    assert found.trials == ["0", "1", "2"]
    assert found.ideal == {"metric": 0.93, "bytes": 1_000}
    assert found.reference == {"metric": 0.90, "bytes": 5_000}
    assert found.hypervolume == {"0": 0.0, "1": 0.5, "2": 0.5, "3": 0.5}


def test_hypervolume_never_falls_and_ends_alike_in_any_order() -> None:
    forward, back = objectives.front(TRIALS, "max"), objectives.front(TRIALS[::-1], "max")
    assert forward is not None
    assert back is not None
    # 3 is at (2/3, 1/2): 1/3 · 1/2.
    assert [*back.hypervolume.values()] == pytest.approx([1 / 6, 1 / 6, 0.5, 0.5], abs=1e-6)
    assert sorted(back.hypervolume.values()) == [*back.hypervolume.values()]
    assert back.hypervolume["0"] == forward.hypervolume["3"]


def test_of_a_score_that_should_be_low_the_lowest_is_best() -> None:
    found = objectives.front([Measured("0", 5.0, {"bytes": 10}), Measured("1", 4.0, {"bytes": 10})], "min")
    assert found is not None
    assert (found.trials, found.ideal["metric"], found.reference["metric"]) == (["1"], 4.0, 5.0)
    assert objectives.chosen(TRIALS, "min", 0.0) == "0"


def test_one_trial_or_none_covers_nothing() -> None:
    alone = objectives.front(TRIALS[:1], "max")
    assert alone is not None
    assert (alone.trials, alone.hypervolume) == (["0"], {"0": 0.0})
    assert objectives.front([], "max") is None


def test_an_objective_in_which_all_are_equal_changes_no_hypervolume() -> None:
    flat = [Measured(one.trial_id, one.score, {**one.costs} | {"operations": 7}) for one in TRIALS]
    plain, wider = objectives.front(TRIALS, "max"), objectives.front(flat, "max")
    assert plain is not None
    assert wider is not None
    assert wider.hypervolume == plain.hypervolume
    # With one objective left, the best alone covers all from the worst on.
    one = [Measured(str(number), score, {"bytes": 5}) for number, score in enumerate((0.5, 0.6, 1.0))]
    last = objectives.front(one, "max")
    assert last is not None
    assert last.hypervolume == {"0": 0.0, "1": 0.2, "2": 1.0}


@pytest.mark.parametrize(("within", "chosen"), [(0.0, "2"), (0.009, "2"), (0.0101, "1"), (0.0299, "1"), (0.0301, "0")])
def test_the_cheapest_of_those_that_are_nearly_the_best_is_chosen(within: float, chosen: str) -> None:
    assert objectives.chosen(TRIALS, "max", within) == chosen


def test_of_equally_cheap_ones_the_best_is_chosen() -> None:
    assert objectives.chosen([*TRIALS, Measured("4", 0.925, {"bytes": 2_000})], "max", 0.02) == "4"


def test_the_second_cost_counts_where_the_first_is_equal() -> None:
    trials = [Measured(str(n), 0.9, {"bytes": 10, "operations": cost}) for n, cost in enumerate((3, 1, 2))]
    assert objectives.chosen(trials, "max", 0.01) == "1"


def test_fitness_is_the_front_and_then_the_room_around() -> None:
    # All on the first front but the last; of (0, 10), (1, 6), (4, 1), (10, 0), the third has more room: 1.5 and 1.3.
    found = objectives.fitness([(0, 10), (4, 1), (10, 0), (1, 6), (11, 11)])
    assert [depth for depth, _ in found] == [0, 0, 0, 0, -1]
    assert [room for _, room in found] == pytest.approx([math.inf, 1.5, math.inf, 1.3, math.inf])


def test_scalarizing_keeps_the_order_of_points_that_dominate_each_other_and_its_weights_change() -> None:
    random = np.random.default_rng(1)
    first_best = []
    for _ in range(50):
        values = objectives.scalarized([(0, 1), (1, 0), (0.4, 0.4), (1, 1)], random)
        assert max(values) == values[3]
        first_best.append(int(np.argmin(values)))
    assert set(first_best) == {0, 1, 2}
