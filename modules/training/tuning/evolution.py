"""Regularized evolution (Real et al., 2019, arXiv:1802.01548): the oldest die, not the worst."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from keras_tuner.engine.trial import TrialStatus

from modules.training.tuning import spaces
from modules.training.tuning.strategy import Strategy

Genes = TypeVar("Genes")

# How often a mutation that was tried before is drawn again, before a new configuration is drawn instead.
_ATTEMPTS = 50
# A quarter of the population competes to be the parent, as in the paper (25 of 100).
_COMPETING = 4


def child(
    population: Sequence[tuple[float, Genes]],
    competing: int,
    mutate: Callable[[Genes, np.random.Generator], Genes],
    random: np.random.Generator,
) -> Genes:
    """Returns a mutation of the fittest of some that are drawn from the population.

    Args:
        population: The fitness (the higher the better) and the genes of those that are alive.
        competing: How many are drawn, with replacement.
        mutate: Changes genes.
        random: Draws.
    """
    drawn = random.integers(len(population), size=competing)
    fittest = max(drawn, key=lambda place: population[place][0])
    return mutate(population[fittest][1], random)


class Evolution(Strategy):
    """Changes one hyperparameter of a good configuration among the youngest.

    Args:
        population: How many of the youngest are alive; so many are drawn first.
        arguments: As `Strategy` takes them.
    """

    def __init__(self, *arguments: Any, population: int) -> None:
        super().__init__(*arguments)
        self._population = population

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        scored = [trial for trial in self.trials.values() if trial.status == TrialStatus.COMPLETED]
        values = (
            self._child(scored[-self._population :], int(trial_id)) if len(self.trials) >= self._population else None
        )
        values = values or self._random_values()
        return {"status": TrialStatus.RUNNING if values else TrialStatus.STOPPED, "values": values}

    def _child(self, alive: Sequence[Any], number: int) -> dict[str, Any] | None:
        """Returns a configuration that was not tried; none where no attempt made one."""
        sign = 1.0 if self.objective.direction == "max" else -1.0
        population = [(sign * trial.score, trial.hyperparameters.values) for trial in alive]
        if not population:
            return None
        random = np.random.default_rng([self.seed, number])
        competing = max(2, self._population // _COMPETING)
        made = (child(population, competing, self._mutate, random) for _ in range(_ATTEMPTS))
        return next((values for values in made if not self._duplicate(values)), None)

    def _mutate(self, values: dict[str, Any], random: np.random.Generator) -> dict[str, Any]:
        return spaces.mutated(self.hyperparameters, values, random)
