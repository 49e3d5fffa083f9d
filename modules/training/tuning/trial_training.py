"""Training one trial: its task in, its result out. Nothing else of a search is known here."""

import copy
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from modules.base.estimation import CurveExtrapolation
from modules.training import curves, inputs, loop
from modules.training.estimating import stopping
from modules.training.tuning.trial import Tell, TrialResult, TrialTask


class TrialTraining:
    """Trains trials, each as if it were the only one: in which process, and beside which others, changes no result.

    Args:
        build: Makes a compiled model from hyperparameters.
        score: What is watched on the validation rows.
        patience: Epochs without a better score that end a trial.
        train: Makes the batches of the training rows.
        validation: Makes the batches of the validation rows.
        scratch: A folder of this machine, for files that are gone when a trial has ended; None for the system's.
        extrapolation: When a forecast stops a trial; None where none does.
    """

    def __init__(
        self,
        build: Callable[[Mapping[str, Any]], Any],
        score: loop.ValidationScore,
        patience: int,
        train: inputs.Source,
        validation: inputs.Source,
        scratch: str | None = None,
        extrapolation: CurveExtrapolation | None = None,
    ) -> None:
        self._build, self._score, self._patience = build, score, patience
        self._train, self._validation, self._scratch = train, validation, scratch
        self._extrapolation = extrapolation

    def __call__(self, task: TrialTask, tell: Tell) -> TrialResult:
        """Trains one configuration from where its earlier round ended."""
        started = time.monotonic()
        network = self._build(task.values)
        if task.parent is not None:
            network.set_weights(task.parent)
        batches = self._train()
        for _ in range(task.first):
            iter(batches)  # takes the permutation of an epoch that the earlier rounds had
        with tempfile.TemporaryDirectory(prefix="trial-", dir=self._scratch) as folder:
            history = loop.fit(
                network,
                batches,
                self._validation(),
                copy.copy(self._score),  # a callback of Keras knows the network that it watches
                epochs=task.last,
                initial_epoch=task.first,
                patience=self._patience,
                watch_loss=False,
                record=curves.TrainingRecord(task.trial_id, folder, curves_only=True),
                tell=self._teller(task, network, tell),
            )
            logs = _files_below(Path(folder))
        scores = history[self._score.monitor]
        return TrialResult(
            score=float(max(scores) if self._score.mode == "max" else min(scores)),
            history={name: [float(value) for value in values] for name, values in history.items()},
            seconds=round(time.monotonic() - started, 2),
            weights=network.get_weights() if task.keeps_weights else None,
            logs=logs,
        )

    def _teller(self, task: TrialTask, network: Any, tell: Tell) -> Callable[[int, float], None]:
        """Returns what is told of each epoch, and ends the training where its forecast says so."""
        scores: list[float] = []

        def ended(epoch: int, score: float) -> None:
            scores.append(score)
            if self._extrapolation is not None:
                reason = stopping.stopped(scores, task.last, task.best, self._score.mode, self._extrapolation)
                network.stop_training = network.stop_training or reason is not None
            tell(epoch - task.first)

        return ended


def _files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
