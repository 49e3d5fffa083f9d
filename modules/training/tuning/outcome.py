"""What comes of a search: which trial is chosen, which lie in front, and what cheaper trainings were worth."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from keras_tuner.engine.trial import Trial, TrialStatus

from modules.base.settings import Tuner
from modules.contracts.teacher_search import RankAgreement, SearchFront, TrialRecord
from modules.training.estimating import finalists, objectives, ranks
from modules.training.estimating.objectives import Measured
from modules.training.tuning.strategy import Costs, Strategy

# What lies on the front beside the score where the config names no objective.
_USUAL = ("bytes",)


class Outcome:
    """Reads it from the oracle's trials.

    Args:
        oracle: The oracle.
        settings: The section `tuner` of the config.
        costs: What a configuration costs, by objective; None where nobody knows.

    Attributes:
        chosen: The number of the trial whose hyperparameters are taken; None before the search's end.
        front: The trials in front; None before, and where costs or scores are unknown.
        agreement: How far cheaper trainings rank trials as those in full do; None where all were trained in full.
    """

    def __init__(self, oracle: Strategy, settings: Tuner, costs: Costs | None) -> None:
        self._oracle, self._settings, self._costs = oracle, settings, costs
        self._mode = oracle.objective.direction
        self.chosen: str | None = None
        self.front: SearchFront | None = None
        self.agreement: RankAgreement | None = None

    @property
    def best_score(self) -> float | None:
        """The best score of all trials that have ended."""
        scores = [trial.score for trial in self._scored()]
        return (max if self._mode == "max" else min)(scores, default=None)

    def costs_of(self, trial: Trial) -> dict[str, int]:
        """Returns what a trial's network costs, by objective."""
        return {} if self._costs is None else {name: int(cost) for name, cost in self._of(trial).items()}

    def finalists(self, records: Mapping[str, TrialRecord]) -> list[tuple[Trial, dict[str, Any]]]:
        """Returns which trials are trained in full after cheaper trainings, and their hyperparameters.

        Of trials of one configuration, as Hyperband has them, only the longest one is ranked.

        Args:
            records: What is known of the trials, by their numbers.
        """
        if self._settings.estimation != "lower_fidelity":
            return []
        longest: dict[str, tuple[int, Trial, dict[str, Any]]] = {}
        for trial in self._scored():
            values = {name: value for name, value in trial.hyperparameters.values.items() if "/" not in name}
            epochs = trial.hyperparameters.values.get("tuner/epochs", 0)
            key = str(sorted(values.items()))
            if key not in longest or epochs >= longest[key][0]:
                longest[key] = (epochs, trial, values)
        sign = -1.0 if self._mode == "max" else 1.0
        ranked = sorted(longest.values(), key=lambda entry: (sign * entry[1].score, entry[1].trial_id))
        given = self._settings.lower_fidelity
        return [(trial, values) for _, trial, values in finalists.finalists(ranked, given.best, given.spread)]

    def conclude(self, records: Mapping[str, TrialRecord]) -> None:
        """Finds out all that the attributes tell.

        Args:
            records: What is known of the trials, by their numbers.
        """
        in_full = {number: record.cheaper.score for number, record in records.items() if record.cheaper}
        trials = [trial for trial in self._scored() if not in_full or trial.trial_id in in_full]
        if in_full:
            pairs = [(in_full[trial.trial_id], trial.score) for trial in trials]
            self.agreement = _agreement([cheap for cheap, _ in pairs], [full for _, full in pairs])
        if not trials:
            return
        if self._costs is not None:
            found = objectives.front([*self._measured(trials)], self._mode)
            self.front = None if found is None else SearchFront(**dataclasses.asdict(found))
        if len(self._settings.objectives) > 1:
            self.chosen = objectives.chosen([*self._measured(trials)], self._mode, self._settings.within)
        elif in_full:
            self.chosen = objectives.chosen([Measured(one.trial_id, one.score, {}) for one in trials], self._mode, 0.0)
        else:
            self.chosen = self._oracle.get_best_trials(1)[0].trial_id

    def _scored(self) -> list[Trial]:
        """Returns the trials that have ended with a score that is a number, in their order."""
        ended = [trial for trial in self._oracle.trials.values() if trial.status == TrialStatus.COMPLETED]
        return sorted((trial for trial in ended if np.isfinite(trial.score)), key=lambda trial: trial.trial_id)

    def _measured(self, trials: list[Trial]) -> Iterator[Measured]:
        names = self._settings.objectives[1:] or _USUAL
        for trial in trials:
            costs = self._of(trial)
            yield Measured(trial.trial_id, trial.score, {name: costs[name] for name in names})

    def _of(self, trial: Trial) -> Mapping[str, float]:
        return {} if self._costs is None else self._costs(trial.hyperparameters.values)


def _agreement(cheap: list[float], full: list[float]) -> RankAgreement:
    found = [correlation(cheap, full) for correlation in (ranks.spearman, ranks.kendall)]
    spearman, kendall = (None if one is None else dataclasses.asdict(one) for one in found)
    return RankAgreement(len(full), spearman, kendall)
