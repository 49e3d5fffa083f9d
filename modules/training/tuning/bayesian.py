"""Bayesian optimization with a Gaussian process (Snoek et al., 2012, arXiv:1206.2944)."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from keras_tuner.engine.trial import TrialStatus
from keras_tuner.oracles import BayesianOptimizationOracle
from sklearn.exceptions import ConvergenceWarning

from modules.training.estimating import objectives
from modules.training.tuning import spaces
from modules.training.tuning.strategy import Strategy

# Configurations among which the next one is chosen.
_CANDIDATES = 2_000


class Bayesian(Strategy, BayesianOptimizationOracle):
    """KerasTuner's process and its lower confidence bound, over configurations that were not tried.

    KerasTuner minimizes the bound over a continuous cube and rounds, so that it proposes configurations that it had.
    The candidates are drawn by the seed and the trial's number: no state of random numbers has to be kept. Of several
    objectives, each trial looks for a best value of another weighting of them (ParEGO: Knowles, 2006,
    https://doi.org/10.1109/TEVC.2005.851274).
    """

    def round_size(self, trial: Any) -> int:
        return 2  # what is not scored yet counts as the process expects it

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        scored = sum(trial.status == TrialStatus.COMPLETED for trial in self.trials.values())
        if scored < self.num_initial_points:
            return self._random_populate_space()
        candidates = self._candidates(int(trial_id))
        if not candidates:
            return {"status": TrialStatus.STOPPED, "values": None}
        known = self._vectorize_trials() if self.costs is None else self._weighted_trials(int(trial_id))
        with warnings.catch_warnings():  # the process fits its own scales to few points, and ends at a bound of theirs
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.gpr.fit(*(np.nan_to_num(part, posinf=0, neginf=0) for part in known))
        mean, deviation = self.gpr.predict(self._places(candidates), return_std=True)
        chosen = candidates[int(np.argmin(mean - self.beta * deviation))]
        return {"status": TrialStatus.RUNNING, "values": chosen}

    def _weighted_trials(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns where the trials that have a score lie, and what their objectives come to with new weights."""
        scored = [trial for trial in self.trials.values() if trial.status == TrialStatus.COMPLETED]
        values = objectives.scalarized(self._points(scored), np.random.default_rng([self.seed, number, 1]))
        return self._places([trial.hyperparameters.values for trial in scored]), np.array(values)

    def _places(self, points: Sequence[Mapping[str, Any]]) -> np.ndarray:
        space = self.hyperparameters.space
        return np.array([[hp.value_to_prob(point[hp.name]) for hp in space] for point in points])

    def _candidates(self, number: int) -> list[dict[str, Any]]:
        """Draws configurations that were not tried."""
        random = np.random.default_rng([self.seed, number])
        if self.configurations is not None and self.configurations <= _CANDIDATES:
            drawn = [*spaces.points(self.hyperparameters, 0)]
        else:
            drawn = [spaces.draw(self.hyperparameters, random) for _ in range(_CANDIDATES)]
        return [point for point in drawn if not self._duplicate(point)]
