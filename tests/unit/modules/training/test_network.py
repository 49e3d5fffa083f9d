import gzip

import numpy as np
import pytest
import tf_keras

from modules.training import network as networks
from modules.training.model import Architecture, build_network

pytestmark = pytest.mark.unit


@pytest.fixture
def hand_made() -> tf_keras.Sequential:
    """Two inputs, two hidden units, one output; all biases are 0."""
    network = build_network(2, Architecture.stack([2], "relu", 0.5), seed=1)
    network.set_weights([np.array([[0.0, 1.0], [-2.0, 0.0]]), np.zeros(2), np.array([[0.0], [3.0]]), np.zeros(1)])
    return network


def test_sparsity_counts_the_zeros_of_kernels_and_not_of_biases(hand_made: tf_keras.Sequential) -> None:
    # 2 of the 4 weights of the first kernel and 1 of the 2 of the second: 3 / 6. With biases it would be 6 / 9.
    assert networks.sparsity(hand_made) == 0.5


def test_only_an_exact_zero_counts(hand_made: tf_keras.Sequential) -> None:
    hand_made.layers[-1].set_weights([np.array([[1e-30], [3.0]]), np.zeros(1)])
    assert networks.sparsity(hand_made) == pytest.approx(2 / 6)


def test_kernels_come_in_the_order_of_the_layers(hand_made: tf_keras.Sequential) -> None:
    assert [kernel.shape for kernel in networks.kernels(hand_made)] == [(2, 2), (2, 1)]
    assert networks.kernels(hand_made)[1].tolist() == [[0.0], [3.0]]


def test_without_dropout_only_dense_layers_are_left_and_predict_the_same(hand_made: tf_keras.Sequential) -> None:
    rows = np.random.default_rng(7).normal(size=(20, 2)).astype("float32")
    copy = networks.without_dropout(hand_made)
    assert [type(layer) for layer in copy.layers] == [tf_keras.layers.Dense] * 2
    np.testing.assert_array_equal(copy(rows), hand_made(rows, training=False))
    np.testing.assert_array_equal(copy(rows, training=True), copy(rows, training=False))


def test_the_copy_without_dropout_has_weights_of_its_own(hand_made: tf_keras.Sequential) -> None:
    copy = networks.without_dropout(hand_made)
    copy.set_weights([weight + 1 for weight in copy.get_weights()])
    assert networks.sparsity(hand_made) == 0.5


def test_gzip_bytes_is_the_size_of_the_compressed_weights(hand_made: tf_keras.Sequential) -> None:
    # Nine float32: 0 1 -2 0, 0 0, 0 3, 0.
    raw = np.array([0, 1, -2, 0, 0, 0, 0, 3, 0], "<f4").tobytes()
    assert networks.gzip_bytes(hand_made) == len(gzip.compress(raw, 9))


def test_zeros_make_the_compressed_weights_smaller() -> None:
    network = build_network(50, Architecture.stack([20], "relu", 0.0), seed=1)
    dense = networks.gzip_bytes(network)
    network.set_weights([np.where(np.arange(w.size).reshape(w.shape) % 2, w, 0) for w in network.get_weights()])
    assert networks.gzip_bytes(network) < 0.7 * dense
