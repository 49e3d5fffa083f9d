"""The training loop for every task: what is watched, in which direction, and what a row counts."""

import math
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from modules.tasks import Target
from modules.training import curves, loop

pytestmark = pytest.mark.unit

BINARY = Target("binary", ("no", "yes"))
THREE = Target("multiclass", ("a", "b", "c"))
# The network learns z = (y - 10) / 4.
REGRESSION = Target("regression", mean=10.0, deviation=4.0)


class Weights(tf_keras.callbacks.Callback):
    """Sets the only weight at the end of each epoch, as if training had led there."""

    def __init__(self, epochs: list[float]):
        super().__init__()
        self._epochs = epochs

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.model.set_weights([np.array([[self._epochs[epoch]]], "float32")])


def rows(x: list, labels: list, weights: list | None = None) -> tf.data.Dataset:
    """Returns all rows as one batch of (encoded, target) or (encoded, target, weights)."""
    parts = [np.array(x, "float32"), np.array(labels, "float32").reshape(-1, 1)]
    if weights is not None:
        parts.append(np.array(weights, "float32"))
    return tf.data.Dataset.from_tensors(tuple(parts))


def model_of(task: str, weight: list, learning_rate: float = 1e-9) -> tf_keras.Model:
    """Returns a network without bias: [inputs, outputs] weights, which hardly change in training."""
    matrix = np.array(weight, "float32")
    layer = tf_keras.layers.Dense(matrix.shape[1], use_bias=False)
    model = tf_keras.Sequential([tf_keras.layers.InputLayer((matrix.shape[0],)), layer])
    model.set_weights([matrix])
    loop.compile_model(model, learning_rate, loop.hard_loss(task))
    return model


def scored(target: Target, metric: str, weight: list, validation: tf.data.Dataset) -> float:
    """Returns what an epoch's logs say of a network with given weights."""
    score = loop.ValidationScore(validation, target, metric)
    score.set_model(model_of(target.task, weight))
    logs: dict[str, float] = {}
    score.on_epoch_end(0, logs)
    assert list(logs) == [score.monitor] == [f"val_{metric}"]
    return logs[score.monitor]


# The network answers its input. Inputs z, so the values 10 + 4z: 10, 14, 6; labels the same way: 12, 14, 2.
VALUES: dict[str, list] = {"x": [[0], [1], [-1]], "labels": [0.5, 1, -2]}


@pytest.mark.parametrize(
    ("metric", "expected"),
    # Errors -2, 0, 4. Mean of the labels 28/3: squared deviations 344 - 28²/3 = 248/3.
    [("mae", 2), ("rmse", math.sqrt(20 / 3)), ("r2", 1 - 20 * 3 / 248)],
)
def test_the_score_of_a_regression_is_in_the_labels_own_unit(metric: str, expected: float) -> None:
    assert scored(REGRESSION, metric, [[1]], rows(**VALUES)) == pytest.approx(expected, rel=1e-6)


def test_the_score_of_a_regression_of_the_log_is_that_of_the_values() -> None:
    # The network learns log(1 + y): its answers ln 2 and ln 8 are 1 and 7, the labels ln 4 and ln 8 are 3 and 7.
    target = Target("regression", log=True, lowest=0.0, highest=100.0)
    validation = rows([[math.log(2)], [math.log(8)]], [math.log(4), math.log(8)])
    assert scored(target, "mae", [[1]], validation) == pytest.approx(1, rel=1e-6)


def test_a_validation_label_beyond_those_of_the_training_rows_is_what_it_is() -> None:
    # Predictions stay within the training rows' 0 … 7, and of a label of 15 the error is 8.
    target = Target("regression", log=True, lowest=0.0, highest=7.0)
    validation = rows([[math.log(16)], [math.log(8)]], [math.log(16), math.log(8)])
    assert scored(target, "mae", [[1]], validation) == pytest.approx(8 / 2, rel=1e-5)


def test_the_score_counts_rows_by_weight() -> None:
    # Errors -2, 0, 4 with weights 3, 4, 1.
    assert scored(REGRESSION, "mae", [[1]], rows(**VALUES, weights=[3, 4, 1])) == pytest.approx(10 / 8)


def test_the_score_of_several_classes_is_that_of_their_probabilities() -> None:
    # exp of ln 3, 0, 0 is 3, 1, 1: the label's probabilities are 3/5, 1/5 and, by the other row, 1/3.
    x = [[math.log(3), 0, 0], [math.log(3), 0, 0], [0, 0, 0]]
    identity = np.eye(3).tolist()
    expected = -math.log(3 / 5 * 1 / 5 * 1 / 3) / 3
    assert scored(THREE, "log_loss", identity, rows(x, [0, 1, 2])) == pytest.approx(expected, rel=1e-6)
    assert scored(THREE, "accuracy", identity, rows(x, [0, 1, 0])) == pytest.approx(2 / 3)


def test_only_the_first_column_of_the_target_is_the_label() -> None:
    target = np.array([[0.5, 9], [1, 9], [-2, 9]], "float32")
    validation = tf.data.Dataset.from_tensors((np.array(VALUES["x"], "float32"), target))
    assert scored(REGRESSION, "mae", [[1]], validation) == pytest.approx(2)


@pytest.mark.parametrize(
    ("target", "metric", "mode"),
    [
        (BINARY, "auc", "max"),
        (BINARY, "auc_pr", "max"),
        (BINARY, "log_loss", "min"),
        (THREE, "accuracy", "max"),
        (REGRESSION, "r2", "max"),
        (REGRESSION, "rmse", "min"),
        (REGRESSION, "mae", "min"),
    ],
)
def test_errors_should_be_low_and_all_else_high(target: Target, metric: str, mode: str) -> None:
    assert loop.ValidationScore(rows([[0]], [0]), target, metric).mode == mode


@pytest.mark.parametrize("metric", ["mae", "r2"])
def test_training_stops_when_the_score_gets_no_better_in_its_own_direction(metric: str) -> None:
    # The labels are z = x: the weight 1 is best. The error falls to the second epoch, and rises from there.
    path = [0.5, 1.0, 1.5, 2.0, 1.0, 1.0]
    data = rows([[1], [-1], [2]], [1, -1, 2])
    model = model_of("regression", [[0]])
    score = loop.ValidationScore(data, REGRESSION, metric)
    history = loop.fit(model, data, data, score, len(path), 2, callbacks=(Weights(path),))
    assert len(history[f"val_{metric}"]) == 4
    assert model.get_weights()[0].item() == 1.0
    # MAE: |w - 1| · 4 · (1 + 1 + 2) / 3.
    if metric == "mae":
        np.testing.assert_allclose(history["val_mae"], [8 / 3, 0, 8 / 3, 16 / 3], atol=1e-6)


def test_the_checkpoint_of_an_error_is_that_of_its_lowest_epoch(tmp_path: Any) -> None:
    data = rows([[1], [-1], [2]], [1, -1, 2])
    score = loop.ValidationScore(data, REGRESSION, "rmse")
    path = [0.5, 1.0, 1.5]
    loop.fit(
        model_of("regression", [[0]]),
        data,
        data,
        score,
        3,
        None,
        curves.TrainingRecord("teacher", str(tmp_path)),
        callbacks=(Weights(path),),
    )
    again = model_of("regression", [[0]])
    again.load_weights(str(tmp_path / "checkpoints" / "best")).expect_partial()
    assert again.get_weights()[0].item() == 1.0


def test_the_hard_loss_of_several_classes_is_the_cross_entropy_of_logits() -> None:
    # Probabilities 3/5, 1/5, 1/5: -ln(3/5) and -ln(1/5).
    logits = tf.constant([[math.log(3), 0, 0]] * 2)
    found = loop.hard_loss("multiclass")(tf.constant([[0.0], [2.0]]), logits)
    assert float(found) == pytest.approx(-math.log(3 / 25) / 2, rel=1e-6)


def test_the_hard_loss_of_a_regression_is_the_squared_error() -> None:
    found = loop.hard_loss("regression")(tf.constant([[1.0], [0.0]]), tf.constant([[3.0], [-1.0]]))
    assert float(found) == pytest.approx((4 + 1) / 2)


# The logits are x = 2, -2 with the labels 1, 1: ln(1 + e^-2), and that plus 2.
COST = math.log(1 + math.exp(-2))


@pytest.mark.parametrize(
    ("weights", "expected"),
    [(None, (COST + COST + 2) / 2), ([1, 1], (COST + COST + 2) / 2), ([3, 0.5], (3 * COST + 0.5 * (COST + 2)) / 2)],
)
def test_a_row_counts_in_the_loss_as_its_weight_says(weights: list | None, expected: float) -> None:
    data = rows([[2], [-2]], [1, 1], weights)
    score = loop.ValidationScore(rows([[2], [-2]], [1, 0]), BINARY, "auc")
    history = loop.fit(model_of("binary", [[1]]), data, data, score, 1, None)
    assert history["loss"] == [pytest.approx(expected, rel=1e-6)]
    assert history["val_loss"] == [pytest.approx(expected, rel=1e-6)]


def test_a_row_of_weight_zero_teaches_nothing() -> None:
    # Two rows that contradict each other: what is learnt is what the row with a weight says.
    learnt = []
    for weights in ([1, 0], [0, 1]):
        data = rows([[1], [1]], [1, -1], weights)
        model = model_of("regression", [[0]], learning_rate=0.1)
        score = loop.ValidationScore(data, REGRESSION, "mae")
        loop.fit(model, data, data, score, 10, None)
        learnt.append(model.get_weights()[0].item())
    assert learnt == [pytest.approx(1, abs=0.2), pytest.approx(-1, abs=0.2)]
