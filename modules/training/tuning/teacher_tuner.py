"""Training the trials that an oracle asks for."""

import concurrent.futures
import copy
import os
import threading
import time
from collections.abc import Iterable
from typing import Any

import numpy as np
from keras_tuner.engine.base_tuner import BaseTuner
from keras_tuner.engine.trial import Trial, TrialStatus

from modules.base import progress
from modules.base.settings import Tuner
from modules.contracts import teacher_search, training_curves
from modules.contracts.teacher_search import TeacherSearch, TrialRecord
from modules.training import curves, inputs, loop
from modules.training.tuning.budget import Budget
from modules.training.tuning.strategy import Strategy


class _Stopped(BaseException):
    """The search ends, and with it the trials beside the one in which it was found out."""


class TeacherTuner(BaseTuner):
    """Trains tf_keras models for an oracle.

    The tuners of KerasTuner refuse tf_keras models, since they import Keras 3; its oracles do not care.

    The trials of a round do not wait for each other's results, and are trained side by side, in threads. None depends
    on what runs beside it: each has batches, a score and random numbers of its own, and the oracle is asked and
    answered in one order, however many threads there are.

    Args:
        oracle: Says what is tried.
        build: Makes a compiled model from hyperparameters.
        score: What is watched on the validation rows.
        settings: The section `tuner` of the config.
        budget: What ends the search.
        directory: Where the oracle keeps its state, and the search its record.
        at_once: How many trials are trained side by side.
    """

    def __init__(
        self,
        oracle: Strategy,
        build: Any,
        score: loop.ValidationScore,
        settings: Tuner,
        budget: Budget,
        directory: str,
        at_once: int = 1,
    ) -> None:
        super().__init__(oracle, directory=directory, project_name=settings.strategy, overwrite=True)
        self._build, self._score, self._settings, self._budget = build, score, settings, budget
        self._weights: dict[str, list[np.ndarray]] = {}
        self._directory = directory
        self._histories: dict[str, training_curves.LearningCurve] = {}
        self._records: dict[str, TrialRecord] = {}
        self._trials, self._total = budget.plan(oracle.planned)
        self._epochs: dict[str, int] = {}
        self._best = ""
        self._ended: str | None = None
        self._began = time.monotonic()
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
        self._write_record()
        self.on_search_end()

    def _next_round(self) -> list[Trial]:
        """Returns the next round's trials, which do not wait for each other; none at the search's end."""
        trials: list[Trial] = []
        while not self._ended:
            if limit := self._limit_of_next(trials):
                self._ended = None if trials else limit  # a trial of this round that stops early may make room
                break
            # The oracle gives a tuner one trial at a time: to it, each is asked for by a tuner of its own.
            trial = self.oracle.create_trial(f"{self.tuner_id}-{len(trials)}")
            if trial.status != TrialStatus.RUNNING:
                self._ended = None if trials else self.oracle.ending
                break
            self.on_trial_begin(trial)
            trials.append(copy.deepcopy(trial))  # to the oracle, its own is running until `end_trial`
            if len(trials) == self.oracle.round_size(trial):
                break
        return trials

    def _limit_of_next(self, asked: Iterable[Trial]) -> str | None:
        """Returns the name of the limit that leaves no room for another trial beside those of its round."""
        number = len(self.oracle.trials)
        epochs = self.oracle.planned(number)
        if epochs is None:
            return None
        spent = sum(record.epochs for record in self._records.values()) + sum(self._epochs_of(trial) for trial in asked)
        seconds = time.monotonic() - self._began if self._records else 0.0  # the first round is trained in any case
        return self._budget.reached(number + 1, spent + epochs, seconds)

    def run_trial(self, trial: Trial, train: inputs.Source, validation: inputs.Source) -> dict[str, float]:
        """Trains one configuration from where its earlier round ended; returns its best score."""
        started = time.monotonic()
        values = trial.hyperparameters.values
        first, last = self._span_of(trial)
        network = self._build(values)
        if values.get("tuner/trial_id"):
            network.set_weights(self._weights[values["tuner/trial_id"]])
        batches = train()
        for _ in range(first):
            iter(batches)  # takes the permutation of an epoch that the earlier rounds had
        history = loop.fit(
            network,
            batches,
            validation(),
            copy.copy(self._score),  # a callback of Keras knows the network that it watches
            epochs=last,
            initial_epoch=first,
            patience=self._settings.patience,
            watch_loss=False,
            record=curves.TrainingRecord(
                trial.trial_id,
                os.path.join(training_curves.trials_folder(self._directory), trial.trial_id),
                curves_only=True,
            ),
            tell=lambda epoch, _: self._tell(trial.trial_id, epoch - first),
        )
        scores = history[self._score.monitor]
        with self._lock:
            self._weights[trial.trial_id] = network.get_weights()
            self._records[trial.trial_id] = TrialRecord(len(scores), round(time.monotonic() - started, 2))
            self._keep(trial, history)
        return {self._score.monitor: max(scores) if self._score.mode == "max" else min(scores)}

    def _keep(self, trial: Trial, history: dict[str, list[float]]) -> None:
        """Adds a trial to the search's record; its files are written anew each time, and are small.

        The record lies beside the oracle's: in a trial's hyperparameters, the oracle would no longer see that a
        configuration is one that it had.
        """
        mode = self._score.mode
        learnt = curves.history_of(trial.trial_id, self._score.monitor, mode, history, self._span_of(trial)[0])
        self._histories[trial.trial_id] = learnt
        in_order = [self._histories[trial_id] for trial_id in sorted(self._histories)]
        self._write_record()
        training_curves.write_trials(self._directory, in_order)
        scores = [score for curve in in_order for score in curve.scores if score is not None]
        if scores:
            self._best = f", best {self._score.title} {max(scores) if mode == 'max' else min(scores):.4f}"
        whole = self._trials is not None  # a trial that stopped early counts as a whole one
        self._tell(trial.trial_id, self._epochs_of(trial) if whole else self._records[trial.trial_id].epochs)

    def _write_record(self) -> None:
        in_order = {trial_id: self._records[trial_id] for trial_id in sorted(self._records)}
        made = TeacherSearch(self._settings.strategy, self._ended, self.oracle.configurations, in_order)
        teacher_search.write(self._directory, made)

    def _tell(self, trial_id: str, epochs: int) -> None:
        """Reports the epochs of all trials that are done."""
        if self._stopped.is_set():
            raise _Stopped
        with self._lock:
            self._epochs[trial_id] = epochs
            number = len(self._histories) + 1
            of_all = "" if self._trials is None else f" of {self._trials}"
            number = number if self._trials is None else min(number, self._trials)
            progress.report(
                sum(self._epochs.values()), self._total, f"trial {number}{of_all}{self._best}", at_most=True
            )

    def _span_of(self, trial: Trial) -> tuple[int, int]:
        """Returns the epoch that a trial starts from and the one that it is trained to at most."""
        values = trial.hyperparameters.values
        return values.get("tuner/initial_epoch", 0), values.get("tuner/epochs", self._settings.max_epochs)

    def _epochs_of(self, trial: Trial) -> int:
        """Returns the epochs that a trial is trained for at most."""
        first, last = self._span_of(trial)
        return last - first

    def save_model(self, trial_id: str, model: Any, step: int = 0) -> None:
        """Weights stay in memory: a trial lasts seconds, and the Trainer trains the best one anew."""

    def load_model(self, trial: Trial) -> list[np.ndarray]:
        """Returns the weights that a trial ended with."""
        return self._weights[trial.trial_id]
