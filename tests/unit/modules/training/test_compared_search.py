from pathlib import Path
from typing import Any

import keras_tuner
import pytest

from modules.base import progress
from modules.base.settings import SearchSpace, Tuner
from modules.contracts import compared_search, teacher_search
from modules.training.tuning import compared, strategies
from modules.training.tuning.journal import Journal
from modules.training.tuning.trial import Tell, Threads, TrialResult, TrialTask

pytestmark = pytest.mark.unit

SPACE = SearchSpace(learning_rate=[0.001, 0.9])


class Search:
    """A whole search whose trials score their learning rate, all of whose epochs they take."""

    def __init__(self, folder: Path, journal: Journal | None = None, **settings: Any):
        self.trained: list[str] = []
        self.made = 0
        chosen = Tuner(search_space=SPACE, max_epochs=4, **settings)
        objective = keras_tuner.Objective("val_auc", "max")
        self.tuner = compared.search_of(
            chosen,
            lambda given: strategies.make(objective, given, 3),
            self._trainers,
            str(folder),
            "AUC",
            journal,
        )
        self.told: list[progress.Progress] = []
        with progress.listen(self.told.append):
            self.tuner.search()

    def _trainers(self) -> Threads:
        self.made += 1
        return Threads(self._train, 1)

    def _train(self, task: TrialTask, tell: Tell) -> TrialResult:
        self.trained.append(task.trial_id)
        score = float(task.values["learning_rate"])
        epochs = task.last - task.first
        return TrialResult(score, {"val_auc": [score] * epochs}, 0.5, [] if task.keeps_weights else None)


def test_random_search_gets_as_many_epochs_as_the_search_took(tmp_path: Path) -> None:
    search = Search(tmp_path, strategy="evolution", max_trials=7, compare=True)
    assert [trial["trial/epochs"] for trial in compared_search.read(str(tmp_path)).trials] == [4] * 7
    assert search.made == 2
    assert any(told.note.startswith("random search beside it: trial") for told in search.told)


def test_the_time_that_is_left_is_that_of_both_searches(tmp_path: Path) -> None:
    search = Search(tmp_path, strategy="evolution", max_trials=4, compare=True)
    done = [told.done for told in search.told]
    assert done == sorted(done)
    # The search has 4 trials of 4 epochs, and so has random search.
    assert {told.total for told in search.told} == {32}
    assert done[-1] == 32


def test_its_trials_are_those_that_the_strategy_random_would_have(tmp_path: Path) -> None:
    Search(tmp_path / "both", strategy="evolution", max_trials=6, compare=True)
    alone = Search(tmp_path / "alone", strategy="random", max_trials=6)
    found = compared_search.read(str(tmp_path / "both")).trials
    assert [trial["learning_rate"] for trial in found] == [
        trial.score for _, trial in sorted(alone.tuner.oracle.trials.items())
    ]


def test_its_trials_choose_nothing_and_have_a_record_and_curves_of_their_own(tmp_path: Path) -> None:
    search = Search(tmp_path / "both", strategy="evolution", max_trials=5, compare=True)
    alone = Search(tmp_path / "alone", strategy="evolution", max_trials=5)
    assert search.tuner.get_best_hyperparameters()[0].values == alone.tuner.get_best_hyperparameters()[0].values
    assert teacher_search.read(str(tmp_path / "both")) == teacher_search.read(str(tmp_path / "alone"))
    made = compared_search.read(str(tmp_path / "both"))
    assert [curve.step for curve in made.curves] == [trial["trial_id"] for trial in made.trials]
    assert made.curves[0].values["val_auc"] == [made.trials[0]["score"]] * 4


@pytest.mark.parametrize("settings", [{"strategy": "random", "compare": True}, {"strategy": "grid"}])
def test_random_search_is_not_run_beside_itself_or_unasked(tmp_path: Path, settings: dict[str, Any]) -> None:
    search = Search(tmp_path, max_trials=3, **settings)
    assert len(search.trained) == 3
    assert not (tmp_path / "trials" / "random.json").exists()


def test_a_search_that_goes_on_after_a_kill_trains_neither_search_again(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "journal"), "of this search")
    first = Search(tmp_path / "first", journal, strategy="evolution", max_trials=4, compare=True)
    second = Search(tmp_path / "second", journal, strategy="evolution", max_trials=4, compare=True)
    assert (len(first.trained), len(second.trained)) == (8, 0)
    assert compared_search.read(str(tmp_path / "first")) == compared_search.read(str(tmp_path / "second"))
