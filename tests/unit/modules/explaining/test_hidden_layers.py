"""What hidden layers hold, and the derivatives by it, on a network of a few weights."""

import numpy as np
import pytest
import tf_keras

from modules.explaining.hidden_layers import HiddenLayers

pytestmark = pytest.mark.unit


def test_activations_and_derivatives_are_those_of_the_chain_rule() -> None:
    network = tf_keras.Sequential(
        [
            tf_keras.layers.InputLayer((1,)),
            tf_keras.layers.Dense(2, "relu", name="first"),
            tf_keras.layers.Dropout(0.5),
            tf_keras.layers.Dense(1, "relu", name="second"),
            tf_keras.layers.Dense(2, name="logit"),
        ]
    )
    network.set_weights(
        [np.array([[2.0, -1.0]]), np.zeros(2), np.array([[3.0], [5.0]]), np.array([-7.0]), np.array([[4.0, -2.0]])]
        + [np.zeros(2)]
    )
    layers = HiddenLayers(network)
    assert layers.names == ["first", "second"]
    rows = np.array([[2.0], [-1.0], [1.0]], np.float32)
    first, second = layers.activations(rows)
    np.testing.assert_allclose(first, [[4, 0], [0, 1], [2, 0]])
    np.testing.assert_allclose(second, [[5], [0], [0]])  # 12 − 7, 5 − 7, 6 − 7
    by_first, by_second = layers.gradients(rows, 1)
    np.testing.assert_allclose(by_second, [[-2], [-2], [-2]])
    np.testing.assert_allclose(by_first, [[-6, -10], [0, 0], [0, 0]])  # −2 times 3 and 5, where the second is alive
    many = np.tile(rows, (3_000, 1))
    np.testing.assert_allclose(layers.activations(many)[1], np.tile(second, (3_000, 1)))
