import collections
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np
import pytest
import tensorflow as tf

from modules import tasks
from modules.base import progress
from modules.base.settings import SearchSpace, Tuner
from modules.contracts import teacher_search, training_curves
from modules.training import loop
from modules.training.tuning import spaces, strategies
from modules.training.tuning.journal import Journal
from modules.training.tuning.teacher_tuner import TeacherTuner
from modules.training.tuning.trial import Threads
from modules.training.tuning.trial_training import TrialTraining

pytestmark = pytest.mark.unit

# The strategies whose trials all have the same epochs.
FINITE = ("random", "grid", "bayesian", "evolution", "reinforce")


class Network:
    """Stands in for a network: its weights are a list of the trainings that it has been through."""

    def __init__(self, values: Mapping[str, Any]):
        self.values, self.weights = values, [f"new {values['learning_rate']}"]

    def get_weights(self) -> list[np.ndarray]:
        return [np.array(weight) for weight in self.weights]

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        self.weights = [str(weight) for weight in weights]


def score(metric: str) -> loop.ValidationScore:
    """Returns what is watched; of its rows no stand-in makes use."""
    rows = tf.data.Dataset.from_tensors((tf.zeros([1, 1]), tf.zeros([1, 1])))
    return loop.ValidationScore(rows, tasks.Target("binary", ("no", "yes")), metric)


class Batches:
    """Stands in for batches, which have another order each time they are gone through."""

    def __init__(self, name: str):
        self.name, self.times = name, 0

    def __iter__(self) -> Iterator[str]:
        self.times += 1
        return iter([self.name])


def tuner_of(
    watched: loop.ValidationScore,
    settings: Tuner,
    seed: int,
    folder: Path,
    at_once: int,
    journal: Journal | None = None,
) -> TeacherTuner:
    oracle, budget = strategies.make(keras_tuner.Objective(watched.monitor, watched.mode), settings, seed)
    training = TrialTraining(
        Network, watched, settings.patience, lambda: Batches("train"), lambda: Batches("validation")
    )
    return TeacherTuner(oracle, settings, budget, str(folder), Threads(training, at_once), watched.title, journal)


class Search:
    """A whole search with stand-ins for building and fitting. The score is the learning rate."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        seed: int = 1,
        metric: str = "auc",
        at_once: int = 2,
        space: dict[str, Any] | None = None,
        journal: Journal | None = None,
        **settings: Any,
    ):
        self.score = score(metric)
        self.fits: dict[str, dict[str, Any]] = {}
        monkeypatch.setattr(loop, "fit", self._fit)
        # Learning rates as scores need bounds below 1.
        chosen = Tuner(search_space=SearchSpace(**{"learning_rate": [0.001, 0.9]} | (space or {})), **settings)
        self.tuner = tuner_of(self.score, chosen, seed, folder, at_once, journal)
        self.progress: list[progress.Progress] = []
        with progress.listen(self.progress.append):
            self.tuner.search()
        self.trials = list(self.tuner.oracle.trials.values())
        self.record = teacher_search.read(str(folder))

    def _fit(self, network: Network, train: Any, validation: Any, score: Any, **options: Any) -> dict[str, list[float]]:
        assert score.monitor == self.score.monitor
        assert options["record"].step not in self.fits
        value, first, last = network.values["learning_rate"], options["initial_epoch"], options["epochs"]
        self.fits[options["record"].step] = {
            "train": train,
            "validation": validation,
            "score": score,
            "started from": list(network.weights),
            **options,
        }
        network.weights.append(f"{first}-{last}")
        Path(options["record"].directory, "train").mkdir()
        Path(options["record"].directory, "train", "events").write_text(options["record"].step)
        for epoch in range(first, last):
            options["tell"](epoch + 1, 0.0)
        # The best epoch is the second to last one, or the only one.
        worse, near = (0.5, 0.9) if score.mode == "max" else (2, 1.1)
        scores = [worse * value] * (last - first - 2) + [value] + [near * value] * (last - first > 1)
        return {score.monitor: scores}

    def table(self) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """Returns (epoch to start from, epoch to stop before) of the trials of each (bracket, round)."""
        found = collections.defaultdict(list)
        for trial in self.trials:
            values = trial.hyperparameters.values
            place = (values["tuner/bracket"], values["tuner/round"])
            found[place].append((values["tuner/initial_epoch"], values["tuner/epochs"]))
        return dict(found)


@pytest.fixture
def search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> Search:
    return Search(tmp_path, monkeypatch, max_epochs=9, factor=3)


def test_the_brackets_are_those_of_hyperband(search: Search) -> None:
    # Li et al., algorithm 1 with R = 9, eta = 3: s_max = log3(9) = 2, B = 3 · 9. A bracket s starts with
    # n = ceil((s_max + 1) / (s + 1) · 3^s) trials of r = 9 / 3^s epochs, and each round keeps a third of them for three
    # times the epochs:
    #   s = 2: n = 9, r = 1:  9 trials to epoch 1, 3 to epoch 3, 1 to epoch 9
    #   s = 1: n = ceil(3/2 · 3) = 5, r = 3:  5 to epoch 3, then 5/3 = 1.67 to epoch 9; the paper rounds it down to 1,
    #          keras_tuner computes 3/2 · 3^0 = 1.5 and rounds it up to 2
    #   s = 0: n = 3, r = 9:  3 to epoch 9
    assert search.table() == {
        (2, 0): [(0, 1)] * 9,
        (2, 1): [(1, 3)] * 3,
        (2, 2): [(3, 9)] * 1,
        (1, 0): [(0, 3)] * 5,
        (1, 1): [(3, 9)] * 2,
        (0, 0): [(0, 9)] * 3,
    }


def test_every_trial_is_fitted_once_for_just_its_epochs(search: Search) -> None:
    # 9 · 1 + 3 · 2 + 1 · 6 + 5 · 3 + 2 · 6 + 3 · 9 = 75 epochs in 23 trials.
    assert len(search.fits) == len(search.trials) == 23
    assert sum(fit["epochs"] - fit["initial_epoch"] for fit in search.fits.values()) == 75


def test_progress_counts_the_epochs_of_all_trials_and_says_which_one_it_is(search: Search) -> None:
    assert {item.total for item in search.progress} == {75}
    done = [item.done for item in search.progress]
    assert done == sorted(done)
    assert set(done) == set(range(1, 76))
    assert search.progress[0].note == "trial 1 of 23"
    best = max(trial.score for trial in search.trials)
    assert search.progress[-1].note == f"trial 23 of 23, best AUC {best:.4f}"
    assert all(item.at_most for item in search.progress)  # trials may stop early


def test_the_search_leaves_the_learning_curves_of_every_trial(search: Search, tmp_path: Path) -> None:
    found = training_curves.read_trials(str(tmp_path))
    assert [curves.step for curves in found] == [trial.trial_id for trial in search.trials]
    for curves, trial in zip(found, search.trials, strict=True):
        values = trial.hyperparameters.values
        assert curves.epochs == list(range(values["tuner/initial_epoch"] + 1, values["tuner/epochs"] + 1))
        assert max(score for score in curves.scores if score is not None) == trial.score
        assert curves.scores[curves.epochs.index(curves.best_epoch)] == trial.score
    assert all(search.fits[trial.trial_id]["record"].curves_only for trial in search.trials)
    for trial in search.trials:
        assert (tmp_path / "trials" / trial.trial_id / "train" / "events").read_text() == trial.trial_id


def test_only_weights_from_which_a_later_trial_may_start_are_kept(search: Search) -> None:
    for trial in search.trials:
        values = trial.hyperparameters.values
        place = (values["tuner/bracket"], values["tuner/round"])
        if place in {(2, 0), (2, 1), (1, 0)}:
            assert search.tuner.load_model(trial)
        else:
            with pytest.raises(KeyError):
                search.tuner.load_model(trial)


def test_two_iterations_run_the_whole_table_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # max_epochs 2, factor 2: s_max = 1; s = 1: 2 trials to epoch 1, 1 to epoch 2; s = 0: 2 to epoch 2.
    once = Search(tmp_path / "once", monkeypatch, max_epochs=2, factor=2)
    twice = Search(tmp_path / "twice", monkeypatch, max_epochs=2, factor=2, iterations=2)
    assert once.table() == {(1, 0): [(0, 1)] * 2, (1, 1): [(1, 2)], (0, 0): [(0, 2)] * 2}
    assert {place: len(trials) for place, trials in twice.table().items()} == {(1, 0): 4, (1, 1): 2, (0, 0): 4}


def test_a_later_round_keeps_the_best_trials(search: Search) -> None:
    rounds: dict[int, list[float]] = {0: [], 1: [], 2: []}
    for trial in search.trials:
        if trial.hyperparameters.values["tuner/bracket"] == 2:
            rounds[trial.hyperparameters.values["tuner/round"]].append(trial.score)
    assert sorted(rounds[1]) == sorted(rounds[0])[-3:]
    assert rounds[2] == [max(rounds[0])]


def test_a_later_round_starts_from_the_weights_that_the_earlier_one_ended_with(search: Search) -> None:
    for trial in search.trials:
        values, fit = trial.hyperparameters.values, search.fits[trial.trial_id]
        new = f"new {values['learning_rate']}"
        place = (values["tuner/bracket"], values["tuner/round"])
        expected = {(2, 1): [new, "0-1"], (2, 2): [new, "0-1", "1-3"], (1, 1): [new, "0-3"]}
        assert fit["started from"] == expected.get(place, [new])


def test_the_score_is_the_best_epochs(search: Search) -> None:
    for trial in search.trials:
        assert trial.score == trial.hyperparameters.values["learning_rate"]
    best = search.tuner.oracle.get_best_trials(1)[0]
    assert best.score == max(trial.score for trial in search.trials)


def test_a_search_for_a_low_score_keeps_the_lowest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = Search(tmp_path, monkeypatch, metric="log_loss", max_epochs=9, factor=3)
    rounds: dict[int, list[float]] = {0: [], 1: [], 2: []}
    for trial in search.trials:
        assert trial.score == trial.hyperparameters.values["learning_rate"]
        if trial.hyperparameters.values["tuner/bracket"] == 2:
            rounds[trial.hyperparameters.values["tuner/round"]].append(trial.score)
    assert sorted(rounds[1]) == sorted(rounds[0])[:3]
    assert rounds[2] == [min(rounds[0])]
    best = search.tuner.oracle.get_best_trials(1)[0]
    assert best.score == min(trial.score for trial in search.trials)


def test_the_record_says_what_each_trial_took_and_its_hyperparameters_do_not(search: Search) -> None:
    # TFX asks for as many trials as the oracle allows, and writes their values and scores.
    board = search.tuner.oracle.get_best_trials(search.tuner.oracle.max_trials)
    assert len(board) == 23
    for trial in board:
        values = trial.hyperparameters.values
        assert {"layers", "units", "dropout", "learning_rate", "activation"} <= set(values)
        assert all(name.startswith("tuner/") for name in values if "/" in name)
        took = search.record.trials[trial.trial_id]
        assert took.epochs == values["tuner/epochs"] - values["tuner/initial_epoch"]
        assert took.seconds >= 0
    assert (search.record.strategy, search.record.ended) == ("hyperband", "complete")
    assert search.record.configurations is None


def test_trials_stop_early_and_train_on_the_rows_given(search: Search) -> None:
    for fit in search.fits.values():
        assert (fit["train"].name, fit["validation"].name, fit["patience"]) == ("train", "validation", 2)


def test_a_trial_goes_on_with_the_order_of_rows_that_it_would_have_had_without_a_break(search: Search) -> None:
    for fit in search.fits.values():
        assert (fit["train"].times, fit["validation"].times) == (fit["initial_epoch"], 0)


def test_no_trial_shares_its_batches_or_its_score_with_another(search: Search) -> None:
    for kind in ("train", "validation", "score"):
        assert len({id(fit[kind]) for fit in search.fits.values()}) == len(search.fits)


@pytest.mark.parametrize("at_once", [1, 3])
def test_how_many_trials_run_at_once_changes_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, search: Search, at_once: int
) -> None:
    other = Search(tmp_path / "other", monkeypatch, at_once=at_once, max_epochs=9, factor=3)
    for one, same in zip(search.trials, other.trials, strict=True):
        assert (one.trial_id, one.score) == (same.trial_id, same.score)
        assert one.hyperparameters.values == same.hyperparameters.values
        assert search.fits[one.trial_id]["started from"] == other.fits[one.trial_id]["started from"]


def test_trials_that_wait_for_no_result_run_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=60)
    fit = Search._fit

    def together(self: Search, *args: Any, **options: Any) -> dict[str, list[float]]:
        if options["initial_epoch"] == 0:
            both.wait()  # for another trial to be here
        return fit(self, *args, **options)

    monkeypatch.setattr(Search, "_fit", together)
    # s = 1: 2 trials to epoch 1, 1 to epoch 2; s = 0: 2 to epoch 2. The new ones come in pairs.
    assert len(Search(tmp_path, monkeypatch, max_epochs=2, factor=2).fits) == 5


def test_what_stops_one_trial_stops_those_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted = threading.Event()

    def fit(*_: Any, **options: Any) -> dict[str, list[float]]:
        if options["record"].step.endswith("1"):
            interrupted.set()
            raise KeyboardInterrupt
        assert interrupted.wait(60)
        while True:
            options["tell"](options["initial_epoch"], 0.0)

    monkeypatch.setattr(loop, "fit", fit)
    endless = tuner_of(score("auc"), Tuner(max_epochs=2, factor=2), 1, tmp_path, at_once=2)
    with pytest.raises(KeyboardInterrupt):
        endless.search()


def test_the_same_seed_draws_the_same_trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, again, other = (
        [t.hyperparameters.values["learning_rate"] for t in Search(tmp_path / str(i), monkeypatch, seed).trials]
        for i, seed in enumerate((1, 1, 2))
    )
    assert first == again
    assert first != other


def test_the_search_space_is_the_configs() -> None:
    space = SearchSpace(layers=[1, 2], units=[8], dropout=[0.0, 0.5], learning_rate=[0.01, 0.1], activation=["tanh"])
    found = {parameter.name: parameter for parameter in spaces.search_space(space).space}
    assert list(found) == ["layers", "units", "dropout", "learning_rate", "activation"]
    assert list(found["layers"].values) == [1, 2]
    assert list(found["units"].values) == [8]
    assert list(found["dropout"].values) == [0.0, 0.5]
    assert list(found["activation"].values) == ["tanh"]
    rate = found["learning_rate"]
    assert (rate.min_value, rate.max_value, rate.sampling) == (0.01, 0.1, "log")


TWELVE: dict[str, Any] = {
    "layers": [1, 2],
    "units": [8, 16],
    "dropout": [0.0],
    "learning_rates": 3,
    "activation": ["relu"],
}


def configuration(trial: Any) -> tuple[Any, ...]:
    return tuple(value for name, value in trial.hyperparameters.values.items() if "/" not in name)


def test_a_round_of_hyperband_repeats_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of 12 configurations the first bracket takes 9; the second the other 3 and 2 of the first's; the third any 3.
    search = Search(tmp_path, monkeypatch, space=TWELVE, max_epochs=9, factor=3)
    assert {place: len(trials) for place, trials in search.table().items()} == {
        (2, 0): 9,
        (2, 1): 3,
        (2, 2): 1,
        (1, 0): 5,
        (1, 1): 2,
        (0, 0): 3,
    }
    new = collections.defaultdict(list)
    for trial in search.trials:
        if trial.hyperparameters.values["tuner/round"] == 0:
            new[trial.hyperparameters.values["tuner/bracket"]].append(configuration(trial))
    assert all(len(set(tried)) == len(tried) for tried in new.values())
    assert len({*new[2], *new[1]}) == 12
    assert (search.record.ended, search.record.configurations) == ("complete", 12)


def test_a_space_smaller_than_a_round_makes_smaller_rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = Search(tmp_path, monkeypatch, space=TWELVE | {"layers": [1]}, max_epochs=9, factor=3)
    sizes = {place: len(trials) for place, trials in search.table().items()}
    assert sizes == {(2, 0): 6, (2, 1): 3, (2, 2): 1, (1, 0): 5, (1, 1): 2, (0, 0): 3}
    assert search.progress[0].note == "trial 1 of 20"


@pytest.mark.parametrize("strategy", FINITE)
def test_a_finite_space_is_tried_once_and_said_to_be_exhausted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strategy: str
) -> None:
    search = Search(tmp_path, monkeypatch, strategy=strategy, space=TWELVE, max_epochs=3, max_trials=30)
    assert len({configuration(trial) for trial in search.trials}) == len(search.trials) == 12
    assert (search.record.ended, search.record.configurations) == ("exhausted", 12)
    assert search.record.ending == "all 12 configurations tried"
    assert {(fit["initial_epoch"], fit["epochs"]) for fit in search.fits.values()} == {(0, 3)}
    assert (search.progress[-1].note[:15], search.progress[-1].total) == ("trial 12 of 12,", 36)


@pytest.mark.parametrize("strategy", FINITE)
@pytest.mark.parametrize(
    ("limits", "trials", "ended"),
    [
        ({"max_trials": 5}, 5, "max_trials"),
        ({"max_epochs_total": 20}, 6, "max_epochs_total"),  # of 3 each; two more epochs are no trial
        ({"max_trials": 50, "max_seconds": 1e-9}, 4, "max_seconds"),  # the first round is trained in any case
        # s = 1: 2 trials to epoch 1, 1 on to epoch 3; s = 0: 2 to epoch 3. 2 + 2 + 6 = 10 epochs: three whole trials.
        ({}, 3, "usual_epochs"),
    ],
)
def test_a_budget_ends_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strategy: str, limits: dict[str, Any], trials: int, ended: str
) -> None:
    search = Search(tmp_path, monkeypatch, strategy=strategy, max_epochs=3, factor=3, **limits)
    if strategy == "bayesian" and ended == "max_seconds":
        trials = 2  # its rounds are smaller
    assert (len(search.trials), search.record.ended) == (trials, ended)
    assert search.progress[-1].done == 3 * trials


def test_a_budget_ends_hyperband_in_the_middle_of_its_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # 9 trials of 1 epoch and 3 of 2 make 15; the one of 6 more has no room.
    search = Search(tmp_path, monkeypatch, max_epochs=9, factor=3, max_epochs_total=20)
    assert (len(search.trials), search.record.ended) == (12, "max_epochs_total")


def test_epochs_that_a_trial_did_not_need_are_left_for_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = Search._fit

    def early(self: Search, *args: Any, **options: Any) -> dict[str, list[float]]:
        return {name: values[:1] for name, values in fit(self, *args, **options).items()}

    monkeypatch.setattr(Search, "_fit", early)
    # 4 trials that may take 3 epochs each and take 1; then 8 epochs are left for 2 that may take 3; then 6 for 2; then
    # 4 for 1, and 3 for 1, after which 2 are left.
    search = Search(tmp_path, monkeypatch, strategy="random", max_epochs=3, max_epochs_total=12)
    assert (len(search.trials), search.record.ended) == (10, "max_epochs_total")


@pytest.mark.parametrize("strategy", FINITE)
@pytest.mark.parametrize("at_once", [1, 3])
def test_every_strategy_tries_the_same_with_the_same_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strategy: str, at_once: int
) -> None:
    def tried(folder: str, seed: int, at_once: int = 2) -> list[Any]:
        made = Search(tmp_path / folder, monkeypatch, seed, at_once=at_once, strategy=strategy, max_trials=14)
        return [configuration(trial) for trial in made.trials]

    first = tried("first", 0)
    assert tried("again", 0, at_once) == first
    assert tried("other", 1) != first
    assert len(set(first)) == 14


def test_a_grid_has_learning_rates_at_equal_distances_on_a_log_scale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = TWELVE | {"learning_rates": None, "learning_rate": [0.001, 0.1]}
    search = Search(tmp_path, monkeypatch, strategy="grid", space=space, max_trials=30)
    assert {trial.hyperparameters.values["learning_rate"] for trial in search.trials} == {0.001, 0.01, 0.1}


def test_what_may_not_be_trained_is_not_tried() -> None:
    def narrow(values: Any) -> bool:
        return values["layers"] * values["units"] <= 16

    for strategy in ("hyperband", *FINITE):
        settings = Tuner.model_validate({"strategy": strategy, "search_space": TWELVE})
        oracle, _ = strategies.make(keras_tuner.Objective("val_auc", "max"), settings, 1, narrow)
        assert oracle.configurations == 9, strategy
        drawn = [oracle._random_values() for _ in range(30)]
        assert all(narrow(values) for values in drawn), strategy


def test_epochs_that_fit_no_trial_are_refused() -> None:
    with pytest.raises(ValueError, match="max_epochs_total 8 has no room for a trial of max_epochs 9"):
        Tuner(max_epochs_total=8)


class Killed(BaseException):
    """Stands in for kill -9."""


def stopped(folder: Path, monkeypatch: pytest.MonkeyPatch, journal: Journal, after: int, **settings: Any) -> int:
    """Has a search end when so many of its trials are done; returns how many were finished."""
    fit = Search._fit
    fitted: list[str] = []

    def killed(self: Search, *args: Any, **options: Any) -> dict[str, list[float]]:
        if len(fitted) >= after:
            raise Killed
        history = fit(self, *args, **options)
        fitted.append(options["record"].step)
        return history

    with monkeypatch.context() as patched:
        patched.setattr(Search, "_fit", killed)
        with pytest.raises(Killed):
            Search(folder, monkeypatch, journal=journal, **settings)
    return len(list(Path(journal.folder).glob("trial-*")))


@pytest.mark.parametrize("strategy", ["hyperband", *FINITE])
@pytest.mark.parametrize("after", [3, 12])
def test_a_search_that_was_stopped_goes_on_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strategy: str, after: int
) -> None:
    options: dict[str, Any] = {"strategy": strategy, "max_epochs": 9, "factor": 3, "max_trials": 14}
    undisturbed = Search(tmp_path / "undisturbed", monkeypatch, **options)
    journal = Journal(str(tmp_path / "journal"), "abc")
    finished = stopped(tmp_path / "stopped", monkeypatch, journal, after, at_once=1, **options)
    assert finished == after
    resumed = Search(tmp_path / "resumed", monkeypatch, journal=journal, **options)
    for one, same in zip(undisturbed.trials, resumed.trials, strict=True):
        assert (one.trial_id, one.score) == (same.trial_id, same.score)
        assert one.hyperparameters.values == same.hyperparameters.values
    assert len(resumed.fits) == 14 - finished
    for trial_id, fit in resumed.fits.items():
        assert fit["started from"] == undisturbed.fits[trial_id]["started from"]
    assert resumed.record.from_stopped_run == finished
    assert resumed.record.ended == undisturbed.record.ended
    assert resumed.progress[0].note == f"{finished} of 14 trials from the run that was stopped"
    assert training_curves.read_trials(str(tmp_path / "resumed")) == training_curves.read_trials(
        str(tmp_path / "undisturbed")
    )
    for trial in resumed.trials:
        assert (tmp_path / "resumed" / "trials" / trial.trial_id / "train" / "events").is_file()


def test_a_search_that_was_stopped_twice_goes_on_from_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options: dict[str, Any] = {"max_epochs": 9, "factor": 3, "at_once": 1}
    journal = Journal(str(tmp_path / "journal"), "abc")
    assert stopped(tmp_path / "first", monkeypatch, journal, 4, **options) == 4
    assert stopped(tmp_path / "second", monkeypatch, journal, 6, **options) == 10
    resumed = Search(tmp_path / "resumed", monkeypatch, journal=journal, **options)
    assert (len(resumed.fits), resumed.record.from_stopped_run) == (13, 10)


def test_a_trial_whose_file_is_torn_is_trained_again_and_those_after_it_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"max_epochs": 9, "factor": 3, "at_once": 1}
    undisturbed = Search(tmp_path / "undisturbed", monkeypatch, **options)
    journal = Journal(str(tmp_path / "journal"), "abc")
    assert stopped(tmp_path / "stopped", monkeypatch, journal, 12, **options) == 12
    torn = sorted(Path(journal.folder).iterdir())[2]
    torn.write_bytes(torn.read_bytes()[:-1])
    resumed = Search(tmp_path / "resumed", monkeypatch, journal=journal, **options)
    assert torn.name.removeprefix("trial-") in resumed.fits
    assert (len(resumed.fits), resumed.record.from_stopped_run) == (12, 11)
    assert [trial.score for trial in resumed.trials] == [trial.score for trial in undisturbed.trials]


def test_the_clock_of_a_search_goes_on_where_it_was_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first round has 4 trials; those of the journal say that the time was over when they were done.
    options: dict[str, Any] = {"strategy": "random", "max_epochs": 3, "max_trials": 50, "max_seconds": 3600}
    journal = Journal(str(tmp_path / "journal"), "abc")
    add = Journal.add
    monkeypatch.setattr(Journal, "add", lambda self, task, result, elapsed: add(self, task, result, 3601.0))
    assert stopped(tmp_path / "stopped", monkeypatch, journal, 4, at_once=1, **options) == 4
    resumed = Search(tmp_path / "resumed", monkeypatch, journal=journal, **options)
    assert (len(resumed.trials), resumed.record.ended, resumed.fits) == (4, "max_seconds", {})
