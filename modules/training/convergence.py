"""When a training has converged: by the validation rows, counted in epochs and in steps."""

import dataclasses
import math

import tf_keras

# Where nobody gives a patience: so many epochs, and at least so many steps, since an epoch of a small table is short.
_EPOCHS, _STEPS = 4, 500
# What the learning rate is multiplied by when half of a patience that nobody gave has passed in vain.
_DECAY = 0.3


@dataclasses.dataclass(frozen=True)
class Patience:
    """How long a training goes on without a better score.

    Attributes:
        epochs: So many epochs; then it has converged.
        decay: What the learning rate is multiplied by each time half of them have passed; 1 leaves it.
        stops: Whether the training then stops; if not, it goes on to its last epoch all the same.
    """

    epochs: int
    decay: float = 1.0
    stops: bool = True


def patience_of(given: int | None, steps_per_epoch: int) -> Patience:
    """Returns the patience of a training.

    Args:
        given: Epochs, as the config has them. None: 4 epochs and at least 500 steps, and at half of that the learning
            rate falls to three tenths, so that a score that only wavers settles before it is given up.
        steps_per_epoch: Number of training batches.
    """
    if given is not None:
        return Patience(given)
    return Patience(max(_EPOCHS, math.ceil(_STEPS / max(steps_per_epoch, 1))), _DECAY)


class Convergence(tf_keras.callbacks.Callback):
    """Stops a training that has converged, and brings back the weights of the best epoch.

    The best epoch is the one with the best score; of epochs with the same score, as a few validation rows give it, the
    one with the smallest loss on them, where that is computed.

    Args:
        monitor: The score's name in the logs.
        mode: Whether it should be high or low: `max` or `min`.
        patience: How long to go on without a better epoch.

    Attributes:
        best_epoch: The best epoch so far, from 1; None where no score was a number.
    """

    def __init__(self, monitor: str, mode: str, patience: Patience) -> None:
        super().__init__()
        self._monitor, self._sign, self._patience = monitor, 1.0 if mode == "max" else -1.0, patience

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._reached = (-math.inf, -math.inf)
        self._weights: list | None = None
        self._waited = 0
        self.best_epoch: int | None = None

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        known = logs or {}
        reached = self._sign * known[self._monitor], -known.get("val_loss", 0.0)
        self._waited += 1
        if reached > self._reached:  # what is not a number never is
            self._reached, self._weights = reached, self.model.get_weights()
            self._waited, self.best_epoch = 0, epoch + 1
        elif self._patience.stops and self._waited >= self._patience.epochs:
            self.model.stop_training = True
        elif self._patience.decay < 1 and self._waited % max(self._patience.epochs // 2, 1) == 0:
            rate = self.model.optimizer.learning_rate
            rate.assign(rate * self._patience.decay)

    def on_train_end(self, logs: dict | None = None) -> None:
        if self._weights is not None:
            self.model.set_weights(self._weights)
