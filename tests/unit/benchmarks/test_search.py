import types
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from benchmarks.search import __main__ as command
from benchmarks.search import figure, page, regret, replay, table, training
from benchmarks.search.replay import ReplayedTrial
from benchmarks.search.table import SearchTable, Training
from modules import tasks
from modules.base.settings import SearchSpace, Tuner
from modules.training.convergence import Convergence, Patience
from modules.training.tuning import spaces, strategies
from modules.training.tuning.hyperband import Hyperband
from modules.training.tuning.trial import TrialTask

pytestmark = pytest.mark.unit

# With a patience of 2, the configurations stop after 4, 3, 4 and 3 epochs: an equal score is no better one.
CURVES = [[0.1, 0.2, 0.3, 0.4], [0.5, 0.4, 0.3, 0.9], [0.2, 0.6, 0.5, 0.55], [0.3, 0.3, 0.3, 0.3]]


def made_up(curves: Any, metric: str = "auc", **space: Any) -> SearchTable:
    chosen = SearchSpace.model_validate({"activation": ["relu"], "dropout": [0.1], "learning_rates": 1} | space)
    points = [*spaces.points(spaces.search_space(chosen), 0)]
    validation = np.array(curves, np.float64)
    trainings = [Training(1, validation, validation - 0.1), Training(2, validation[::-1], validation)]
    return SearchTable("made_up", "none.yaml", metric, "by hand", chosen, points, trainings)


def four(metric: str = "auc") -> SearchTable:
    return made_up(CURVES, metric, layers=[1, 2], units=[8, 16])


def eighteen() -> SearchTable:
    random = np.random.default_rng(1)
    curves = random.normal(size=(18, 1)) - np.exp(-np.arange(9)) + random.normal(scale=0.1, size=(18, 9))
    return made_up(curves, layers=[1, 2, 3], units=[8, 16, 32], dropout=[0.1, 0.2])


def test_a_trial_has_the_scores_of_its_configuration_until_its_patience_ends() -> None:
    trainers = replay.TableTrainers(four(), patience=2)
    for place, point in enumerate(four().points):
        trainers.train(TrialTask(str(place), point, 0, 4), lambda _: None)
    assert [*trainers.trials.values()] == [
        ReplayedTrial(0, 4, 0.4),
        ReplayedTrial(1, 3, 0.5),
        ReplayedTrial(2, 4, 0.6),
        ReplayedTrial(3, 3, 0.3),
    ]


def test_a_trial_that_goes_on_is_charged_and_scored_by_the_epochs_after_the_earlier_one() -> None:
    trainers = replay.TableTrainers(four(), patience=2)
    values = {**four().points[1], "tuner/trial_id": "0", "tuner/bracket": 1}
    result = trainers.train(TrialTask("7", values, 1, 4, [], True), lambda _: None)
    # Of 0.5, 0.4, 0.3, 0.9 the first belongs to the earlier trial; 0.4 is the best so far of the one that goes on.
    assert trainers.trials["7"] == ReplayedTrial(1, 3, 0.9)
    assert result.score == 0.9
    assert result.history == {"val_auc": [0.4, 0.3, 0.9]}


def test_a_replay_asks_for_no_trial_that_might_exceed_the_budget() -> None:
    searched = four()
    epochs = {0: 4, 1: 3, 2: 4, 3: 3}
    for seed in range(1, 9):
        whole = replay.search(searched, "grid", seed, 16)
        assert {trial.place: trial.epochs for trial in whole} == epochs
        order = [trial.place for trial in whole]
        # Of 12 epochs, three trials may take all; the fourth is asked for once they have left four.
        spent = sum(epochs[place] for place in order[:3])
        assert [trial.place for trial in replay.search(searched, "grid", seed, 12)] == order[:3]
        assert len(replay.search(searched, "grid", seed, 14)) == (4 if spent + 4 <= 14 else 3)


@pytest.mark.parametrize("strategy", command.STRATEGIES)
def test_a_replay_is_determined_by_its_seed_and_keeps_the_budget(strategy: str) -> None:
    searched = eighteen()
    replays = [replay.search(searched, strategy, seed, 60) for seed in (100, 100, 20_000)]
    assert replays[0] == replays[1]
    assert [trial.place for trial in replays[0]] != [trial.place for trial in replays[2]]
    assert all(52 <= sum(trial.epochs for trial in trials) <= 60 for trials in replays)


def test_hyperband_begins_with_short_trials_and_goes_on_with_the_best() -> None:
    trials = replay.search(eighteen(), "hyperband", 100, 60)
    assert [trial.epochs for trial in trials[:9]] == [1] * 9
    best = sorted(trials[:9], key=lambda trial: -trial.score)[:3]
    assert [trial.place for trial in trials[9:12]] == [trial.place for trial in best]
    assert [trial.epochs for trial in trials[9:12]] == [2, 2, 2]


def test_a_training_stops_as_the_products_does() -> None:
    random = np.random.default_rng(2)
    for scores in random.integers(0, 5, (50, 9)).astype(float):
        watched = Convergence("val_auc", "max", Patience(2))
        network = types.SimpleNamespace(stop_training=False, get_weights=list)
        watched.set_model(network)
        watched.on_train_begin()
        epochs = 0
        while epochs < 9 and not network.stop_training:
            watched.on_epoch_end(epochs, {"val_auc": scores[epochs]})
            epochs += 1
        assert replay.trained_epochs(scores, 2) == epochs


def test_the_seeds_of_replays_are_no_neighbours() -> None:
    # KerasTuner goes through whole numbers from the seed on: a search of 300 epochs uses some hundred of them.
    seeds = replay.seeds(100)
    assert np.diff(np.sort(seeds)).min() > 5_000
    assert replay.seeds(10) == seeds[:10]


def test_a_search_would_choose_the_first_of_the_best_scores_that_it_has_seen() -> None:
    trials = [ReplayedTrial(2, 3, 0.5), ReplayedTrial(0, 4, 0.4), ReplayedTrial(1, 2, 0.7), ReplayedTrial(3, 1, 0.7)]
    assert regret.chosen(trials, 1.0, 11).tolist() == [-1, -1, -1, 2, 2, 2, 2, 2, 2, 1, 1, 1]
    assert regret.chosen(trials, -1.0, 11).tolist() == [-1, -1, -1, 2, 2, 2, 2, 0, 0, 0, 0, 0]


def test_the_regret_is_what_the_choice_lacks_of_the_best_when_both_are_trained_to_the_end() -> None:
    choices = np.array([regret.NONE, 0, 1, 2, 3])
    # The best epochs have 0.4, 0.9, 0.6 and 0.3, whatever a search saw of them.
    np.testing.assert_allclose(regret.of_choices(four(), choices), [np.nan, 0.5, 0.0, 0.3, 0.6])
    # Of an error the lowest is the best: 0.1, 0.3, 0.2, 0.3.
    np.testing.assert_allclose(regret.of_choices(four("rmse"), choices), [np.nan, 0.0, 0.2, 0.1, 0.2])


def test_the_test_score_is_that_of_the_best_validation_epoch() -> None:
    np.testing.assert_allclose(four().test_scores, [0.3, 0.8, 0.5, 0.2])


def test_comparisons_are_tested_by_ranks_and_corrected_by_holm() -> None:
    base = np.zeros(6)
    lower, mixed = -np.arange(1.0, 7), np.array([-1.0, 2, -3, 4, -5, 6])
    made = regret.compared([(mixed, base), (lower, base), (base, base)])
    # Six differences of one sign: 2 of 2⁶ = 64 ways. Negative ranks 1 + 3 + 5 = 9 against 12: nearly the middle, and
    # 54 of 64 ways are as far from it. Holm: 3 · 0.03125, then 2 · 0.84375 and 1, at most 1.
    assert [one.p_value for one in made] == [0.84375, 0.03125, 1.0]
    assert [one.adjusted for one in made] == [1.0, 0.09375, 1.0]
    assert [(one.wins, one.ties, one.losses) for one in made] == [(3, 0, 3), (6, 0, 0), (0, 6, 0)]
    assert [one.verdict for one in made] == ["even", "even", "even"]
    assert [one.verdict for one in regret.compared([(lower, base)])] == ["better"]
    assert [one.verdict for one in regret.compared([(-lower, base)])] == ["worse"]


def test_the_interval_of_a_mean_is_that_of_the_normal_distribution_where_replays_are_many() -> None:
    values = np.tile([0.0, 1.0], 200)
    assert regret.mean_interval(values) == pytest.approx((0.5 - 1.96 * 0.025, 0.5 + 1.96 * 0.025), abs=0.006)
    assert regret.mean_interval(np.full(10, 0.25)) == (0.25, 0.25)


def test_a_table_is_written_and_read_and_the_bytes_are_the_same(tmp_path: Path) -> None:
    made = four()
    for name in ("a", "b"):
        table.write(str(tmp_path / name), made)
    read = table.read(str(tmp_path / "a"))
    assert (tmp_path / "a").read_bytes()[4:8] == bytes(4)  # gzip's time
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (read.points, read.space, read.metric) == (made.points, made.space, made.metric)
    for one, other in zip(read.trainings, made.trainings, strict=True):
        assert one.seed == other.seed
        np.testing.assert_allclose(one.validation, other.validation)
        np.testing.assert_allclose(one.test, other.test)


def replays(table_of: SearchTable, **choices: int) -> dict[str, np.ndarray]:
    """Returns 20 replays of each strategy that all choose one configuration, once they have a first trial."""
    made = {}
    for name, place in choices.items():
        made[name] = np.full((20, 13), place)
        made[name][:, :4] = regret.NONE
    return made


def test_a_strategy_that_does_not_beat_random_search_is_told_so() -> None:
    of_table = replays(four(), random=2, hyperband=1, grid=2, evolution=0)
    text = page.page({"made_up": (four(), of_table)}, (8, 12), "run it", "2 cores")
    assert "`run it`, 20 replays of each strategy, 2 cores." in text
    assert "- **hyperband** beats random search after 8 and 12 epochs." in text
    assert "- **grid** does not beat random search after 8 and 12 epochs (the two are not told apart)." in text
    assert "- **evolution** does not beat random search after 8 and 12 epochs (it is worse)." in text
    # The second training has the rows of the first from the end: 0.3, 0.6, 0.9, 0.4 after 0.4, 0.9, 0.6, 0.3, which are
    # 0.1 and 0.3 apart; the ranks 1, 3, 4, 2 and 2, 4, 3, 1 differ by 1 each.
    assert "AUC on the validation rows: best 0.90000, median 0.50000, worst 0.30000." in text
    assert "Trained again with seed 2, a configuration's score is another by 0.20000 (median)" in text
    assert "the ranks agree by ρ = 0.60; within that of the best lie 1." in text
    (random,) = [line for line in text.splitlines() if line.startswith("| random |")]
    assert "| 0.30000 (0.30000 to 0.30000) | 0.30000 (0.30000 to 0.30000) | – | – | 0% | 0.50000" in random
    (better,) = [line for line in text.splitlines() if line.startswith("| hyperband |")]
    assert "| **better**: 20 / 0 / 0, p < 0.001 | **better**: 20 / 0 / 0, p < 0.001 | 100% | 0.80000" in better


def test_curves_begin_where_every_replay_has_a_choice_and_are_drawn() -> None:
    of_table = replays(four(), random=2, hyperband=1)
    curves = figure.curves(four(), of_table)
    assert [*curves["random"].epochs] == [*range(4, 13)]
    assert curves["random"].means == pytest.approx(np.full(9, 0.3))
    drawn = figure.svg({"made_up": curves}, {"made_up": "auc"})
    assert drawn.startswith("<svg") and "mean regret, AUC" in drawn and "hyperband" in drawn


def test_the_test_rows_are_scored_beside_the_validation_rows() -> None:
    rows = np.array([[-1.0], [1.0], [2.0], [-2.0]], np.float32)
    labels = [[0.0], [1.0], [1.0], [0.0]], [[1.0], [0.0], [0.0], [1.0]]
    validation, test = (tf.data.Dataset.from_tensors((rows, np.array(label, np.float32))) for label in labels)
    score = training.ScoreWithTest(validation, test, tasks.Target("binary", ("no", "yes")), "auc")
    score.set_model(tf_keras.Sequential([tf_keras.layers.Dense(1, kernel_initializer="ones", input_shape=(1,))]))
    logs: dict[str, float] = {}
    score.on_epoch_end(0, logs)
    assert logs == {"val_auc": 1.0, "test": 0.0}


def test_the_first_budget_is_that_of_the_product_where_the_config_has_none() -> None:
    made, budget = strategies.make(keras_tuner.Objective("val_auc", "max"), Tuner(), 1)
    assert isinstance(made, Hyperband) and budget.epochs is None
    assert command.BUDGETS[0] == sum(made.table())


@pytest.mark.parametrize("name", command.CONFIGS)
def test_a_stored_table_has_every_point_of_the_products_space_once(name: str) -> None:
    stored = table.read(table.path(name))
    assert stored.space == SearchSpace(learning_rates=3) == training.SPACE
    assert stored.points == [*spaces.points(spaces.search_space(stored.space), 0)]
    assert len({tuple(point.values()) for point in stored.points}) == len(stored.points) == 162
    assert stored.config == command.CONFIGS[name]
    assert stored.epochs == Tuner().max_epochs
    for one in stored.trainings:
        for values in (one.validation, one.test):
            assert values.shape == (162, 9)
            assert np.isfinite(values).all()
    assert stored.trainings[0].seed == training.SEEDS[0]
    assert Path(table.path(name)).stat().st_size < 200_000
