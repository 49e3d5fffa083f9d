"""Hyperband over the teacher's shape and learning rate (Li et al., 2018, https://jmlr.org/papers/v18/16-558.html)."""

import concurrent.futures
import copy
import os
import threading
import time
from typing import Any

import keras_tuner
import numpy as np
import tensorflow as tf
from keras_tuner.engine.base_tuner import BaseTuner
from keras_tuner.engine.trial import Trial, TrialStatus
from keras_tuner.oracles import HyperbandOracle
from tfx.components.trainer.fn_args_utils import FnArgs
from tfx.components.tuner.component import TunerFnResult

from modules.base import progress
from modules.base.settings import SearchSpace, Tuner
from modules.contracts import training_curves
from modules.training import curves, inputs, loop, model, training_run
from modules.training.searching import student

# TFX's Tuner asks the oracle for its best `max_trials` trials. Hyperband has no such number and fails after the whole
# search; a small one would end the search early.
_NO_LIMIT = 1_000_000
# Trials that are trained at once, where there are so many cores: each holds a network and its optimizer.
_MOST_AT_ONCE = 4


class _Stopped(BaseException):
    """The search ends, and with it the trials beside the one in which it was found out."""


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

    The trials of a round do not wait for each other's results, and are trained side by side, in threads. None depends
    on what runs beside it: each has batches, a score and random numbers of its own, and the oracle is asked and
    answered in one order, however many threads there are.

    Args:
        build: Makes a compiled model from hyperparameters.
        score: What is watched on the validation rows.
        settings: The section `tuner` of the config.
        seed: Fixes the trials that the oracle draws.
        directory: Where the oracle keeps its state, and the search its record.
        at_once: How many trials are trained side by side.
    """

    def __init__(
        self,
        build: Any,
        score: loop.ValidationScore,
        settings: Tuner,
        seed: int,
        directory: str,
        at_once: int = 1,
    ) -> None:
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
        self._histories: dict[str, training_curves.LearningCurve] = {}
        self._planned = planned_epochs(oracle, settings.iterations)
        self._epochs: dict[str, int] = {}
        self._best = ""
        self._at_once = at_once
        self._lock = threading.RLock()
        self._stopped = threading.Event()

    def search(self, *fit_args: Any, **fit_kwargs: Any) -> None:
        """Runs the whole search; the arguments are those of `run_trial`, without the trial."""
        self.on_search_begin()
        with concurrent.futures.ThreadPoolExecutor(self._at_once) as pool:
            try:
                while trials := self._next_round():
                    running = [
                        pool.submit(self._try_run_and_update_trial, trial, *fit_args, **fit_kwargs) for trial in trials
                    ]
                    ended, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_EXCEPTION)
                    for future in ended:
                        future.result()
                    for trial in trials:
                        self.on_trial_end(trial)
            except BaseException:
                self._stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        self.on_search_end()

    def _next_round(self) -> list[Trial]:
        """Returns the trials of a bracket's next round, which do not wait for each other; none at the search's end."""
        trials: list[Trial] = []
        # The oracle gives a tuner one trial at a time: to it, each is asked for by a tuner of its own.
        while (trial := self.oracle.create_trial(f"{self.tuner_id}-{len(trials)}")).status == TrialStatus.RUNNING:
            self.on_trial_begin(trial)
            trials.append(copy.deepcopy(trial))  # to the oracle, its own is running until `end_trial`
            values = trial.hyperparameters.values
            if len(trials) == self.oracle._get_size(values["tuner/bracket"], values["tuner/round"]):
                break
        return trials

    def run_trial(self, trial: Trial, train: inputs.Source, validation: inputs.Source) -> dict[str, float]:
        """Trains one configuration from where its earlier round ended; returns its best score.

        Epochs trained and seconds taken are recorded beside the hyperparameters, so that TFX's table of results is the
        whole leaderboard.
        """
        started = time.monotonic()
        values = trial.hyperparameters.values
        network = self._build(values)
        if values.get("tuner/trial_id"):
            network.set_weights(self._weights[values["tuner/trial_id"]])
        batches = train()
        for _ in range(values["tuner/initial_epoch"]):
            iter(batches)  # takes the permutation of an epoch that the earlier rounds had
        history = loop.fit(
            network,
            batches,
            validation(),
            copy.copy(self._score),  # a callback of Keras knows the network that it watches
            epochs=values["tuner/epochs"],
            initial_epoch=values["tuner/initial_epoch"],
            patience=self._settings.patience,
            watch_loss=False,
            record=curves.TrainingRecord(
                trial.trial_id,
                os.path.join(training_curves.trials_folder(self._directory), trial.trial_id),
                curves_only=True,
            ),
            tell=lambda epoch, _: self._tell(trial.trial_id, epoch - values["tuner/initial_epoch"]),
        )
        scores = history[self._score.monitor]
        with self._lock:
            self._weights[trial.trial_id] = network.get_weights()
            self._keep(trial, history)
        record = {"trial/epochs": len(scores), "trial/seconds": round(time.monotonic() - started, 2)}
        trial.hyperparameters.values.update(record)
        return {self._score.monitor: max(scores) if self._score.mode == "max" else min(scores)}

    def _keep(self, trial: Trial, history: dict[str, list[float]]) -> None:
        """Adds a trial to the learning curves; the file is written anew each time, and is small."""
        mode, first_epoch = self._score.mode, trial.hyperparameters.values["tuner/initial_epoch"]
        learnt = curves.history_of(trial.trial_id, self._score.monitor, mode, history, first_epoch)
        self._histories[trial.trial_id] = learnt
        in_order = [self._histories[trial_id] for trial_id in sorted(self._histories)]
        training_curves.write_trials(self._directory, in_order)
        scores = [score for curve in in_order for score in curve.scores if score is not None]
        if scores:
            self._best = f", best {self._score.title} {max(scores) if mode == 'max' else min(scores):.4f}"
        self._tell(trial.trial_id, _epochs_of(trial))

    def _tell(self, trial_id: str, epochs: int) -> None:
        """Reports the epochs of all trials that are done; a trial that stopped early counts as a whole one."""
        if self._stopped.is_set():
            raise _Stopped
        with self._lock:
            self._epochs[trial_id] = epochs
            number = min(len(self._histories) + 1, len(self._planned))
            note = f"trial {number} of {len(self._planned)}{self._best}"
            progress.report(sum(self._epochs.values()), sum(self._planned), note, at_most=True)

    def save_model(self, trial_id: str, model: Any, step: int = 0) -> None:
        """Weights stay in memory: a trial lasts seconds, and the Trainer trains the best one anew."""

    def load_model(self, trial: Trial) -> list[np.ndarray]:
        """Returns the weights that a trial ended with."""
        return self._weights[trial.trial_id]


def _epochs_of(trial: Trial) -> int:
    """Returns the epochs that a trial is trained for at most."""
    values = trial.hyperparameters.values
    return int(values["tuner/epochs"]) - int(values["tuner/initial_epoch"])


def trials_at_once() -> int:
    """Returns how many trials this machine trains side by side: one a core, up to four; one where there is a GPU."""
    if tf.config.list_physical_devices("GPU"):
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST_AT_ONCE)


def tuner_fn(fn_args: FnArgs) -> TunerFnResult:
    """Tuner's callback: the search, and what it fits on."""
    run = training_run.start(fn_args.custom_config, fn_args.transform_graph_path)
    settings = run.section("tuner", Tuner)
    encoder = model.build_encoder(run.output, run.encoding)
    student.check_promise(run, encoder)

    train, validation = run.sources(fn_args.train_files, fn_args.eval_files, encoder, settings.batch_size)
    steps = inputs.steps(train())
    score = run.score(validation())

    def build(values: dict[str, Any]) -> Any:
        candidate = model.build_network(encoder.width, model.architecture_of(values), run.seed, run.target.outputs)
        loss = loop.hard_loss(run.label.task)
        loop.compile_model(candidate, values["learning_rate"], loss, average_steps=steps)
        return candidate

    return TunerFnResult(
        tuner=Hyperband(build, score, settings, run.seed, fn_args.working_dir, trials_at_once()),
        fit_kwargs={"train": train, "validation": validation},
    )
