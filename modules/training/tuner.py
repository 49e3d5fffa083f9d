"""Hyperband over the teacher's shape and learning rate (Li et al., 2018, https://jmlr.org/papers/v18/16-558.html)."""

import os
import time
from typing import Any

import keras_tuner
import numpy as np
import tensorflow as tf
from keras_tuner.engine.base_tuner import BaseTuner
from keras_tuner.engine.trial import Trial
from keras_tuner.oracles import HyperbandOracle
from tfx.components.trainer.fn_args_utils import FnArgs
from tfx.components.tuner.component import TunerFnResult

from modules.base import progress
from modules.base.settings import SearchSpace, Tuner
from modules.contracts import training_curves
from modules.training import curves, inputs, loop, model, run
from modules.training.trainer import architecture_of

# TFX's Tuner asks the oracle for its best `max_trials` trials. Hyperband has no such number and fails after the whole
# search; a small one would end the search early.
_NO_LIMIT = 1_000_000


def search_space(space: SearchSpace) -> keras_tuner.HyperParameters:
    """Returns the hyperparameters and the values that they may take."""
    hp = keras_tuner.HyperParameters()
    hp.Choice("layers", space.layers, ordered=True)
    hp.Choice("units", space.units, ordered=True)
    hp.Choice("dropout", space.dropout, ordered=True)
    low, high = space.learning_rate
    hp.Float("learning_rate", low, high, sampling="log")
    hp.Choice("activation", space.activation, ordered=False)
    return hp


def planned_epochs(oracle: HyperbandOracle, iterations: int) -> list[int]:
    """Returns the epochs of each trial that a whole search has, by the oracle's own (private) arithmetic."""
    last, size = oracle._get_epochs, oracle._get_size
    rounds = [(bracket, number) for bracket in range(oracle._get_num_brackets()) for number in range(bracket + 1)]
    return [
        epochs
        for bracket, number in rounds
        for epochs in [last(bracket, number) - (last(bracket, number - 1) if number else 0)] * size(bracket, number)
    ] * iterations


class Hyperband(BaseTuner):
    """Trains tf_keras models for a Hyperband oracle.

    `keras_tuner.Hyperband` refuses tf_keras models, since it imports Keras 3; its oracle does not care.

    Args:
        build: Makes a compiled model from hyperparameters.
        score: What is watched on the validation rows.
        settings: The section `tuner` of the config.
        seed: Fixes the trials that the oracle draws.
        directory: Where the oracle keeps its state, and the search its record.
    """

    def __init__(self, build: Any, score: loop.ValidationScore, settings: Tuner, seed: int, directory: str) -> None:
        oracle = HyperbandOracle(
            objective=keras_tuner.Objective(score.monitor, score.mode),
            max_epochs=settings.max_epochs,
            factor=settings.factor,
            hyperband_iterations=settings.iterations,
            hyperparameters=search_space(settings.search_space),
            allow_new_entries=False,
            tune_new_entries=False,
            seed=seed,
        )
        oracle.max_trials = _NO_LIMIT
        super().__init__(oracle, directory=directory, project_name="hyperband", overwrite=True)
        self._build, self._score, self._settings = build, score, settings
        self._weights: dict[str, list[np.ndarray]] = {}
        self._directory = directory
        self._histories: list[training_curves.LearningCurve] = []
        self._planned = planned_epochs(oracle, settings.iterations)
        self._done, self._best = 0, ""

    def run_trial(self, trial: Trial, train: tf.data.Dataset, validation: tf.data.Dataset) -> dict[str, float]:
        """Trains one configuration from where its earlier round ended; returns its best score.

        Epochs trained and seconds taken are recorded beside the hyperparameters, so that TFX's table of results is the
        whole leaderboard.
        """
        started = time.monotonic()
        values = trial.hyperparameters.values
        network = self._build(values)
        if values.get("tuner/trial_id"):
            network.set_weights(self._weights[values["tuner/trial_id"]])
        history = loop.fit(
            network,
            train,
            validation,
            self._score,
            epochs=values["tuner/epochs"],
            initial_epoch=values["tuner/initial_epoch"],
            patience=self._settings.patience,
            watch_loss=False,
            record=curves.TrainingRecord(
                trial.trial_id,
                os.path.join(training_curves.trials_folder(self._directory), trial.trial_id),
                curves_only=True,
            ),
            tell=lambda epoch, _: self._tell(epoch - values["tuner/initial_epoch"]),
        )
        self._done += values["tuner/epochs"] - values["tuner/initial_epoch"]
        self._weights[trial.trial_id] = network.get_weights()
        scores = history[self._score.monitor]
        self._keep(trial.trial_id, history, values["tuner/initial_epoch"])
        record = {"trial/epochs": len(scores), "trial/seconds": round(time.monotonic() - started, 2)}
        self.oracle.get_trial(trial.trial_id).hyperparameters.values.update(record)
        return {self._score.monitor: max(scores) if self._score.mode == "max" else min(scores)}

    def _keep(self, trial_id: str, history: dict[str, list[float]], first_epoch: int) -> None:
        """Adds a trial to the learning curves; the file is written anew each time, and is small."""
        mode = self._score.mode
        self._histories.append(curves.history_of(trial_id, self._score.monitor, mode, history, first_epoch))
        training_curves.write_trials(self._directory, self._histories)
        scores = [score for found in self._histories for score in found.scores if score is not None]
        if scores:
            self._best = f", best {self._score.title} {max(scores) if mode == 'max' else min(scores):.4f}"
        self._tell(0)

    def _tell(self, epochs: int) -> None:
        """Reports the epochs of all trials that are done; a trial that stopped early counts as a whole one."""
        number = min(len(self._histories) + 1, len(self._planned))
        note = f"trial {number} of {len(self._planned)}{self._best}"
        progress.report(self._done + epochs, sum(self._planned), note, at_most=True)

    def save_model(self, trial_id: str, model: Any, step: int = 0) -> None:
        """Weights stay in memory: a trial lasts seconds, and the Trainer trains the best one anew."""

    def load_model(self, trial: Trial) -> list[np.ndarray]:
        """Returns the weights that a trial ended with."""
        return self._weights[trial.trial_id]


def tuner_fn(fn_args: FnArgs) -> TunerFnResult:
    """Tuner's callback: the search, and what it fits on."""
    this = run.start(fn_args.custom_config, fn_args.transform_graph_path)
    settings = this.section("tuner", Tuner)
    encoder = model.build_encoder(this.output, this.encoding)

    train, validation = this.datasets(fn_args.train_files, fn_args.eval_files, encoder, settings.batch_size)
    steps = inputs.steps(train)

    def build(values: dict[str, Any]) -> Any:
        candidate = model.build_network(encoder.width, architecture_of(values), this.seed, this.target.outputs)
        loss = loop.hard_loss(this.label.task)
        loop.compile_model(candidate, values["learning_rate"], loss, average_steps=steps)
        return candidate

    return TunerFnResult(
        tuner=Hyperband(build, this.score(validation), settings, this.seed, fn_args.working_dir),
        fit_kwargs={"train": train, "validation": validation},
    )
