"""Random search beside the search, with as many epochs: what the strategy bought."""

import math
import os
from collections.abc import Callable
from typing import Any

from modules.base import progress
from modules.base.settings import Tuner
from modules.contracts import compared_search
from modules.contracts.compared_search import ComparedSearch
from modules.training.tuning.budget import Budget
from modules.training.tuning.journal import Journal
from modules.training.tuning.strategy import Costs, Strategy
from modules.training.tuning.teacher_tuner import TeacherTuner
from modules.training.tuning.trial import Trainers

# Its oracle's state, and its journal, below those of the search.
_FOLDER = "random"


class RandomReference(TeacherTuner):
    """Random search that chooses nothing.

    Attributes:
        before: How many epochs the search had taken that it is compared with.
    """

    before = 0

    def found(self) -> ComparedSearch:
        """Returns its trials, without those that have no score."""
        trials = [
            {
                "trial_id": number,
                "score": trial.score,
                **trial.hyperparameters.values,
                **{f"trial/{name}": value for name, value in self._records[number].notes().items()},
            }
            for number, trial in sorted(self.oracle.trials.items())
            if number in self._records and trial.score is not None
        ]
        return ComparedSearch(trials, [self._histories[trial["trial_id"]] for trial in trials])

    def _report(self, note: str) -> None:
        done = self.before + sum(self._epochs.values())
        progress.report(done, self.before + self._total, f"random search beside it: {note}", at_most=True)


class ComparedTuner(TeacherTuner):
    """A search behind which random search is run, whose trials are all trained in full, with as many epochs.

    Args:
        random: Makes the random search, from the number of epochs.
        given: As `TeacherTuner` takes them.
    """

    def __init__(self, random: Callable[[int], RandomReference], *given: Any) -> None:
        super().__init__(*given)
        self._random = random

    def search(self) -> None:
        """Runs both searches."""
        super().search()
        taken = math.ceil(sum(record.whole_epochs for record in self._records.values()))
        beside = self._random(taken)
        beside.before = taken
        beside.search()
        compared_search.write(self._directory, beside.found())

    def _report(self, note: str) -> None:
        # Random search takes as long again.
        progress.report(sum(self._epochs.values()), 2 * self._total, note, at_most=True)


def search_of(
    settings: Tuner,
    strategy: Callable[[Tuner], tuple[Strategy, Budget]],
    trainers: Callable[[], Trainers],
    directory: str,
    title: str,
    journal: Journal | None,
    costs: Costs | None = None,
) -> TeacherTuner:
    """Returns the search that the config asks for; with `tuner.compare`, random search comes behind it.

    Args:
        settings: The section `tuner` of the config.
        strategy: Makes the oracle, and what ends it.
        trainers: Makes those who train the trials of one search.
        directory: As for `TeacherTuner`.
        title: As for `TeacherTuner`.
        journal: As for `TeacherTuner`.
        costs: As for `TeacherTuner`.
    """
    oracle, budget = strategy(settings)
    given = (oracle, settings, budget, directory, trainers(), title, journal, costs)
    if not settings.compares:
        return TeacherTuner(*given)
    chosen = settings.model_copy(update={"strategy": "random", "estimation": "full"})

    def random(epochs: int) -> RandomReference:
        own = None if journal is None else Journal(os.path.join(journal.folder, _FOLDER), journal.fingerprint)
        oracle, _ = strategy(chosen)
        # One trial at least, whatever the search took.
        budget = Budget(epochs=max(epochs, chosen.max_epochs))
        return RandomReference(oracle, chosen, budget, os.path.join(directory, _FOLDER), trainers(), title, own, costs)

    return ComparedTuner(random, *given)
