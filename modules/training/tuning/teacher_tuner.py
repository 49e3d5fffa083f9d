"""The search: asks an oracle for trials, has them trained, and keeps the record."""

import concurrent.futures
import copy
import dataclasses
import os
import threading
import time
import traceback
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from keras_tuner.engine.base_tuner import BaseTuner
from keras_tuner.engine.trial import Trial, TrialStatus
from keras_tuner.errors import FatalError

from modules.base import numerals, progress
from modules.base.errors import UserError
from modules.base.settings import Tuner
from modules.contracts import files, teacher_search, training_curves
from modules.contracts.teacher_search import CheaperTraining, TeacherSearch, TrialRecord
from modules.training import curves
from modules.training.estimating import stopping
from modules.training.tuning import heritage
from modules.training.tuning.budget import Budget
from modules.training.tuning.journal import Journal
from modules.training.tuning.outcome import Outcome
from modules.training.tuning.strategy import Costs, Strategy
from modules.training.tuning.trial import CannotTrain, SearchEnded, Trainers, TrialResult, TrialTask

# Behind the number of a trial: its training in full, after a cheaper one.
IN_FULL = "-full"


class TeacherTuner(BaseTuner):
    """Has trials trained for an oracle.

    The tuners of KerasTuner refuse tf_keras models, since they import Keras 3; its oracles do not care.

    The trials of a round do not wait for each other's results, and are trained side by side. None depends on what runs
    beside it: each has batches, a score and random numbers of its own, and the oracle is asked and answered in one
    order, however many are trained at once.

    Args:
        oracle: Says what is tried.
        settings: The section `tuner` of the config.
        budget: What ends the search.
        directory: Where the oracle keeps its state, and the search its record.
        trainers: Who trains the trials.
        title: The score's name for people.
        journal: Where finished trials are kept, and found again after a kill; None where none are kept.
        costs: What a configuration costs, by objective: all that the config may name beside the score.
    """

    def __init__(
        self,
        oracle: Strategy,
        settings: Tuner,
        budget: Budget,
        directory: str,
        trainers: Trainers,
        title: str,
        journal: Journal | None = None,
        costs: Costs | None = None,
    ) -> None:
        super().__init__(oracle, directory=directory, project_name=settings.strategy, overwrite=True)
        self._settings, self._budget, self._trainers, self._title = settings, budget, trainers, title
        self._journal = journal
        self._found: dict[str, TrialResult] = {}
        self._untold = False
        self._monitor, self._mode = oracle.objective.name, oracle.objective.direction
        self._weights: dict[str, Sequence[np.ndarray]] = {}
        self._directory = directory
        self._histories: dict[str, training_curves.LearningCurve] = {}
        self._records: dict[str, TrialRecord] = {}
        self._outcome = Outcome(oracle, settings, costs)
        self._bar: float | None = None
        self._trials, planned = budget.plan(self._planned)
        self._total = planned + settings.final_epochs
        self._epochs: dict[str, float] = {}
        self._best = ""
        self._ended: str | None = None
        self._began = time.monotonic()
        self._lock = threading.RLock()
        self._stopped = threading.Event()

    def search(self) -> None:
        """Runs the whole search."""
        self.on_search_begin()
        with concurrent.futures.ThreadPoolExecutor(self._trainers.at_once) as pool:
            try:
                while trials := self._next_round():
                    left = self._answer_from_journal(trials)
                    running = [pool.submit(self._try_run_and_update_trial, trial) for trial in left]
                    ended, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_EXCEPTION)
                    for future in ended:
                        future.result()
                    for trial in trials:
                        self.on_trial_end(trial)
                self._train_finalists(pool)
            except BaseException:
                self._stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            finally:
                self._trainers.close()
        self._outcome.conclude(self._records)
        self._write_record()
        self.on_search_end()

    def _next_round(self) -> list[Trial]:
        """Returns the next round's trials, which do not wait for each other; none at the search's end."""
        trials: list[Trial] = []
        self._bar = self._outcome.best_score if self._settings.estimation == "curve_extrapolation" else None
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
        epochs = self._planned(number)
        if epochs is None:
            return None
        spent = sum(record.whole_epochs for record in self._records.values())
        spent += sum(self._epochs_of(trial) for trial in asked)
        seconds = time.monotonic() - self._began if self._records else 0.0  # the first round is trained in any case
        return self._budget.reached(number + 1, spent + epochs, seconds)

    def _planned(self, number: int) -> float | None:
        """Returns the epochs over all rows that a trial comes to by its number, at most; None where there is none."""
        epochs = self.oracle.planned(number)
        return None if epochs is None else self._over_all_rows(epochs)

    def _over_all_rows(self, epochs: int) -> float:
        share = self._settings.trial_rows
        return epochs if share == 1 else epochs * share

    def _answer_from_journal(self, trials: Sequence[Trial]) -> list[Trial]:
        """Answers the oracle for the trials that the run before had finished; returns the others."""
        if self._journal is None:
            return [*trials]
        left = []
        for trial in trials:
            entry = self._journal.find(self._task_of(trial))
            if entry is None:
                left.append(trial)
                continue
            self._found[trial.trial_id] = entry.result
            self._began = min(self._began, time.monotonic() - entry.elapsed)  # the clock of the search goes on
            self._try_run_and_update_trial(trial)
            self._untold = True
        if left and self._untold:  # once: the time that the rest takes is counted from here
            self._report(teacher_search.from_stopped_run(len(self._found), self._trials))
            self._untold = False
        return left

    def _try_run_and_update_trial(self, trial: Trial) -> None:
        """Runs a trial; one that fails is one without a score, unless a person has to know of it."""
        try:
            self._run_and_update_trial(trial)
            trial.status = TrialStatus.COMPLETED
        except (UserError, FatalError, CannotTrain):
            raise
        except Exception:
            trial.status, trial.message = TrialStatus.INVALID, traceback.format_exc()

    def run_trial(self, trial: Trial) -> dict[str, float]:
        """Has a configuration trained from where its earlier round ended; returns its best score."""
        task = self._task_of(trial)
        result = self._result_of(task)
        with self._lock:
            self._keep(task, result)
            if trial.trial_id not in self._found:
                self._tell(trial.trial_id, self._epochs[trial.trial_id])
        return {self._monitor: result.score}

    def _result_of(self, task: TrialTask) -> TrialResult:
        """Returns what comes of a training, from the journal or of training it."""
        if task.trial_id in self._found:
            return self._found[task.trial_id]
        share = task.rows
        result = self._trainers.train(task, lambda epochs: self._tell(task.trial_id, epochs * share))
        if self._journal is not None:
            self._journal.add(task, result, time.monotonic() - self._began)
        return result

    def _task_of(self, trial: Trial) -> TrialTask:
        """Returns what a trial is given."""
        first, last = self._span_of(trial)
        return TrialTask(
            trial.trial_id,
            dict(trial.hyperparameters.values),
            first,
            last,
            self._heritage(trial)[0],
            self.oracle.may_go_on(trial),
            self._settings.trial_rows,
            self._bar,
        )

    def _heritage(self, trial: Trial) -> tuple[Sequence[np.ndarray] | None, str | None]:
        """Returns the weights that a trial starts from, and how they came of its parent's."""
        parent = self.oracle.parent_of(trial)
        if parent is None:
            return None, None
        if self._settings.estimation != "weight_inheritance":
            return self._weights[parent], None
        before, after = (one.hyperparameters.values for one in (self.oracle.trials[parent], trial))
        return heritage.inherited(before, after, self._weights[parent], self.oracle.seed + int(trial.trial_id))

    def _train_finalists(self, pool: concurrent.futures.Executor) -> None:
        """Trains the best trials in full, and others from all over the ranking, where all were trained for less."""
        tasks = [
            TrialTask(f"{trial.trial_id}{IN_FULL}", values, 0, self._settings.max_epochs)
            for trial, values in self._outcome.finalists(self._records)
        ]
        for task in tasks:
            entry = None if self._journal is None else self._journal.find(task)
            if entry is not None:
                self._found[task.trial_id] = entry.result
        for task, result in zip(tasks, pool.map(self._result_of, tasks), strict=True):
            with self._lock:
                self._keep(task, result)

    def _keep(self, task: TrialTask, result: TrialResult) -> None:
        """Adds a trial to the search's record; its files are written anew each time, and are small.

        The record lies beside the oracle's: in a trial's hyperparameters, the oracle would no longer see that a
        configuration is one that it had.
        """
        number, mode = task.trial_id.removesuffix(IN_FULL), self._mode
        if result.weights is not None:
            self._weights[number] = result.weights
        for name, content in result.logs.items():
            folder = os.path.join(training_curves.trials_folder(self._directory), task.trial_id)
            files.write_bytes(folder, name, content)
        learnt = curves.history_of(number, self._monitor, mode, result.history, task.first)
        self._records[number] = self._record_of(number, task, result)
        self._histories[number] = learnt
        in_order = [self._histories[trial_id] for trial_id in sorted(self._histories)]
        self._write_record()
        training_curves.write_trials(self._directory, in_order)
        scores = [score for curve in in_order for score in curve.scores if score is not None]
        if scores:
            best = max(scores) if mode == "max" else min(scores)
            self._best = f", best {self._title} {numerals.written(best, '.4f')}"
        whole = self._trials is not None  # a trial that stopped early counts as a whole one
        self._epochs[task.trial_id] = (task.last - task.first if whole else len(learnt.epochs)) * task.rows

    def _record_of(self, number: str, task: TrialTask, result: TrialResult) -> TrialRecord:
        """Returns what is recorded of a training, and of the cheaper one of the same trial before."""
        scores = result.history[self._monitor]
        trial, before = self.oracle.trials[number], self._records.get(number)
        if before is not None:
            cheaper = CheaperTraining(trial.score, before.epochs, before.seconds, before.rows)
            trial.score = result.score
            return dataclasses.replace(
                before, epochs=len(scores), seconds=result.seconds, rows=task.rows, cheaper=cheaper
            )
        way = self._heritage(trial)[1]
        return TrialRecord(
            len(scores),
            result.seconds,
            task.rows,
            self._outcome.costs_of(trial),
            stopped=stopping.stopped(scores, task.last, task.best, self._mode, self._settings.curve_extrapolation),
            parent=self.oracle.parent_of(trial) if way else None,
            inherited=way,
        )

    def _write_record(self) -> None:
        in_order = {trial_id: self._records[trial_id] for trial_id in sorted(self._records)}
        made = TeacherSearch(
            self._settings.strategy,
            self._ended,
            self.oracle.configurations,
            in_order,
            len(self._found.keys() & self._records.keys()),
            self._settings.estimation,
            tuple(self._settings.objectives),
            self._outcome.chosen,
            self._outcome.front,
            self._outcome.agreement,
        )
        teacher_search.write(self._directory, made)

    def _tell(self, trial_id: str, epochs: float) -> None:
        """Reports the epochs of all trials that are done."""
        if self._stopped.is_set():
            raise SearchEnded
        with self._lock:
            self._epochs[trial_id] = epochs
            number = len(self._histories) + 1
            of_all = "" if self._trials is None else f" of {self._trials}"
            number = number if self._trials is None else min(number, self._trials)
            self._report(f"trial {number}{of_all}{self._best}")

    def _report(self, note: str) -> None:
        progress.report(sum(self._epochs.values()), self._total, note, at_most=True)

    def _span_of(self, trial: Trial) -> tuple[int, int]:
        """Returns the epoch that a trial starts from and the one that it is trained to at most."""
        values = trial.hyperparameters.values
        return values.get("tuner/initial_epoch", 0), values.get("tuner/epochs", self._settings.trial_epochs)

    def _epochs_of(self, trial: Trial) -> float:
        """Returns the epochs over all rows that a trial comes to at most."""
        first, last = self._span_of(trial)
        return self._over_all_rows(last - first)

    def get_best_hyperparameters(self, num_trials: int = 1) -> list[Any]:
        """Returns the hyperparameters of the trial that is chosen; TFX asks for no others."""
        if self._outcome.chosen is None:
            return super().get_best_hyperparameters(num_trials)
        return [self.oracle.trials[self._outcome.chosen].hyperparameters]

    def save_model(self, trial_id: str, model: Any, step: int = 0) -> None:
        """Weights stay in memory: a trial lasts seconds, and the Trainer trains the best one anew."""

    def load_model(self, trial: Trial) -> Sequence[np.ndarray]:
        """Returns the weights that a trial ended with, from which a later one may start."""
        return self._weights[trial.trial_id]
