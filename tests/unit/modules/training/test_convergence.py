import math

import numpy as np
import pytest
import tf_keras

from modules.training.convergence import Convergence, Patience, patience_of

pytestmark = pytest.mark.unit


class Trained:
    """A network of one weight that is the number of the epoch, and a score of each epoch."""

    def __init__(self, patience: Patience, epochs: list[tuple], mode: str = "max"):
        layer = tf_keras.layers.Dense(1, use_bias=False)
        self.model = tf_keras.Sequential([tf_keras.layers.InputLayer((1,)), layer])
        self.model.compile(tf_keras.optimizers.Adam(0.1))
        self.model.stop_training = False
        self.rates: list[float] = []
        convergence = Convergence("val_auc", mode, patience)
        convergence.set_model(self.model)
        convergence.on_train_begin()
        self.epochs = 0
        for score, *loss in epochs:
            self.epochs += 1
            self.model.set_weights([np.full((1, 1), self.epochs)])
            convergence.on_epoch_end(self.epochs - 1, {"val_auc": score} | ({"val_loss": loss[0]} if loss else {}))
            self.rates.append(round(float(self.model.optimizer.learning_rate), 5))
            if self.model.stop_training:
                break
        convergence.on_train_end()
        self.best_epoch, self.kept = convergence.best_epoch, float(self.model.get_weights()[0][0, 0])


def test_a_training_stops_after_its_patience_and_the_best_epochs_weights_come_back() -> None:
    trained = Trained(Patience(2), [(0.6,), (0.8,), (0.7,), (0.8,), (0.9,)])
    assert (trained.epochs, trained.best_epoch, trained.kept) == (4, 2, 2.0)
    assert Trained(Patience(2), [(0.6,), (0.5,), (0.7,), (0.8,), (0.9,)], "min").best_epoch == 2


def test_a_training_that_is_not_to_stop_goes_on_to_its_end_with_the_best_epochs_weights() -> None:
    trained = Trained(Patience(2, 0.5, stops=False), [(0.6,), (0.8,), (0.7,), (0.7,), (0.7,)])
    assert (trained.epochs, trained.best_epoch, trained.kept) == (5, 2, 2.0)
    assert trained.rates == [0.1, 0.1, 0.05, 0.025, 0.0125]


def test_of_epochs_with_the_same_score_the_one_with_the_smallest_loss_is_kept() -> None:
    trained = Trained(Patience(2), [(1.0, 0.5), (1.0, 0.4), (1.0, 0.3), (1.0, 0.35), (1.0, 0.4), (1.0, 0.1)])
    assert (trained.epochs, trained.best_epoch, trained.kept) == (5, 3, 3.0)


def test_a_score_that_is_hardly_better_is_kept_and_does_not_count() -> None:
    falling = [(0.5,), (0.1,), *[(0.1 - 1e-5 * epoch,) for epoch in range(1, 9)]]
    trained = Trained(Patience(3, least=1e-4), falling, "min")
    assert (trained.epochs, trained.best_epoch, trained.kept) == (5, 5, 5.0)
    assert Trained(Patience(3), falling, "min").epochs == 10
    perfect = [(1.0, 0.5), (1.0, 0.1), *[(1.0, 0.1 - 1e-5 * epoch) for epoch in range(1, 9)]]
    assert Trained(Patience(3, least=1e-4), perfect).epochs == 5


def test_epochs_before_the_first_that_counts_are_neither_the_best_nor_waited_for() -> None:
    trained = Trained(Patience(2, 0.5, since=3), [(0.9,), (0.8,), (0.7,), (0.5,), (0.6,), (0.5,), (0.5,), (0.9,)])
    assert (trained.epochs, trained.best_epoch, trained.kept) == (7, 5, 5.0)
    assert trained.rates == [0.1] * 5 + [0.05] * 2


def test_a_score_that_is_no_number_is_never_the_best() -> None:
    trained = Trained(Patience(3), [(math.nan,), (0.5,), (math.nan,)])
    assert (trained.best_epoch, trained.kept) == (2, 2.0)
    assert Trained(Patience(9), [(math.nan,), (math.nan,)]).best_epoch is None


def test_the_learning_rate_falls_at_half_of_the_patience() -> None:
    trained = Trained(Patience(4, decay=0.5), [(0.6,), (0.5,), (0.5,), (0.7,), (0.1,), (0.1,), (0.1,), (0.1,), (1.0,)])
    assert trained.rates == [0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025]
    assert set(Trained(Patience(4), [(0.6,), *[(0.5,)] * 4]).rates) == {0.1}


@pytest.mark.parametrize(
    ("given", "steps", "epochs", "decays"), [(7, 50, 7, False), (None, 50, 10, True), (None, 526, 4, True)]
)
def test_a_patience_that_nobody_gave_is_counted_in_steps_too(given: int, steps: int, epochs: int, decays: bool) -> None:
    patience = patience_of(given, steps)
    assert (patience.epochs, patience.decay < 1) == (epochs, decays)
