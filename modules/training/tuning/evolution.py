"""Regularized evolution (Real et al., 2019, arXiv:1802.01548): the oldest die, not the worst."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from keras_tuner.engine.trial import TrialStatus

from modules.training.estimating import objectives
from modules.training.tuning import spaces
from modules.training.tuning.strategy import Strategy

Genes = TypeVar("Genes")
Made = TypeVar("Made")

# How often a mutation that was tried before is drawn again, before a new configuration is drawn instead.
_ATTEMPTS = 50
# A quarter of the population competes to be the parent, as in the paper (25 of 100).
_COMPETING = 4


def child(
    population: Sequence[tuple[Any, Genes]],
    competing: int,
    mutate: Callable[[Genes, np.random.Generator], Made],
    random: np.random.Generator,
) -> Made:
    """Returns a mutation of the fittest of some that are drawn from the population.

    Args:
        population: The fitness (a number or a tuple, the higher the better) and the genes of those that are alive.
        competing: How many are drawn, with replacement.
        mutate: Changes genes.
        random: Draws.
    """
    drawn = random.integers(len(population), size=competing)
    fittest = max(drawn, key=lambda place: population[place][0])
    return mutate(population[fittest][1], random)


class Evolution(Strategy):
    """Changes one hyperparameter of a good configuration among the youngest.

    With several objectives, a good one lies on an early front, and where there is room on it (NSGA-II: Deb et al.,
    2002, https://doi.org/10.1109/4235.996017).

    Args:
        population: How many of the youngest are alive; so many are drawn first.
        inherits: Whether a trial starts from the weights of the one that it comes of.
        arguments: As `Strategy` takes them.
    """

    def __init__(self, *arguments: Any, population: int, inherits: bool = False) -> None:
        super().__init__(*arguments)
        self._population, self._inherits = population, inherits
        self._parents: dict[str, str] = {}

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        scored = [trial for trial in self.trials.values() if trial.status == TrialStatus.COMPLETED]
        values = self._child(scored[-self._population :], trial_id) if len(self.trials) >= self._population else None
        values = values or self._random_values()
        return {"status": TrialStatus.RUNNING if values else TrialStatus.STOPPED, "values": values}

    def may_go_on(self, trial: Any) -> bool:
        return self._inherits

    def parent_of(self, trial: Any) -> str | None:
        return self._parents.get(trial.trial_id) if self._inherits else None

    def _child(self, alive: Sequence[Any], trial_id: str) -> dict[str, Any] | None:
        """Returns a configuration that was not tried; none where no attempt made one."""
        population = [*zip(self._fitness(alive), alive, strict=True)]
        if not population:
            return None
        random = np.random.default_rng([self.seed, int(trial_id)])
        competing = max(2, self._population // _COMPETING)
        made = (child(population, competing, self._mutate, random) for _ in range(_ATTEMPTS))
        parent, values = next(((one, new) for one, new in made if not self._duplicate(new)), (None, None))
        if parent is not None:
            self._parents[trial_id] = parent.trial_id
        return values

    def _fitness(self, alive: Sequence[Any]) -> Sequence[Any]:
        points = self._points(alive)
        return [-point[0] for point in points] if self.costs is None else objectives.fitness(points)

    def _mutate(self, parent: Any, random: np.random.Generator) -> tuple[Any, dict[str, Any]]:
        """Returns the parent, and what its child is tried with."""
        return parent, spaces.mutated(self.hyperparameters, parent.hyperparameters.values, random)
