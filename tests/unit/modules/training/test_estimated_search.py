"""Searches whose trials are estimated for less, or judged by more than their score; nothing is trained."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np
import pytest
import tensorflow as tf

from modules import tasks
from modules.base.settings import Tuner
from modules.contracts import teacher_search, training_curves
from modules.training import loop
from modules.training.estimating import stopping
from modules.training.tuning import costs, heritage, strategies
from modules.training.tuning.journal import Journal
from modules.training.tuning.teacher_tuner import TeacherTuner
from modules.training.tuning.trial import Threads, TrialResult, TrialTask
from modules.training.tuning.trial_training import TrialTraining

pytestmark = pytest.mark.unit

WIDTH = 10
COSTS = costs.of_networks(WIDTH, 1)
Scores = Callable[[TrialTask], list[float]]


def near_its_best(task: TrialTask) -> list[float]:
    """A curve that rises to 0.9, less what the learning rate is from 0.002, and more for many units."""
    values = task.values
    top = 0.9 - abs(np.log10(values["learning_rate"] / 0.002)) / 20 + values["units"] / 10_000
    return [top - 0.05 * 0.5**epoch for epoch in range(task.first, task.last)]


def turned_for_less(task: TrialTask) -> list[float]:
    """The same, but on few rows the worst comes first."""
    scores = near_its_best(task)
    return scores if task.rows == 1 else [1.5 - score for score in scores]


class Killed(BaseException):
    """Stands in for kill -9."""


class Search:
    """A whole search with stand-ins for training; settings are those of `tuner`."""

    def __init__(
        self,
        folder: Path,
        scores: Scores = near_its_best,
        seed: int = 1,
        at_once: int = 2,
        journal: Journal | None = None,
        killed_after: int | None = None,
        metric: tuple[str, str] = ("val_auc", "max"),
        **settings: Any,
    ) -> None:
        self.settings = Tuner.model_validate({"max_epochs": 9, **settings})
        self.tasks: dict[str, TrialTask] = {}
        self._scores, self._killed_after, self._metric = scores, killed_after, metric
        several = COSTS if len(self.settings.objectives) > 1 else None
        objective = keras_tuner.Objective(*metric)
        oracle, budget = strategies.make(objective, self.settings, seed, costs=several)
        trainers = Threads(self._train, at_once)
        self.tuner = TeacherTuner(oracle, self.settings, budget, str(folder), trainers, "AUC", journal, COSTS)
        self.tuner.search()
        self.trials = [*oracle.trials.values()]
        self.record = teacher_search.read(str(folder))
        self.curves = training_curves.read_trials(str(folder))

    def _train(self, task: TrialTask, tell: Callable[[int], None]) -> TrialResult:
        if self._killed_after is not None and len(self.tasks) >= self._killed_after:
            raise Killed
        assert task.trial_id not in self.tasks
        self.tasks[task.trial_id] = task
        scores: list[float] = []
        for score in self._scores(task):
            scores.append(score)
            tell(len(scores))
            if task.best is not None and stopping.stopped(
                scores, task.last, task.best, self._metric[1], self.settings.curve_extrapolation
            ):
                break
        weights = copy.copy(task.parent) or drawn(task)
        best = (max if self._metric[1] == "max" else min)(scores)
        return TrialResult(best, {self._metric[0]: scores}, 1.0, weights if task.keeps_weights else None)


def drawn(task: TrialTask) -> list[np.ndarray]:
    """Draws weights of a trial's network."""
    units = [WIDTH, *[task.values["units"]] * task.values["layers"], 1]
    random = np.random.default_rng(int(task.trial_id.partition("-")[0]))
    shapes = [shape for before, after in zip(units[:-1], units[1:], strict=True) for shape in ((before, after), after)]
    return [random.normal(size=shape).astype(np.float32) for shape in shapes]


LESS: dict[str, Any] = {"strategy": "random", "estimation": "lower_fidelity", "max_epochs_total": 60}
FORECAST: dict[str, Any] = {
    "strategy": "random",
    "estimation": "curve_extrapolation",
    "max_epochs": 12,
    "max_epochs_total": 120,
}
HEIRS: dict[str, Any] = {
    "strategy": "evolution",
    "estimation": "weight_inheritance",
    "max_trials": 20,
    "search_space": {"activation": ["relu"]},
}


def test_a_search_in_full_is_as_ever_and_knows_its_front(tmp_path: Path) -> None:
    search = Search(tmp_path, strategy="random", max_trials=10)
    assert {(task.rows, task.best, task.parent) for task in search.tasks.values()} == {(1.0, None, None)}
    best = search.tuner.oracle.get_best_trials(1)[0]
    assert search.record.chosen == best.trial_id
    assert search.tuner.get_best_hyperparameters()[0].values == best.hyperparameters.values
    assert (search.record.estimation, search.record.objectives, search.record.agreement) == ("full", ("metric",), None)
    assert search.record.front is not None
    assert best.trial_id in search.record.front.trials
    assert [*search.record.front.hypervolume] == [trial.trial_id for trial in search.trials]
    for trial in search.trials:
        assert search.record.trials[trial.trial_id].costs == COSTS(trial.hyperparameters.values)


def test_the_costs_of_a_network_are_those_of_its_shape() -> None:
    # 10 · 8 + 8 · 8 + 8 · 1 weights, each read once for a row; 8 + 8 + 1 biases of four bytes, 350 bytes for the form,
    # and the weights of so small kernels in float32, or one byte each with the last kernel in float32.
    shape = {"layers": 2, "units": 8, "activation": "relu", "dropout": 0.0}
    assert COSTS(shape) == {"operations": 152, "bytes": 350 + 68 + 80 + 64 + 4 * 8}


def test_cheaper_trials_leave_room_for_the_trainings_in_full(tmp_path: Path) -> None:
    # Of 60 epochs 5 · 9 are for the finalists; in 15 there is room for 6 trials of 9 epochs over a quarter of the rows.
    search = Search(tmp_path, **LESS)
    cheap = [task for task in search.tasks.values() if task.rows == 0.25]
    full = [task for task in search.tasks.values() if task.rows == 1]
    assert (len(cheap), len(full), len(search.tasks)) == (6, 5, 11)
    assert {(task.first, task.last) for task in search.tasks.values()} == {(0, 9)}
    assert all(task.trial_id.endswith("-full") for task in full)
    assert search.record.whole_epochs == 6 * 9 / 4 + 5 * 9
    assert search.record.ended == "max_epochs_total"


def test_the_best_in_full_is_chosen_whatever_the_cheaper_ranking_said(tmp_path: Path) -> None:
    search = Search(tmp_path, turned_for_less, **LESS)
    agreement = search.record.agreement
    assert agreement is not None
    assert agreement.spearman is not None
    assert agreement.kendall is not None
    assert (agreement.trials, agreement.spearman["value"], agreement.kendall["value"]) == (5, -1.0, -1.0)
    in_full = {number: record for number, record in search.record.trials.items() if record.cheaper}
    assert len(in_full) == 5
    scores = {trial.trial_id: trial.score for trial in search.trials}
    assert search.record.chosen == max(in_full, key=lambda number: scores[number])
    for number, record in in_full.items():
        full = search.tasks[f"{number}-full"]
        assert "tuner/epochs" not in full.values
        assert scores[number] == max(turned_for_less(full))
        assert record.cheaper is not None
        assert record.cheaper.score == max(turned_for_less(search.tasks[number]))
        assert (record.cheaper.rows, record.rows, record.epochs) == (0.25, 1.0, 9)
        (curve,) = [curve for curve in search.curves if curve.step == number]
        assert max(score for score in curve.scores if score is not None) == scores[number]


def test_the_best_three_and_two_of_the_others_are_trained_in_full(tmp_path: Path) -> None:
    search = Search(tmp_path, max_trials=12, **{**LESS, "max_epochs_total": None})
    cheap = [task for task in search.tasks.values() if task.rows < 1]
    ranked = sorted(cheap, key=lambda task: -max(near_its_best(task)))
    # Behind the best three are nine, 0 to 8: halves of the way are the fourth and the eighth.
    expected = {f"{ranked[place].trial_id}-full" for place in (0, 1, 2, 7, 11)}
    assert {name for name in search.tasks if name.endswith("-full")} == expected
    assert search.record.agreement is not None
    assert search.record.agreement.spearman is not None
    assert search.record.agreement.spearman["value"] == 1.0
    assert search.record.front is not None
    assert {*search.record.front.hypervolume} == {name.removesuffix("-full") for name in expected}


def test_hyperband_on_fewer_rows_trains_no_configuration_in_full_twice(tmp_path: Path) -> None:
    search = Search(tmp_path, estimation="lower_fidelity")
    full = [task for task in search.tasks.values() if task.rows == 1]
    assert len(search.tasks) == 23 + 5
    assert len({str(task.values) for task in full}) == 5
    assert all((task.first, task.last, task.parent) == (0, 9, None) for task in full)


def test_a_trial_whose_forecast_is_below_the_best_is_stopped_and_its_epochs_go_to_others(tmp_path: Path) -> None:
    search = Search(tmp_path, **FORECAST)
    stopped = {number: record for number, record in search.record.trials.items() if record.stopped}
    assert stopped
    assert len(search.trials) > 10  # which 120 epochs would be in full
    for number, record in stopped.items():
        reason = record.stopped
        assert reason is not None
        assert 4 <= record.epochs < reason.limit == 12
        assert reason.high < reason.best
        # It was right to: the curve has no noise, and would have ended below.
        assert max(near_its_best(search.tasks[number])) < reason.best
    assert search.record.saved_epochs == sum(12 - record.epochs for record in stopped.values())
    best = max(max(near_its_best(task)) for task in search.tasks.values())
    chosen = search.record.chosen
    assert chosen is not None
    assert search.tuner.oracle.trials[chosen].score == best


def test_a_trial_is_held_against_what_had_ended_before_its_round(tmp_path: Path) -> None:
    search = Search(tmp_path, **FORECAST)
    numbers = [trial.trial_id for trial in search.trials]
    scores = [trial.score for trial in search.trials]
    for place, number in enumerate(numbers):
        before = scores[: place // 4 * 4]  # rounds of four
        assert search.tasks[number].best == max(before, default=None)


def test_of_a_loss_the_trials_that_stay_above_the_best_are_stopped(tmp_path: Path) -> None:
    search = Search(
        tmp_path, lambda task: [1 - score for score in near_its_best(task)], metric=("val_log_loss", "min"), **FORECAST
    )
    reasons = [record.stopped for record in search.record.trials.values() if record.stopped]
    assert reasons
    assert all(reason.low > reason.best for reason in reasons)


class Stoppable:
    """Stands in for a network."""

    stop_training = False

    def get_weights(self) -> list[np.ndarray]:
        return []


@pytest.mark.parametrize(("best", "epochs"), [(None, 20), (0.93, 9), (0.9001, 20)])
def test_training_ends_where_the_forecast_says_so(
    monkeypatch: pytest.MonkeyPatch, best: float | None, epochs: int
) -> None:
    curve = [0.90 - 0.05 * 0.5**epoch for epoch in range(20)]
    settings = Tuner.model_validate(FORECAST).curve_extrapolation
    if best == 0.93:
        epochs = next(known for known in range(4, 20) if stopping.stopped(curve[:known], 20, best, "max", settings))

    def fit(network: Any, *_: Any, **options: Any) -> dict[str, list[float]]:
        for epoch in range(20):
            options["tell"](epoch + 1, curve[epoch])
            if network.stop_training:
                return {"val_auc": curve[: epoch + 1]}
        return {"val_auc": curve}

    monkeypatch.setattr(loop, "fit", fit)
    rows = tf.data.Dataset.from_tensors((tf.zeros([1, 1]), tf.zeros([1, 1])))
    watched = loop.ValidationScore(rows, tasks.Target("binary", ("no", "yes")), "auc")
    training = TrialTraining(lambda _: Stoppable(), watched, 2, lambda: rows, lambda: rows, extrapolation=settings)
    told: list[int] = []
    result = training(TrialTask("0000", {}, 0, 20, best=best), told.append)
    assert len(result.history["val_auc"]) == epochs
    assert told == [*range(1, epochs + 1)]


def answers(weights: Any, rows: np.ndarray) -> np.ndarray:
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        rows = np.maximum(rows @ kernel + bias, 0)
    return rows @ weights[-2] + weights[-1]


def test_a_child_of_evolution_starts_from_its_parents_weights_where_its_network_grew_out_of_it(tmp_path: Path) -> None:
    search = Search(tmp_path, **HEIRS)
    rows = np.random.default_rng(1).normal(size=(50, WIDTH)).astype(np.float32)
    ended: dict[str, Any] = {number: task.parent or drawn(task) for number, task in search.tasks.items()}
    ways = set()
    for number, task in search.tasks.items():
        record = search.record.trials[number]
        ways.add(record.inherited)
        if record.inherited is None:
            assert (task.parent, record.parent) == (None, None)
            continue
        assert record.parent is not None
        parent = search.tasks[record.parent]
        changed = [name for name in task.values if task.values[name] != parent.values[name]]
        assert len(changed) == 1
        units = [len(bias) for bias in task.parent[1::2]] if task.parent else []
        assert units == [task.values["units"]] * task.values["layers"] + [1]
        way = {"layers": "deepened", "units": "widened"}.get(changed[0], "copied")
        assert record.inherited == way
        one, other = answers(ended[record.parent], rows), answers(task.parent, rows)
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-4 * np.abs(one).max())
        assert way == "widened" or (one == other).all()
    assert ways == {None, "copied", "widened", "deepened"}


MACRO: dict[str, Any] = {
    "kind": "macro",
    "layers": 2,
    "units_1": 8,
    "units_2": 8,
    "activation_1": "relu",
    "activation_2": "relu",
    "skip_2": "none",
    "dropout": 0.0,
    "normalization": "none",
}


@pytest.mark.parametrize(
    ("changed", "way"),
    [
        ({"dropout": 0.2}, "copied"),
        ({"units_1": 16}, "widened"),
        ({"units_2": 16}, "widened"),
        ({"activation_2": "swish"}, None),
        ({"skip_2": "add"}, None),
        ({"normalization": "batch"}, None),
        ({"layers": 1}, None),
    ],
)
def test_a_network_of_a_larger_space_inherits_where_it_is_a_stack(changed: dict[str, Any], way: str | None) -> None:
    weights = [np.ones(shape, np.float32) for shape in ((10, 8), 8, (8, 8), 8, (8, 1), 1)]
    grown, found = heritage.inherited(MACRO, MACRO | changed, weights, 1)
    assert found == way
    rows = np.ones((1, 10), np.float32)
    assert (grown is None) == (way is None)
    assert grown is None or answers(grown, rows) == pytest.approx(answers(weights, rows), rel=1e-6)


def test_any_network_inherits_where_only_its_dropout_changed() -> None:
    skipping = MACRO | {"skip_2": "add", "normalization": "batch"}
    weights = [np.ones(3, np.float32)]
    assert heritage.inherited(skipping, skipping | {"dropout": 0.2}, weights, 1) == (weights, "copied")
    assert heritage.inherited(skipping, skipping | {"units_1": 16}, weights, 1) == (None, None)


def test_sums_of_layers_are_operations_too() -> None:
    # 10 · 8 + 8 · 8 + 8 weights, and the sum of two times 8 numbers.
    assert COSTS(MACRO)["operations"] == 152
    assert COSTS(MACRO | {"skip_2": "add"})["operations"] == 160


def test_nobody_inherits_where_the_config_does_not_say_so(tmp_path: Path) -> None:
    search = Search(tmp_path, **{**HEIRS, "estimation": "full"})
    assert {(task.parent, task.keeps_weights) for task in search.tasks.values()} == {(None, False)}
    assert {record.inherited for record in search.record.trials.values()} == {None}


@pytest.mark.parametrize("strategy", ["random", "grid", "bayesian", "evolution"])
def test_with_several_objectives_the_smallest_network_that_is_nearly_the_best_is_chosen(
    tmp_path: Path, strategy: str
) -> None:
    objectives = ["metric", "bytes", "operations"]
    search = Search(tmp_path, strategy=strategy, max_trials=20, objectives=objectives, within=0.01)
    best = max(trial.score for trial in search.trials)
    near = [trial for trial in search.trials if trial.score >= best - 0.01]
    sizes = {trial.trial_id: COSTS(trial.hyperparameters.values)["bytes"] for trial in near}
    chosen = search.record.chosen
    assert chosen is not None
    assert sizes[chosen] == min(sizes.values())
    assert search.record.front is not None
    assert chosen in search.record.front.trials
    assert {*search.record.front.reference} == {"metric", "bytes", "operations"}
    (values,) = [one.values for one in search.tuner.get_best_hyperparameters()]
    assert values == search.tuner.oracle.trials[chosen].hyperparameters.values


def test_evolution_with_bytes_in_view_tries_smaller_networks(tmp_path: Path) -> None:
    def mean_bytes(seed: int, **settings: Any) -> float:
        folder = tmp_path / f"{seed}-{len(settings)}"
        search = Search(folder, seed=seed, strategy="evolution", max_trials=40, **settings)
        return float(np.mean([record.costs["bytes"] for record in search.record.trials.values()][20:]))

    ratios = [mean_bytes(seed, objectives=["metric", "bytes"]) / mean_bytes(seed) for seed in range(3)]
    assert np.mean(ratios) < 0.9


SEARCHES: dict[str, dict[str, Any]] = {
    "lower_fidelity": LESS,
    "curve_extrapolation": FORECAST,
    "weight_inheritance": HEIRS,
    "evolution of two objectives": {"strategy": "evolution", "objectives": ["metric", "bytes"], "max_trials": 16},
    "bayesian of two objectives": {"strategy": "bayesian", "objectives": ["metric", "bytes"], "max_trials": 10},
}


def same(one: Search, other: Search) -> None:
    assert [trial.hyperparameters.values for trial in one.trials] == [t.hyperparameters.values for t in other.trials]
    assert [trial.score for trial in one.trials] == [trial.score for trial in other.trials]
    assert one.record.trials == other.record.trials
    for name in ("chosen", "front", "agreement", "ended"):
        assert getattr(one.record, name) == getattr(other.record, name)


@pytest.mark.parametrize("name", SEARCHES)
def test_the_same_seed_tries_the_same_however_many_are_trained_at_once(tmp_path: Path, name: str) -> None:
    first = Search(tmp_path / "1", seed=3, at_once=1, **SEARCHES[name])
    same(first, Search(tmp_path / "3", seed=3, at_once=3, **SEARCHES[name]))


@pytest.mark.parametrize("after", [2, 8])
@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_that_was_killed_goes_on_as_if_it_had_not_been(tmp_path: Path, name: str, after: int) -> None:
    undisturbed = Search(tmp_path / "undisturbed", at_once=1, **SEARCHES[name])
    journal = Journal(str(tmp_path / "journal"), "abc")
    with pytest.raises(Killed):
        Search(tmp_path / "killed", at_once=1, journal=journal, killed_after=after, **SEARCHES[name])
    resumed = Search(tmp_path / "resumed", at_once=1, journal=journal, **SEARCHES[name])
    assert len(resumed.tasks) == len(undisturbed.tasks) - after
    same(undisturbed, resumed)
