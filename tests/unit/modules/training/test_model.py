import numpy as np
import pytest
import tf_keras

from modules.training.model import Architecture, build_network

pytestmark = pytest.mark.unit

ROWS = np.random.default_rng(8).normal(size=(10, 5)).astype("float32")


def test_the_network_has_the_layers_that_the_architecture_says() -> None:
    network = build_network(5, Architecture.stack([7, 3], "tanh", 0.25), seed=1)
    assert [layer.name for layer in network.layers] == ["hidden_0", "dropout_0", "hidden_1", "dropout_1", "logit"]
    assert [w.shape for w in network.get_weights()] == [(5, 7), (7,), (7, 3), (3,), (3, 1), (1,)]
    assert network.get_layer("hidden_1").activation is tf_keras.activations.tanh
    assert network.get_layer("dropout_0").rate == 0.25
    assert network.get_layer("logit").activation is tf_keras.activations.linear


def test_without_dropout_there_is_no_dropout_layer() -> None:
    network = build_network(5, Architecture.stack([7], "relu", 0.0), seed=1)
    assert [layer.name for layer in network.layers] == ["hidden_0", "logit"]


def test_the_output_is_the_logit_of_hand_made_weights() -> None:
    # relu(1·2 + 1·(-1) + 1) = 2; relu(1·(-3) + 1·1 + 0) = 0; logit = 2·5 + 0·7 - 4 = 6.
    network = build_network(2, Architecture.stack([2], "relu", 0.3), seed=1)
    network.set_weights([np.array([[2, -3], [-1, 1]]), np.array([1, 0]), np.array([[5], [7]]), np.array([-4])])
    assert network(np.ones((1, 2), "float32")).numpy().tolist() == [[6.0]]


def test_the_same_seed_gives_the_same_network_and_another_one_another() -> None:
    shape = Architecture.stack([6, 4], "relu", 0.5)
    first, again, other = (build_network(5, shape, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first(ROWS), again(ROWS))
    assert not np.array_equal(first(ROWS), other(ROWS))


def test_layers_of_one_shape_start_with_different_weights() -> None:
    network = build_network(4, Architecture.stack([4, 4], "relu", 0.0), seed=1)
    first, _, second, *_ = network.get_weights()
    assert not np.array_equal(first, second)
