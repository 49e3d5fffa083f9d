"""What every strategy shares: by which numbers a seed draws."""

import itertools
from pathlib import Path

import keras_tuner
import pytest

from modules.base.settings import DEFAULT_SEED, Tuner
from modules.training.tuning import strategies
from modules.training.tuning.strategy import first_draw

pytestmark = pytest.mark.unit


def drawn(folder: Path, strategy: str, seed: int, count: int) -> list[float]:
    """Returns the learning rates of the first trials."""
    oracle, _ = strategies.make(
        keras_tuner.Objective("val_auc", "max"), Tuner.model_validate({"strategy": strategy}), seed
    )
    oracle._set_project_dir(str(folder), f"{strategy} {seed}")
    trials = [oracle.create_trial(f"worker {number}") for number in range(count)]
    return [trial.hyperparameters.values["learning_rate"] for trial in trials]


@pytest.mark.parametrize("strategy", ["hyperband", "random"])
def test_the_default_seed_draws_as_keras_tuner_does_from_that_seed_on(tmp_path: Path, strategy: str) -> None:
    # By the numbers from 17 on, five for each trial: these are KerasTuner's own.
    expected = [0.00402355257469139, 0.0011910563441742358, 0.0017300217730513428]
    assert drawn(tmp_path, strategy, DEFAULT_SEED, 3) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("strategy", ["hyperband", "random"])
def test_neighbouring_seeds_try_no_configuration_in_common(tmp_path: Path, strategy: str) -> None:
    rates = {seed: set(drawn(tmp_path, strategy, seed, 8)) for seed in range(12, 28)}
    for one, other in itertools.combinations(rates.values(), 2):
        assert not one & other


def test_a_thousand_seeds_are_two_million_draws_apart() -> None:
    draws = sorted(first_draw(seed) for seed in range(1_000))
    gaps = [after - before for before, after in itertools.pairwise([*draws, draws[0] + 2**32])]
    assert min(gaps) > 1_900_000
    assert first_draw(DEFAULT_SEED) == DEFAULT_SEED


def test_no_two_seeds_have_one_first_draw() -> None:
    step = first_draw(1) - first_draw(0)
    assert step % 2 == 1  # an odd number has an inverse among the whole numbers modulo a power of two
    assert first_draw(2**31 - 1) == (first_draw(0) + step * (2**31 - 1)) % 2**32
