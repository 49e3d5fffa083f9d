"""What is left out of a network that is no stack changes no answer either."""

from typing import Any

import numpy as np
import pytest
import tf_keras

from modules.contracts.architecture import ADD, DENSE, MULTIPLY, Architecture, Node
from modules.training import network as networks
from modules.training.architectures import macro, micro
from modules.training.model import build_network
from modules.training.shrinking import shrink

pytestmark = pytest.mark.unit

WIDTH = 9


def rows(width: int) -> np.ndarray:
    signs = np.random.default_rng(1).choice([-1.0, 0.0, 1.0], (1_500, width))
    between = np.random.default_rng(2).uniform(-1, 1, (500, width))
    return np.concatenate([signs, between]).astype("float32")


def sparse(architecture: Architecture, seed: int, zeros: float) -> tf_keras.Model:
    """Returns a network of which a share of the weights is zero."""
    network = networks.without_dropout(build_network(WIDTH, architecture, seed, outputs=2))
    generator = np.random.default_rng(seed)
    weights = [generator.normal(size=weight.shape) for weight in network.get_weights()]
    network.set_weights([np.where(generator.random(w.shape) < zeros, 0, w) if w.ndim == 2 else w for w in weights])
    return network


def drawn(seed: int) -> Architecture:
    """Draws a network."""
    random = np.random.default_rng(seed)
    activation = ["relu", "tanh", "swish", "elu"][seed % 4]
    usual: dict[str, Any] = {"dropout": 0.0, "normalization": "none"}
    if seed % 2:
        layers: dict[str, Any] = {f"units_{number}": int(random.choice([3, 6])) for number in (1, 2, 3)}
        layers |= {f"activation_{number}": activation for number in (1, 2, 3)}
        return macro.architecture({"layers": 3, "skip_2": "add", "skip_3": "add", **usual, **layers})
    chosen: dict[str, Any] = {"nodes": 3, "cells": 2, "units": 6, "activation": activation}
    for number in (1, 2, 3):
        chosen[f"operation_{number}"] = str(random.choice(["dense", "gated", "identity", "cross"]))
        chosen[f"input_{number}"] = int(random.integers(number))
        chosen[f"second_{number}"] = int(random.integers(-1, number))
    return micro.architecture({**usual, **chosen})


@pytest.mark.parametrize("zeros", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("seed", range(16))
def test_a_shrunk_graph_answers_the_same(seed: int, zeros: float) -> None:
    network = sparse(drawn(seed), seed, zeros)
    found = shrink(network)
    x = rows(WIDTH)
    expected = network(x).numpy()
    np.testing.assert_allclose(found.network(x[:, found.inputs]), expected, atol=1e-6 * max(1, np.abs(expected).max()))
    assert networks.weight_count(found.network) <= networks.weight_count(network)


def connected(operation: str, read: list[list[float]]) -> tf_keras.Model:
    """Returns two layers of three units, whose sum or product the logit reads; the second one reads the first."""
    nodes = (
        Node("first", DENSE, ("encoded",), 3, "relu"),
        Node("second", DENSE, ("first",), 3, "relu"),
        Node("merged", operation, ("first", "second"), 3),
    )
    network = networks.without_dropout(build_network(2, Architecture(nodes, "macro"), seed=1))
    network.get_layer("first").set_weights([np.array([[1, 1, 0.5], [1, -1, 0]]), np.array([0, 0, 3])])
    network.get_layer("second").set_weights([np.array([[1, 0, 1], [1, 0, 0], [0, 0, 0]]), np.array([0, -1, 1])])
    network.get_layer("logit").set_weights([np.array(read), np.zeros(1)])
    return network


def test_a_unit_stays_where_only_one_part_of_a_sum_is_dead() -> None:
    # The second unit of the second layer is dead, but that of the first layer is added to it, and is read.
    found = shrink(connected(ADD, [[1.0], [1.0], [1.0]]))
    assert [weight.shape for weight in networks.kernels(found.network)] == [(2, 3), (3, 3), (3, 1)]


def test_a_unit_of_a_product_with_a_dead_one_goes_where_nobody_else_reads_it() -> None:
    # The second unit's product is 0; the first layer's unit is read by the second layer, so it stays.
    found = shrink(connected(MULTIPLY, [[1.0], [1.0], [1.0]]))
    assert [weight.shape for weight in networks.kernels(found.network)] == [(2, 3), (3, 3), (3, 1)]
    # Where the second layer does not read it, it goes from both.
    network = connected(MULTIPLY, [[1.0], [1.0], [1.0]])
    kernel, bias = network.get_layer("second").get_weights()
    kernel[1] = 0
    network.get_layer("second").set_weights([kernel, bias])
    found = shrink(network)
    assert [weight.shape for weight in networks.kernels(found.network)] == [(2, 2), (2, 2), (2, 1)]
    x = rows(2)
    np.testing.assert_allclose(found.network(x), network(x), atol=1e-6)


def test_a_unit_that_is_read_by_nobody_goes_from_all_parts_of_a_sum() -> None:
    # Nothing reads the third unit, neither of the sum nor of the first layer.
    found = shrink(connected(ADD, [[1.0], [1.0], [0.0]]))
    assert [weight.shape for weight in networks.kernels(found.network)] == [(2, 2), (2, 2), (2, 1)]
