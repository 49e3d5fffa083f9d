"""The network that methods take gradients of."""

import types
from typing import Any

import numpy as np
import pytest
import tf_keras

from components import asked_model, training_inputs
from modules.training import model, serving
from modules.training.architectures import macro

pytestmark = pytest.mark.unit

NORMALIZED = {
    "layers": 2,
    "units_1": 6,
    "units_2": 4,
    "activation_1": "relu",
    "activation_2": "swish",
    "skip_2": "add",
    "dropout": 0.2,
    "normalization": "batch",
}


def test_the_network_that_is_asked_has_kernels_and_biases_alone_and_the_same_logits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trained = model.build_network(5, macro.architecture(NORMALIZED), seed=1)
    generator = np.random.default_rng(0)
    trained.set_weights([generator.uniform(0.5, 1.5, weight.shape) for weight in trained.get_weights()])
    stored = types.SimpleNamespace(names=[]), trained
    monkeypatch.setattr(training_inputs, "model_directory", lambda inputs, key: key)
    monkeypatch.setattr(serving, "load_parts", lambda directory: stored)
    asked: Any = types.SimpleNamespace(inputs={}, run=None)

    network = asked_model.AskedModel.network.func(asked).network  # type: ignore[attr-defined]

    kept = (tf_keras.layers.BatchNormalization, tf_keras.layers.Dropout)
    assert any(isinstance(layer, kept) for layer in trained.layers)
    assert not any(isinstance(layer, kept) for layer in network.layers)
    assert [weight.ndim for weight in network.get_weights()] == [2, 1] * (len(network.get_weights()) // 2)
    rows = generator.uniform(-1, 1, (20, 5)).astype(np.float32)
    np.testing.assert_allclose(network(rows), trained(rows, training=False), atol=1e-5)
