"""What is left out of a network changes no answer, at the corners of the inputs' range either."""

import itertools

import numpy as np
import pytest
import tf_keras

from modules.training import network as networks
from modules.training.model import Architecture, build_network
from modules.training.shrinking import shrink

pytestmark = pytest.mark.unit


def made(weights: list[np.ndarray], activation: str = "relu") -> tf_keras.Sequential:
    """Returns a network with two hidden layers."""
    width, first, second = len(weights[0]), len(weights[1]), len(weights[3])
    network = build_network(width, Architecture.stack([first, second], activation, 0.1), 1, len(weights[5]))
    network.set_weights(weights)
    return network


def rows(width: int) -> np.ndarray:
    """Random rows, and every corner of the first eight inputs."""
    corners = np.array(list(itertools.product((-1.0, 0.0, 1.0), repeat=min(width, 7))))
    padded = np.zeros((len(corners), width))
    padded[:, : corners.shape[1]] = corners
    signs = np.random.default_rng(1).choice([-1.0, 1.0], (500, width))
    between = np.random.default_rng(2).uniform(-1, 1, (500, width))
    return np.concatenate([padded, signs, between]).astype("float32")


def sparse_weights(seed: int, zeros: float) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    shapes = [(12, 9), (9,), (9, 8), (8,), (8, 2), (2,)]
    weights = [generator.normal(size=shape).astype("float32") for shape in shapes]
    return [np.where(generator.random(w.shape) < zeros, 0, w).astype("float32") if w.ndim == 2 else w for w in weights]


@pytest.mark.parametrize("activation", ["relu", "tanh", "elu", "swish"])
@pytest.mark.parametrize("zeros", [0.0, 0.5, 0.8, 0.9, 1.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_shrunk_network_answers_the_same(activation: str, zeros: float, seed: int) -> None:
    network = made(sparse_weights(seed, zeros), activation)
    found = shrink(network)
    x = rows(12)
    np.testing.assert_allclose(found.network(x[:, found.inputs]), network(x), atol=1e-6)
    if zeros >= 0.8:
        assert networks.weight_count(found.network) < networks.weight_count(network)


def by_hand() -> list[np.ndarray]:
    """Of 3 inputs the last is not read; of 4 units one is constant, one never active and one not read."""
    first = np.array([[1, 0, -1, 2], [1, 0, 1, 1], [0, 0, 0, 0]], "float32")
    biases = np.array([0.5, 2.0, -2.0, 0.5], "float32")
    second = np.array([[1, -1], [3, 1], [1, 1], [0, 0]], "float32")
    return [first, biases, second, np.array([0.5, 0.5], "float32"), np.ones((2, 1), "float32"), np.zeros(1, "float32")]


def test_what_is_left_was_worked_out_by_hand() -> None:
    found = shrink(made(by_hand()))
    assert found.inputs.tolist() == [0, 1]
    kernel, bias, second, second_bias, *_ = found.network.get_weights()
    # The unit with bias 2 is constant, and the third one's sum is at most 1 + 1 - 2 = 0; 3 · 2 and 1 · 2 are added.
    assert (kernel.tolist(), bias.tolist()) == ([[1.0], [1.0]], [0.5])
    assert (second.tolist(), second_bias.tolist()) == ([[1.0, -1.0]], [6.5, 2.5])


def test_a_unit_that_could_be_active_once_stays() -> None:
    weights = by_hand()
    weights[1][2] = -1.999
    assert shrink(made(weights)).network.get_weights()[0].shape == (2, 2)


def test_the_network_that_was_given_stays_as_it_was() -> None:
    network = made(by_hand())
    shrink(network)
    for weight, expected in zip(network.get_weights(), by_hand(), strict=True):
        np.testing.assert_array_equal(weight, expected)


def test_a_network_that_reads_nothing_keeps_one_input_and_one_unit_of_each_layer() -> None:
    weights = [np.zeros_like(weight) if weight.ndim == 2 else weight for weight in sparse_weights(1, 0.0)]
    found = shrink(made(weights))
    assert found.inputs.tolist() == [0]
    assert [kernel.shape for kernel in networks.kernels(found.network)] == [(1, 1), (1, 1), (1, 2)]
    np.testing.assert_allclose(found.network(np.ones((1, 1)))[0], weights[-1], atol=1e-6)
