"""A policy gradient over configurations (Zoph and Le, 2017, arXiv:1611.01578; Yang et al., 2022, arXiv:2204.07615)."""

import functools
import itertools
from typing import Any

import numpy as np
from keras_tuner.engine.trial import TrialStatus

from modules.training.tuning import spaces
from modules.training.tuning.policy import Policy
from modules.training.tuning.strategy import Strategy

# How often a choice that is refused, or was tried before, is drawn again before a new configuration is drawn instead.
_ATTEMPTS = 1_000
# Choices that are drawn of a space too large to be counted, to know how likely the policy makes what is allowed.
_SAMPLE = 4_096


class Reinforce(Strategy):
    """Draws from a policy over a finite space, which learns from each trial's score.

    What may not be trained is rejected without a trial. The policy is learnt anew from all scores, in the order of the
    trials, each time: nothing has to be kept of it.
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        if self.configurations is not None and len(self.trials) >= self.configurations:
            return {"status": TrialStatus.STOPPED, "values": None}
        policy, random = self._policy(), np.random.default_rng([self.seed, int(trial_id)])
        drawn = (self._values_of(policy.draw(random)) for _ in range(_ATTEMPTS))
        values = next((values for values in drawn if not self._duplicate(values)), None) or self._random_values()
        return {"status": TrialStatus.RUNNING if values else TrialStatus.STOPPED, "values": values}

    def _policy(self) -> Policy:
        sizes = [len(parameter.values) for parameter in self.hyperparameters.space]
        policy = Policy(sizes, self._allowed)
        sign = 1.0 if self.objective.direction == "max" else -1.0
        for trial in self.trials.values():
            if trial.status == TrialStatus.COMPLETED:
                choice = spaces.places(self.hyperparameters, trial.hyperparameters.values)
                policy.learn(choice, sign * trial.score)
        return policy

    @functools.cached_property
    def _allowed(self) -> np.ndarray | None:
        """The choices that may be trained; of too many to be counted, as many as are drawn in a number of attempts."""
        sizes = [len(parameter.values) for parameter in self.hyperparameters.space]
        if self.configurations is not None:
            every = np.array([*itertools.product(*(range(size) for size in sizes))])
        else:
            every = np.random.default_rng(self.seed).integers(sizes, size=(_SAMPLE, len(sizes)))
        admitted = np.array([self._admits(self._values_of(choice)) for choice in every])
        whole = self.configurations is not None
        return every[admitted] if whole or (admitted.any() and not admitted.all()) else None

    def _values_of(self, choice: Any) -> dict[str, Any]:
        drawn = {
            parameter.name: parameter.values[place]
            for parameter, place in zip(self.hyperparameters.space, choice, strict=True)
        }
        return spaces.canonical(self.hyperparameters, drawn)
