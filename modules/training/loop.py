"""The one training loop: fit, watch the validation rows, stop early, and go back to the best epoch."""

import dataclasses
import os
from collections.abc import Callable

import numpy as np
import tensorflow as tf
import tf_keras
from absl import logging

from modules import tasks
from modules.base import numerals, progress
from modules.base.compat import skip_autograph
from modules.contracts import training_curves
from modules.training import by_task, curves, fitting
from modules.training.convergence import Convergence, Patience

_PREDICT_ROWS = 8_192


@dataclasses.dataclass(frozen=True)
class Watched:
    """The score that a training watches.

    Attributes:
        metric: Its name in `tasks.METRICS`.
    """

    metric: str

    @property
    def monitor(self) -> str:
        """The score's name in the logs."""
        return f"val_{self.metric}"

    @property
    def title(self) -> str:
        """The score's name for people."""
        return tasks.METRICS[self.metric].title

    @property
    def mode(self) -> str:
        """Whether it should be high or low: `max` or `min`."""
        return "max" if tasks.METRICS[self.metric].higher_is_better else "min"


class ValidationScore(tf_keras.callbacks.Callback):
    """Adds one exact metric of the validation rows to each epoch's logs, as `val_<metric>`.

    Keras' own metrics approximate (an AUC from 200 thresholds, on every training batch too), and know the scaled target
    only. This computes the metric once an epoch, of what the exported model would answer, before the callbacks after it
    read the logs.

    Args:
        validation: Batches of (encoded, target) or (encoded, target, weights); the first column of the target is the
            label.
        target: What the network learns.
        metric: Its name in `tasks.METRICS`.
    """

    def __init__(self, validation: tf.data.Dataset, target: tasks.Target, metric: str) -> None:
        super().__init__()
        batches = [*validation]
        self._encoded = tf.concat([batch[0] for batch in batches], axis=0)
        learnt = np.concatenate([batch[1][:, :1] for batch in batches])
        self._labels = tasks.unscaled(target, learnt)[:, 0]
        self._weights = np.concatenate([batch[2] for batch in batches]) if len(batches[0]) == 3 else None
        self._target, self._metric, self._watched = target, metric, Watched(metric)

    @property
    def monitor(self) -> str:
        """The score's name in the logs."""
        return self._watched.monitor

    @property
    def title(self) -> str:
        """The score's name for people."""
        return self._watched.title

    @property
    def mode(self) -> str:
        """Whether it should be high or low: `max` or `min`."""
        return self._watched.mode

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        # Called as it stands, without `predict`: no graph has to be traced for a few large batches.
        logits = [
            self.model(self._encoded[start : start + _PREDICT_ROWS])
            for start in range(0, len(self._labels), _PREDICT_ROWS)
        ]
        predictions = tasks.from_logits(self._target, np.concatenate(logits))
        if logs is not None:
            measure = tasks.METRICS[self._metric].measures[self._target.task]
            logs[self.monitor] = measure(self._labels, predictions, self._weights)


def hard_loss(task: str) -> tf_keras.losses.Loss:
    """Returns the loss against labels: the cross-entropy of logits, in nats, or a regression's squared error."""
    return by_task.of(task).hard_loss()


def compile_model(
    model: tf_keras.Model,
    learning_rate: float,
    loss: tf_keras.losses.Loss,
    average_steps: int | None = None,
) -> None:
    """Compiles with Adam and clipped gradients.

    Args:
        model: The model.
        learning_rate: Adam's.
        loss: The hard loss, or the student's.
        average_steps: Where given, the weights are averaged exponentially over so many steps, and the average takes
            their place each time so many steps are done: with the steps of an epoch, what is validated and kept is
            an average over the epoch (Polyak and Juditsky, 1992; Izmailov et al., 2018, arXiv:1803.05407). It is both
            better and steadier than the last step's weights.
    """
    averaging = {}
    if average_steps is not None and average_steps > 1:
        averaging = {
            "use_ema": True,
            "ema_momentum": 1.0 - 1.0 / average_steps,
            "ema_overwrite_frequency": average_steps,
        }
    optimizer = tf_keras.optimizers.Adam(learning_rate, clipnorm=1.0, **averaging)
    # Its variables are made here and not in the first training step, which would then be traced twice.
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, loss)


def fit(
    model: tf_keras.Model,
    train: tf.data.Dataset,
    validation: tf.data.Dataset,
    score: ValidationScore,
    epochs: int,
    patience: Patience | int | None,
    record: curves.TrainingRecord | None = None,
    initial_epoch: int = 0,
    callbacks: tuple[tf_keras.callbacks.Callback, ...] = (),
    watch_loss: bool = True,
    tell: Callable[[int, float], None] | None = None,
    best_by_loss: bool = False,
) -> dict[str, list[float]]:
    """Trains a compiled model.

    Args:
        model: A compiled network; its outputs are logits, or a regression's scaled values.
        train: Batches of (encoded, target) or (encoded, target, weights).
        validation: The same of the rows to watch; never of the test file.
        score: What is watched on them.
        epochs: The epoch to stop before, counted from 0 like `initial_epoch`.
        patience: Epochs without a better score after which training has converged: it stops, and the weights of the
            best epoch come back. None trains to the end and keeps the last weights.
        record: Where the learning curves, TensorBoard's logs and the checkpoint of the best epoch go; none are written
            without it.
        initial_epoch: The number of the first epoch, for a training that goes on.
        callbacks: Further callbacks, called before the others.
        watch_loss: Whether to compute the loss of the validation rows too; a search has no use for it.
        tell: Called after each epoch with its number, from 1, and its score; without it the epochs are logged, and
            reported as the step's progress.
        best_by_loss: Whether the best epoch is the one with the smallest loss on the validation rows, and not the one
            with the best score: what a teacher says of few rows wavers less than their labels do.

    Returns:
        The history: a value an epoch of `loss`, of the score and, if it is watched, `val_loss`.
    """
    skip_autograph()
    if model.optimizer.use_ema:  # the weights may have been set since the average was made
        for average, variable in zip(
            model.optimizer._model_variables_moving_average, model.trainable_variables, strict=True
        ):
            average.assign(variable)
    patience = Patience(patience) if isinstance(patience, int) else patience
    if tell is None:
        tell = _teller(score, epochs, may_stop=patience is not None and patience.stops and patience.epochs < epochs)
    watched: list[tf_keras.callbacks.Callback] = [*callbacks, score, _Epochs(score.monitor, tell)]
    monitor, mode = ("val_loss", "min") if best_by_loss else (score.monitor, score.mode)
    convergence = None if patience is None else Convergence(monitor, mode, patience)
    if convergence is not None:
        watched.append(convergence)
    if record is not None:
        watched += record.callbacks()
    if record is not None and not record.curves_only:
        best = os.path.join(record.directory, "checkpoints", "best")
        watched.append(
            tf_keras.callbacks.ModelCheckpoint(best, monitor, mode=mode, save_best_only=True, save_weights_only=True)
        )
    history = fitting.fit(model, train, validation if watch_loss else None, initial_epoch, epochs, watched)
    if record is not None and not record.curves_only:
        learnt = curves.history_of(record.step, score.monitor, score.mode, history, initial_epoch)
        if convergence is not None:
            learnt = dataclasses.replace(learnt, best_epoch=convergence.best_epoch, limit=epochs)
        training_curves.write(record.directory, learnt)
    return history


class _Epochs(tf_keras.callbacks.Callback):
    """Tells of each epoch that ends; it comes after the score in the list of callbacks."""

    def __init__(self, monitor: str, tell: Callable[[int, float], None]) -> None:
        super().__init__()
        self._monitor, self._tell = monitor, tell

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._tell(epoch + 1, (logs or {})[self._monitor])


def _teller(score: ValidationScore, epochs: int, may_stop: bool) -> Callable[[int, float], None]:
    """Returns what logs an epoch, for where a log is all there is, and reports it as the step's progress."""

    def tell(epoch: int, value: float) -> None:
        logging.info("Epoch %d of %d: %s %.4f", epoch, epochs, score.monitor, value)
        note = f"epoch {epoch} of {epochs}, {score.title} {numerals.written(value, '.4f')}"
        progress.report(epoch, epochs, note, at_most=may_stop)

    return tell
