"""When a training has converged: by the validation rows, counted in epochs and in steps."""

import dataclasses
import math

import tf_keras

# Where nobody gives a patience: so many epochs, and at least so many steps, since an epoch of a small table is short.
_EPOCHS, _STEPS = 4, 500
# What the learning rate is multiplied by when half of a patience that nobody gave has passed in vain.
_DECAY = 0.3
# What a better epoch has to gain to count, as a share of the first epoch's score: the loss of rows that are all told
# apart falls for ever.
_LEAST = 1e-4


@dataclasses.dataclass(frozen=True)
class Patience:
    """How long a training goes on without a better score.

    Attributes:
        epochs: So many epochs; then it has converged.
        decay: What the learning rate is multiplied by each time half of them have passed; 1 leaves it.
        stops: Whether the training then stops; if not, it goes on to its last epoch all the same.
        least: How much better a score has to be to count, as a share of the first epoch's.
        since: Epochs before which no score counts: what the network is then is not yet what it is to become.
    """

    epochs: int
    decay: float = 1.0
    stops: bool = True
    least: float = 0.0
    since: int = 0


def patience_of(given: int | None, steps_per_epoch: int) -> Patience:
    """Returns the patience of a training.

    Args:
        given: Epochs, as the config has them. None: 4 epochs and at least 500 steps, and at half of that the learning
            rate falls to three tenths, so that a score that only wavers settles before it is given up; what is less
            than a ten-thousandth better counts as no better.
        steps_per_epoch: Number of training batches.
    """
    if given is not None:
        return Patience(given)
    return Patience(max(_EPOCHS, math.ceil(_STEPS / max(steps_per_epoch, 1))), _DECAY, least=_LEAST)


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
        self._reached = self._counted = (-math.inf, -math.inf)
        self._first: tuple[float, float] | None = None
        self._weights: list | None = None
        self._waited = 0
        self.best_epoch: int | None = None

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if epoch < self._patience.since:
            return
        known = logs or {}
        reached = self._sign * known[self._monitor], -known.get("val_loss", 0.0)
        self._waited += 1
        if reached > self._reached:  # what is not a number never is
            self._reached, self._weights, self.best_epoch = reached, self.model.get_weights(), epoch + 1
        if self._counts(reached):
            self._counted, self._waited = reached, 0
        elif self._patience.stops and self._waited >= self._patience.epochs:
            self.model.stop_training = True
        elif self._patience.decay < 1 and self._waited % max(self._patience.epochs // 2, 1) == 0:
            rate = self.model.optimizer.learning_rate
            rate.assign(rate * self._patience.decay)

    def _counts(self, reached: tuple[float, float]) -> bool:
        """Tells whether a score and a loss are enough better than those that counted last."""
        if math.isnan(reached[0]):
            return False
        self._first = self._first or reached
        score, loss = (self._patience.least * abs(value) for value in self._first)
        if reached[0] == self._counted[0]:
            return reached[1] - self._counted[1] > loss
        return reached[0] - self._counted[0] > score

    def on_train_end(self, logs: dict | None = None) -> None:
        if self._weights is not None:
            self.model.set_weights(self._weights)
