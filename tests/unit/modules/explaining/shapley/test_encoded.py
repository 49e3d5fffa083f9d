"""Values by gradients add up to the logits."""

import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from modules.explaining.shapley import encoded

pytestmark = pytest.mark.unit

WIDTH, OUTPUTS = 5, 2


@pytest.fixture(scope="module")
def network() -> tf_keras.Sequential:
    tf_keras.utils.set_random_seed(1)
    layers = tf_keras.layers
    return tf_keras.Sequential(
        [layers.InputLayer((WIDTH,)), layers.Dense(8, "relu"), layers.Dense(8, "relu"), layers.Dense(OUTPUTS)]
    )


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    return random.normal(size=(6, WIDTH)).astype(np.float32), random.normal(size=(4, WIDTH)).astype(np.float32)


def gap(network: tf_keras.Sequential, rows: tuple[np.ndarray, np.ndarray], values: np.ndarray) -> float:
    given, background = (network(part).numpy() for part in rows)
    return float(np.abs(background.mean(axis=0) + values.sum(axis=1) - given).max())


def slopes(network: tf_keras.Sequential) -> encoded.Gradients:
    def of(points: np.ndarray, output: int) -> np.ndarray:
        given = tf.constant(points)
        with tf.GradientTape() as tape:
            tape.watch(given)
            logit = network(given)[:, output]
        derivatives: np.ndarray = tape.gradient(logit, given).numpy()
        return derivatives

    return of


def test_deep_adds_up_on_a_network_with_relu(network: tf_keras.Sequential, rows: tuple[np.ndarray, np.ndarray]) -> None:
    values = encoded.deep(network, *rows)
    assert values.shape == (6, WIDTH, OUTPUTS)
    assert gap(network, rows, values) < 1e-4


def test_integrated_gradients_add_up_on_a_network_with_relu(
    network: tf_keras.Sequential, rows: tuple[np.ndarray, np.ndarray]
) -> None:
    values = encoded.integrated(slopes(network), *rows, OUTPUTS, 4_000)
    assert gap(network, rows, values) < 1e-4
    assert gap(network, rows, encoded.integrated(slopes(network), *rows, OUTPUTS, 4)) > 1e-4


def test_of_a_linear_network_both_are_weight_times_distance(rows: tuple[np.ndarray, np.ndarray]) -> None:
    network = tf_keras.Sequential([tf_keras.layers.InputLayer((WIDTH,)), tf_keras.layers.Dense(1)])
    given, background = rows
    expected = (given - background.mean(axis=0)) * network.get_weights()[0][:, 0]
    for values in (encoded.deep(network, *rows), encoded.integrated(slopes(network), *rows, 1, 1)):
        np.testing.assert_allclose(values[..., 0], expected, atol=1e-5)
