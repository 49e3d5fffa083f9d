"""Which strategy the config asks for, and what ends its search."""

from collections.abc import Callable, Mapping

import keras_tuner

from modules.base.settings import Tuner
from modules.training.tuning import spaces
from modules.training.tuning.bayesian import Bayesian
from modules.training.tuning.budget import Budget
from modules.training.tuning.evolution import Evolution
from modules.training.tuning.grid import Grid
from modules.training.tuning.hyperband import Hyperband
from modules.training.tuning.random_search import RandomSearch
from modules.training.tuning.reinforce import Reinforce
from modules.training.tuning.spaces import Admits
from modules.training.tuning.strategy import Costs, Strategy

# Learning rates where a strategy needs a number of them, and the config has none.
_LEARNING_RATES = 3
# Trials that are drawn before others are chosen by their scores, and the largest population, which is the paper's.
_FIRST = 4
_MOST_ALIVE = 100


def _hyperband(objective: keras_tuner.Objective, settings: Tuner, seed: int, admits: Admits) -> Hyperband:
    return Hyperband(
        objective,
        spaces.search_space(settings.search_space),
        seed,
        settings.max_epochs,
        admits,
        max_epochs=settings.max_epochs,
        factor=settings.factor,
        hyperband_iterations=settings.iterations,
    )


def _random(objective: keras_tuner.Objective, settings: Tuner, seed: int, admits: Admits) -> RandomSearch:
    return RandomSearch(objective, spaces.search_space(settings.search_space), seed, settings.trial_epochs, admits)


def _grid(objective: keras_tuner.Objective, settings: Tuner, seed: int, admits: Admits) -> Grid:
    space = spaces.search_space(settings.search_space, _LEARNING_RATES)
    return Grid(objective, space, seed, settings.trial_epochs, admits)


def _bayesian(objective: keras_tuner.Objective, settings: Tuner, seed: int, admits: Admits) -> Bayesian:
    space = spaces.search_space(settings.search_space)
    return Bayesian(objective, space, seed, settings.trial_epochs, admits, num_initial_points=_FIRST)


def _evolution(objective: keras_tuner.Objective, settings: Tuner, seed: int, admits: Admits) -> Evolution:
    epochs = _trial_budget(settings) or _usual_epochs(settings)
    trials = settings.max_trials or int(epochs // (settings.trial_epochs * settings.trial_rows))
    population = min(_MOST_ALIVE, max(_FIRST, trials // 4))
    space = spaces.search_space(settings.search_space)
    inherits = settings.estimation == "weight_inheritance"
    return Evolution(objective, space, seed, settings.trial_epochs, admits, population=population, inherits=inherits)


def _reinforce(objective: keras_tuner.Objective, settings: Tuner, seed: int, admits: Admits) -> Reinforce:
    space = spaces.search_space(settings.search_space, _LEARNING_RATES)
    return Reinforce(objective, space, seed, settings.trial_epochs, admits)


_MAKERS: Mapping[str, Callable[[keras_tuner.Objective, Tuner, int, Admits], Strategy]] = {
    "hyperband": _hyperband,
    "random": _random,
    "grid": _grid,
    "bayesian": _bayesian,
    "evolution": _evolution,
    "reinforce": _reinforce,
}


def everything(values: Mapping[str, object]) -> bool:
    """Admits every configuration."""
    return True


def make(
    objective: keras_tuner.Objective,
    settings: Tuner,
    seed: int,
    admits: Admits = everything,
    costs: Costs | None = None,
) -> tuple[Strategy, Budget]:
    """Makes the oracle of the config's strategy, and the budget.

    Hyperband ends with its table. Where the config says no number of trials or epochs, the others get as many epochs
    as that table has, so that one budget holds for all.

    Args:
        objective: What is watched.
        settings: The section `tuner` of the config.
        seed: Fixes the trials.
        admits: Whether a configuration may be trained.
        costs: What a configuration costs, by objective, where the config names others than the score.
    """
    made = _MAKERS[settings.strategy](objective, settings, seed, admits)
    made.costs = costs
    trials, epochs, seconds = settings.max_trials, _trial_budget(settings), settings.max_seconds
    if isinstance(made, Hyperband) or trials is not None or epochs is not None:
        return made, Budget(trials, epochs, seconds)
    return made, Budget(None, _usual_epochs(settings), seconds, usual=True)


def _trial_budget(settings: Tuner) -> int | None:
    """Returns the epochs that all trials have together, without those in full that come after cheaper ones."""
    return None if settings.max_epochs_total is None else settings.max_epochs_total - settings.final_epochs


def _usual_epochs(settings: Tuner) -> int:
    """Returns the epochs of Hyperband's table."""
    return sum(_hyperband(keras_tuner.Objective("score", "max"), settings, 1, everything).table())
