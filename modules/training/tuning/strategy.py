"""What the search asks of an oracle of KerasTuner besides its trials: no configuration twice, and none refused."""

import itertools
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import keras_tuner

from modules.training.estimating import objectives
from modules.training.estimating.objectives import Measured
from modules.training.tuning import spaces
from modules.training.tuning.spaces import Admits

# What a configuration costs, by objective; no network has to be trained for it.
Costs = Callable[[Mapping[str, Any]], Mapping[str, float]]
# KerasTuner takes the seed 0 for none, and draws one.
_FOR_ZERO = 2**31
# TFX's Tuner asks the oracle for its best `max_trials` trials. The search has a budget of its own; this number also
# says how many digits the number of a trial has.
_NO_LIMIT = 1_000_000
# Configurations among which a new one is looked for where draws gave none: all of a space that is counted.
_MOST_LOOKED_AT = 100_000


class Strategy(keras_tuner.Oracle):
    """An oracle whose trials are asked for in rounds, each of which is trained before the next is asked for.

    Mix it in before an oracle of KerasTuner, or fill in `populate_space`.

    Args:
        objective: What is watched.
        space: The hyperparameters.
        seed: Fixes the trials.
        epochs: Epochs of a trial.
        admits: Whether a configuration may be trained.
        more: What else the oracle of KerasTuner takes.
    """

    def __init__(
        self,
        objective: keras_tuner.Objective,
        space: keras_tuner.HyperParameters,
        seed: int,
        epochs: int,
        admits: Admits,
        **more: Any,
    ) -> None:
        self._admits = admits
        self._trial_epochs = epochs
        self.configurations = spaces.size(space, admits)
        super().__init__(
            objective=objective,
            hyperparameters=space,
            allow_new_entries=False,
            tune_new_entries=False,
            seed=seed or _FOR_ZERO,
            **more,
        )
        self.max_trials = _NO_LIMIT

    #: What a configuration costs, by objective, where there are others than the score.
    costs: Costs | None = None

    #: What ended the search where the oracle has no trial left.
    ending = "exhausted"

    def round_size(self, trial: Any) -> int:
        """Returns how many trials are asked for at once in the round of a trial: no result of theirs is known then."""
        return 4

    def may_go_on(self, trial: Any) -> bool:
        """Tells whether a later trial may start from the weights that a trial ends with."""
        return False

    def parent_of(self, trial: Any) -> str | None:
        """Returns the number of the trial from whose weights a trial starts; None where it starts from new ones."""
        return trial.hyperparameters.values.get("tuner/trial_id") or None

    def planned(self, number: int) -> int | None:
        """Returns the epochs of a trial by its number, at most; None where there is none with this number."""
        return None if self.configurations is not None and number >= self.configurations else self._trial_epochs

    def _compute_values_hash(self, values: dict[str, Any]) -> str:
        """Returns the same for two points that are one configuration."""
        return str(super()._compute_values_hash(spaces.identity(values)))

    def _duplicate(self, values: dict[str, Any]) -> bool:
        return not self._admits(values) or super()._duplicate(values)

    def _points(self, trials: Iterable[Any]) -> list[tuple[float, ...]]:
        """Returns trials that have a score as points, low is good: score and costs."""
        return objectives.points(
            [
                Measured(one.trial_id, one.score, self.costs(one.hyperparameters.values) if self.costs else {})
                for one in trials
            ],
            self.objective.direction,
        )

    def _random_values(self) -> dict[str, Any] | None:
        """Draws a new configuration; KerasTuner gives up after 20 draws of old ones, though others may be left."""
        drawn = super()._random_values()
        if drawn is not None:
            return spaces.canonical(self.hyperparameters, drawn)
        return self._one_of_those_not(self._duplicate)

    def _one_of_those_not(self, refused: Any) -> dict[str, Any] | None:
        """Draws one of the configurations that are not refused; none where all are.

        Of more than anybody counts, those are looked through that come first in an order drawn by the seed.
        """
        self._seed_state += 1
        every = itertools.islice(spaces.points(self.hyperparameters, self._seed_state), _MOST_LOOKED_AT)
        left = [point for point in every if not refused(point)]
        return random.Random(self._seed_state).choice(left) if left else None
