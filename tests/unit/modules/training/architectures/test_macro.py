"""Layers worked out by hand."""

from typing import Any

import numpy as np
import pytest
import tf_keras

from modules.training import network as networks
from modules.training.architectures import macro
from modules.training.model import build_network

pytestmark = pytest.mark.unit


def values(*layers: tuple[int, str, str], normalization: str = "none", dropout: float = 0.0) -> dict[str, Any]:
    """Returns the hyperparameters of layers: width, activation, and whether a connection passes each."""
    made: dict[str, Any] = {"layers": len(layers), "normalization": normalization, "dropout": dropout}
    for number, (units, activation, skip) in enumerate(layers, 1):
        made |= {f"units_{number}": units, f"activation_{number}": activation, f"skip_{number}": skip}
    return made


def test_each_layer_has_its_own_width_and_activation() -> None:
    found = build_network(5, macro.architecture(values((7, "relu", "none"), (3, "tanh", "none"))), seed=1)
    assert isinstance(found, tf_keras.Sequential)
    assert [weight.shape for weight in found.get_weights()] == [(5, 7), (7,), (7, 3), (3,), (3, 1), (1,)]
    assert found.get_layer("hidden_1").activation is tf_keras.activations.tanh


def test_a_connection_adds_what_the_layer_reads() -> None:
    found = build_network(2, macro.architecture(values((2, "linear", "none"), (2, "relu", "add"))), seed=1)
    found.get_layer("hidden_0").set_weights([np.eye(2), np.zeros(2)])
    found.get_layer("hidden_1").set_weights([np.eye(2), np.array([-1.5, 0.0])])
    found.get_layer("logit").set_weights([np.array([[1.0], [10.0]]), np.zeros(1)])
    # (1, 2) + relu(1 - 1.5, 2) = (1, 4)
    assert found(np.array([[1.0, 2.0]])).numpy().tolist() == [[41.0]]


def test_between_two_widths_lies_a_layer_without_activation() -> None:
    found = macro.architecture(values((4, "relu", "none"), (3, "relu", "add")))
    assert [(node.name, node.inputs, node.units) for node in found.nodes[1:]] == [
        ("hidden_1", ("hidden_0",), 3),
        ("past_1", ("hidden_0",), 3),
        ("sum_1", ("past_1", "hidden_1"), 3),
    ]
    assert found.nodes[2].activation == "linear"


def test_a_connection_past_the_first_layer_is_none() -> None:
    assert "skip_1" not in macro.active(values((4, "relu", "none")))


@pytest.mark.parametrize("skip", ["none", "add"])
def test_batch_normalization_folds_into_the_layers_before_it(skip: str) -> None:
    shape = values((6, "relu", "none"), (6, "swish", skip), (4, "tanh", skip), normalization="batch", dropout=0.2)
    found = build_network(5, macro.architecture(shape), seed=1, outputs=3)
    generator = np.random.default_rng(1)
    for layer in found.layers:
        if isinstance(layer, tf_keras.layers.BatchNormalization):
            layer.set_weights([generator.uniform(0.3, 2, weight.shape) for weight in layer.get_weights()])
    plain = networks.without_dropout(found)
    rows = generator.uniform(-1, 1, (400, 5)).astype("float32")
    np.testing.assert_allclose(plain(rows), found(rows, training=False), atol=1e-6)
    kinds = {type(layer) for layer in plain.layers} - {tf_keras.layers.InputLayer}
    assert kinds == {tf_keras.layers.Dense} | ({tf_keras.layers.Add} if skip == "add" else set())
