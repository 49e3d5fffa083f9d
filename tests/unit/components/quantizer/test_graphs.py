"""Networks that are no stacks, in every numeric form: each operation that a search space can express."""

import functools
import tempfile
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
import tf_keras
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tensorflow.lite.tools import flatbuffer_utils

from components.pruner import pruning
from components.quantizer import forms
from modules.base.settings import Pruner, Quantizer
from modules.tasks import Target
from modules.tflite import conversion
from modules.training import network as networks
from modules.training import serving
from modules.training.architectures.kinds import architecture_of
from modules.training.loop import ValidationScore, hard_loss
from modules.training.model import build_network
from modules.training.searching.sizing import FileSize

pytestmark = pytest.mark.unit

WIDTH, INT8 = 40, 9
TARGET = Target("binary", ("no", "yes"))
X = np.random.default_rng(17).uniform(-1, 1, size=(320, WIDTH)).astype("float32")

USUAL = {"kind": "micro", "cells": 1, "units": 16, "dropout": 0.1}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "gated": USUAL | {"nodes": 1, "operation_1": "gated", "activation": "tanh", "normalization": "batch"},
    "cross of a sum": USUAL
    | {"nodes": 2, "operation_1": "dense", "operation_2": "cross", "input_2": 1, "second_2": 0}
    | {"activation": "relu", "normalization": "none"},
    "identity beside elu": USUAL
    | {"nodes": 2, "operation_1": "dense", "operation_2": "identity", "input_2": 0, "second_2": -1}
    | {"activation": "elu", "normalization": "batch"},
    "connections": {"kind": "macro", "layers": 3, "dropout": 0.1, "normalization": "batch"}
    | {"units_1": 16, "units_2": 16, "units_3": 24}
    | {"activation_1": "relu", "activation_2": "swish", "activation_3": "swish", "skip_2": "add", "skip_3": "add"},
}


def rows() -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((X, (X[:, :1] > 0).astype("float32"))).batch(32)


class Made:
    """A pruned network, and each of its forms."""

    def __init__(self, name: str):
        self.architecture = architecture_of(CONFIGURATIONS[name])
        score, loss = ValidationScore(rows(), TARGET, "auc"), hard_loss("binary")
        trained = build_network(WIDTH, self.architecture, seed=7)
        random = np.random.default_rng(1)
        trained.set_weights([w + random.uniform(0, 0.1, w.shape) for w in trained.get_weights()])
        settings = Pruner(epochs=2, learning_rate=0.01)
        self.pruned = pruning.prune(trained, rows(), rows(), score, loss, settings, 10, 0.5)
        self.float32 = self._convert(self.pruned)
        quantized = forms.quantize_network(self.pruned)
        ranges = forms.calibrate(quantized, self.pruned, rows())
        with forms.calibrated(quantized, ranges):
            int8_ptq = self._convert(quantized, conversion.dynamic_range)
        self.forms = {
            "float32": self.float32,
            "float16": conversion.with_float16_weights(self.float32),
            "dynamic_range": self._convert(self.pruned, conversion.dynamic_range),
            "int8_ptq": int8_ptq,
        }
        self.expected = {name: self._answer(self.pruned) for name in self.forms}
        forms.train_quantized(quantized, rows(), rows(), score, loss, Quantizer(epochs=1, learning_rate=0.001))
        self.forms["int8_qat"] = self._convert(quantized, conversion.dynamic_range)
        self.expected["int8_qat"] = self._answer(quantized)
        by_name = {layer.name: layer for layer in quantized.layers}
        self.kernels = [
            (layer.get_weights()[0], networks.kernels(by_name.get(f"quant_{layer.name}", by_name.get(layer.name)))[0])
            for layer in self.pruned.layers
            if isinstance(layer, tf_keras.layers.Dense)
        ]

    def _convert(self, network: tf_keras.Model, configure: Any = None) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            serving.export_network(folder, TARGET, network)
            return conversion.to_tflite(folder, configure)

    def _answer(self, network: tf_keras.Model) -> np.ndarray:
        return serving.answer(TARGET, network(X, training=False)).numpy()


@functools.cache
def made(name: str) -> Made:
    return Made(name)


def predicted(content: bytes, kernels: OpResolverType = OpResolverType.AUTO) -> np.ndarray:
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=kernels)
    return interpreter.get_signature_runner()(encoded=X)[TARGET.tensor]


FORMS = {"float32": 1e-6, "float16": 2e-3, "dynamic_range": 0.02, "int8_ptq": 0.02, "int8_qat": 0.04}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_form_runs_with_built_in_operations_and_agrees_with_keras(name: str, form: str) -> None:
    content = made(name).forms[form]
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    assert [code.customCode for code in flat.operatorCodes if code.customCode] == []
    answers = predicted(content)
    np.testing.assert_allclose(answers, made(name).expected[form], atol=FORMS[form])
    reference = predicted(content, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    np.testing.assert_allclose(answers, reference, atol=max(1e-6, FORMS[form]))


@pytest.mark.parametrize("form", ["int8_ptq", "int8_qat"])
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_all_weights_but_the_last_are_int8(name: str, form: str) -> None:
    flat = flatbuffer_utils.convert_bytearray_to_object(bytearray(made(name).forms[form]))
    (graph,) = flat.subgraphs
    kinds = [
        graph.tensors[operator.inputs[1]].type
        for operator in graph.operators
        if flatbuffer_utils.opcode_to_name(flat, operator.opcodeIndex) == "FULLY_CONNECTED"
    ]
    assert kinds == [INT8] * len(made(name).architecture.dense) + [0]


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_half_of_each_layer_is_pruned_and_stays_so(name: str) -> None:
    assert networks.sparsity(made(name).pruned) == pytest.approx(0.5, abs=0.01)
    kinds = {type(layer).__name__ for layer in made(name).pruned.layers}
    assert kinds <= {"InputLayer", "Dense", "Add", "Multiply"}
    for before, after in made(name).kernels[:-1]:  # the last layer is not wrapped
        assert not after[before == 0].any()
        assert (after[before != 0] != before[before != 0]).any()


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_bytes_were_known_beforehand(name: str) -> None:
    stack = build_network(WIDTH, architecture_of({"layers": 1, "units": 8, "activation": "relu", "dropout": 0}), 1)
    rest = len(made(name)._convert(stack)) - 4 * stack.count_params()
    for form, content in made(name).forms.items():
        size = FileSize(rest, 1, form).of_architecture(WIDTH, made(name).architecture)
        # Before the network lie some ten thousand bytes of preprocessing, of which it is 5 %.
        assert abs(size - len(content)) < 0.05 * (10_000 + len(content)), form
