"""The one training loop: fit, watch the exact validation AUC, stop early, and go back to the best epoch."""

import os

import numpy as np
import tensorflow as tf
import tf_keras
from sklearn.metrics import roc_auc_score

from modules.compat import skip_autograph_of_keras

MONITOR = "val_auc"
_PREDICT_ROWS = 8_192


class ValidationAuc(tf_keras.callbacks.Callback):
    """Adds the exact area under the ROC curve of the validation rows to each epoch's logs, as `val_auc`.

    `tf_keras.metrics.AUC` approximates it from 200 thresholds, on every training batch too. This computes it once an
    epoch (scikit-learn's `roc_auc_score`), before the callbacks after it read the logs.

    Args:
        validation: Batches of (encoded, target); the first column of the target is the label.
    """

    def __init__(self, validation: tf.data.Dataset) -> None:
        super().__init__()
        batches = list(validation)
        self._labels = np.concatenate([target[:, 0] for _, target in batches])
        self._encoded = tf.concat([encoded for encoded, _ in batches], axis=0)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        # Called as it stands, without `predict`: no graph has to be traced for a few large batches.
        logits = [
            self.model(self._encoded[start : start + _PREDICT_ROWS])
            for start in range(0, len(self._labels), _PREDICT_ROWS)
        ]
        if logs is not None:
            logs[MONITOR] = float(roc_auc_score(self._labels, np.concatenate(logits)[:, 0]))


def hard_loss() -> tf_keras.losses.Loss:
    """Returns the cross-entropy of logits against labels, in nats."""
    return tf_keras.losses.BinaryCrossentropy(from_logits=True)


def compile_model(
    model: tf_keras.Model,
    learning_rate: float,
    loss: tf_keras.losses.Loss | None = None,
    average_steps: int | None = None,
) -> None:
    """Compiles with Adam and clipped gradients.

    Args:
        model: The model.
        learning_rate: Adam's.
        loss: Without it, the hard loss.
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
    model.compile(optimizer, loss or hard_loss())


def fit(
    model: tf_keras.Model,
    train: tf.data.Dataset,
    validation: tf.data.Dataset,
    epochs: int,
    patience: int | None,
    log_dir: str | None = None,
    initial_epoch: int = 0,
    callbacks: tuple[tf_keras.callbacks.Callback, ...] = (),
    watch_loss: bool = True,
) -> dict[str, list[float]]:
    """Trains a compiled model.

    Args:
        model: A compiled network; its output is the logit.
        train: Batches of (encoded, target).
        validation: The same of the rows to watch; never of the test file.
        epochs: The epoch to stop before, counted from 0 like `initial_epoch`.
        patience: Epochs without a better validation AUC after which training stops and the weights of the best epoch
            come back; None trains to the end and keeps the last weights.
        log_dir: Where TensorBoard's logs and the checkpoint of the best epoch go; none are written without it.
        initial_epoch: The number of the first epoch, for a training that goes on.
        callbacks: Further callbacks, called before the others.
        watch_loss: Whether to compute the loss of the validation rows too; a search has no use for it.

    Returns:
        The history: a value an epoch of `loss`, `val_auc` and, if it is watched, `val_loss`.
    """
    skip_autograph_of_keras()
    if model.optimizer.use_ema:  # the weights may have been set since the average was made
        for average, variable in zip(
            model.optimizer._model_variables_moving_average, model.trainable_variables, strict=True
        ):
            average.assign(variable)
    watched: list[tf_keras.callbacks.Callback] = [*callbacks, ValidationAuc(validation)]
    if patience is not None:
        stop = tf_keras.callbacks.EarlyStopping(MONITOR, mode="max", patience=patience, restore_best_weights=True)
        watched.append(stop)
    if log_dir is not None:
        best = os.path.join(log_dir, "checkpoints", "best")
        watched.append(tf_keras.callbacks.TensorBoard(log_dir, write_graph=False))
        watched.append(
            tf_keras.callbacks.ModelCheckpoint(best, MONITOR, mode="max", save_best_only=True, save_weights_only=True)
        )
    history = model.fit(
        train,
        validation_data=validation if watch_loss else None,
        epochs=epochs,
        initial_epoch=initial_epoch,
        callbacks=watched,
        verbose=0,
    )
    return history.history
