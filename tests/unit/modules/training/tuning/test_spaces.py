"""Points of spaces, small ones that are gone through and those that nobody could."""

import itertools
import json
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np
import pytest

from modules.base.settings import SearchSpace, Tuner
from modules.training.architectures.kinds import architecture_of
from modules.training.tuning import permutation, spaces, strategies
from modules.training.tuning.strategies import everything

pytestmark = pytest.mark.unit

MACRO = SearchSpace(
    kind="macro", layers=[1, 2], units=[4, 8], activation=["relu"], dropout=[0.1], normalization=["none"]
)
MICRO = SearchSpace(
    kind="micro",
    nodes=[1, 2],
    operations=["dense", "cross"],
    cells=[1],
    units=[4],
    activation=["relu"],
    dropout=[0.1],
    normalization=["none"],
)
# 8 layers of 5 widths, 4 activations and 2 connections each: more than 10^12 combinations.
HUGE = {
    "macro": SearchSpace(kind="macro", layers=[*range(1, 9)], units=[8, 16, 24, 32, 48], activation=["relu", "tanh"]),
    "micro": SearchSpace(kind="micro", nodes=[*range(1, 6)], cells=[1, 2, 3], units=[8, 16, 24, 32]),
}
STRATEGIES = ("hyperband", "random", "grid", "bayesian", "evolution", "reinforce")


def key(values: Any) -> str:
    return json.dumps(spaces.identity(values), sort_keys=True)


def test_a_macro_space_has_each_network_once() -> None:
    # One layer of 2 widths; two of 2 · 2 widths, with a connection past the second or without one.
    found = [*spaces.points(spaces.search_space(MACRO, 1), 0)]
    assert len(found) == len({key(point) for point in found}) == 2 + 2 * 2 * 2
    assert spaces.size(spaces.search_space(MACRO, 1), everything) == 10
    assert spaces.size(spaces.search_space(MACRO, 3), everything) == 30
    assert spaces.size(spaces.search_space(MACRO), everything) is None


def test_a_micro_space_has_each_network_once() -> None:
    # One node: 2. Two, by what the second reads. The cell's input, beside the first: 3 pairs without order. The first:
    # 2 · 2. Both, summed: 2 · 2.
    found = [*spaces.points(spaces.search_space(MICRO, 1), 0)]
    assert len(found) == len({key(point) for point in found}) == 2 + 3 + 4 + 4


def test_widths_of_layers_that_are_not_there_make_no_other_configuration() -> None:
    space = spaces.search_space(MACRO, 1)
    one = {point["layers"]: point for point in spaces.points(space, 0)}[1]
    other = {**one, "units_2": 8, "skip_2": "add"}
    assert other != one
    assert spaces.canonical(space, other) == one
    assert spaces.identity(other) == spaces.identity(one)


def test_a_stack_of_one_width_has_the_hyperparameters_that_it_always_had() -> None:
    space = spaces.search_space(SearchSpace())
    assert [one.name for one in space.space] == ["layers", "units", "dropout", "learning_rate", "activation"]
    values = spaces.draw(space, np.random.default_rng(1))
    assert spaces.canonical(space, values) == spaces.identity(values) == values


@pytest.mark.parametrize("settings", [MACRO, MICRO])
def test_mutations_reach_every_point(settings: SearchSpace) -> None:
    space = spaces.search_space(settings, 2)
    every = {key(point) for point in spaces.points(space, 0)}
    first = next(spaces.points(space, 0))
    random = np.random.default_rng(1)
    alive, reached = first, {key(first)}
    for _ in range(4_000):
        alive = spaces.mutated(space, alive, random)
        assert spaces.canonical(space, alive) == alive
        reached.add(key(alive))
    assert reached == every


@pytest.mark.parametrize("kind", HUGE)
def test_a_huge_space_is_not_counted_and_its_first_points_come_at_once(kind: str) -> None:
    space = spaces.search_space(HUGE[kind], 3)
    assert spaces.combinations(space) > 10**9
    assert spaces.size(space, everything) is None
    found = [*itertools.islice(spaces.points(space, 1), 20)]
    assert len({key(point) for point in found}) == 20
    assert found == [*itertools.islice(spaces.points(space, 1), 20)]
    assert found != [*itertools.islice(spaces.points(space, 2), 20)]


def asked(settings: Tuner, trials: int, folder: Path) -> list[dict[str, Any]]:
    """Returns the configurations of the first trials, whose score is the number of their weights."""
    oracle, _ = strategies.make(keras_tuner.Objective("score", "max"), settings, 1, few)
    oracle._set_project_dir(str(folder), "search")
    made: list[dict[str, Any]] = []
    while len(made) < trials:
        trial = oracle.create_trial("tuner")
        if trial.status != "RUNNING":
            break
        made.append(dict(trial.hyperparameters.values))
        weights = sum(rows * columns for rows, columns in architecture_of(made[-1]).kernels(20, 1))
        oracle.update_trial(trial.trial_id, {"score": weights})
        trial.status = "COMPLETED"
        oracle.end_trial(trial)
    return made


def few(values: Any) -> bool:
    """Admits networks with at most 6,000 weights."""
    return sum(rows * columns for rows, columns in architecture_of(values).kernels(20, 1)) <= 6_000


@pytest.mark.parametrize("kind", HUGE)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_searches_a_huge_space(strategy: str, kind: str, tmp_path: Path) -> None:
    settings = Tuner(strategy=strategy, search_space=HUGE[kind], max_trials=12, max_epochs=3)  # type: ignore[arg-type]
    # Of Hyperband the first round, which no other one goes on from; each of Bayesian search but 4 takes a second.
    count = {"hyperband": 3, "bayesian": 5}.get(strategy, 12)
    found = asked(settings, count, tmp_path / "once")
    assert len({key(values) for values in found}) == len(found) == count
    assert all(few(values) for values in found)
    assert found == asked(settings, count, tmp_path / "again")


@pytest.mark.parametrize("strategy", ["random", "grid", "bayesian", "evolution", "reinforce"])
def test_every_strategy_tries_each_network_of_a_small_space_once(strategy: str, tmp_path: Path) -> None:
    space = MICRO.model_copy(update={"learning_rates": 1})
    found = asked(Tuner(strategy=strategy, search_space=space, max_epochs=2), 30, tmp_path)  # type: ignore[arg-type]
    assert len({key(values) for values in found}) == len(found) == 13


@pytest.mark.parametrize("count", [1, 2, 5, 64, 1_000])
def test_a_permutation_has_each_number_once(count: int) -> None:
    assert sorted(permutation.shuffled(count, 3)) == [*range(count)]


def test_another_seed_gives_another_permutation() -> None:
    first, other = ([*itertools.islice(permutation.shuffled(10**12, seed), 50)] for seed in (1, 2))
    assert set(first).isdisjoint(other)
    # They come from everywhere: of 50 even draws, none of the ten parts is left out but with a chance of 5 %.
    assert len({number // 10**11 for number in first}) >= 9


@pytest.mark.filterwarnings("error::UserWarning")
def test_bayesian_search_tells_nobody_that_a_scale_ends_at_its_bound(tmp_path: Path) -> None:
    settings = Tuner(strategy="bayesian", search_space=SearchSpace(learning_rates=3), max_epochs=2)
    assert len(asked(settings, 16, tmp_path)) == 16
