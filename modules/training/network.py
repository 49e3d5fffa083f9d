"""What pruning and quantization ask of a trained network: its operations alone, its kernels, its zeros."""

import dataclasses
import gzip
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras

from modules.contracts.architecture import ADD, DENSE, ENCODED, MULTIPLY

#: An operation of networks that are quantized: an activation by itself.
ACTIVATE = "activate"
#: The name of every network.
NETWORK = "network"
#: The layers that merge what several nodes give.
MERGING: Mapping[str, type[tf_keras.layers.Layer]] = {
    ADD: tf_keras.layers.Add,
    MULTIPLY: tf_keras.layers.Multiply,
}


@dataclasses.dataclass
class Operation:
    """One operation of a network as it runs.

    Attributes:
        name: Its name.
        kind: `dense`, `add`, `multiply` or `activate`.
        inputs: The names of the operations that it reads; `encoded` is the network's input.
        config: Of a dense layer, what Keras makes it of; of an activation, `activation`.
        kernel: Of a dense layer, [in, out].
        bias: Of a dense layer, [out].
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    config: dict[str, Any] = dataclasses.field(default_factory=dict)
    kernel: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros((0, 0)))
    bias: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0))


def operations(network: tf_keras.Model) -> list[Operation]:
    """Returns what a network computes once it is trained, each operation after those that it reads.

    Dropout is left out. Batch normalization and the activation behind it go into the dense layer before them: with
    mean m, variance v, scale g and shift s, W x + b becomes (W h) x + (b - m) h + s with h = g / sqrt(v + epsilon).

    Args:
        network: What `model.build_network` builds, or `built` made.
    """
    made: dict[str, Operation] = {}
    stands_for = {ENCODED: ENCODED}  # by a layer's name, the operation that gives what it gives
    before = [ENCODED]
    for layer in network.layers:
        if isinstance(layer, tf_keras.layers.InputLayer):
            stands_for[layer.name] = ENCODED
            continue
        if not isinstance(network, tf_keras.Sequential):
            before = [tensor._keras_history.layer.name for tensor in tf.nest.flatten(layer.input)]
        read = tuple(stands_for[name] for name in before)
        stands_for[layer.name], before = read[0], [layer.name]
        if isinstance(layer, tf_keras.layers.Dense):
            made[layer.name] = Operation(layer.name, DENSE, read, layer.get_config(), *layer.get_weights())
        elif kind := next((kind for kind, merging in MERGING.items() if isinstance(layer, merging)), None):
            made[layer.name] = Operation(layer.name, kind, read)
        elif isinstance(layer, tf_keras.layers.BatchNormalization):
            _fold(made[read[0]], layer)
            continue
        elif isinstance(layer, tf_keras.layers.Activation):
            made[read[0]].config["activation"] = layer.get_config()["activation"]
            continue
        else:
            continue  # dropout
        stands_for[layer.name] = layer.name
    return list(made.values())


def _fold(dense: Operation, layer: tf_keras.layers.BatchNormalization) -> None:
    """Puts batch normalization into the dense layer before it."""
    scale, shift, mean, variance = (weight.astype(np.float64) for weight in layer.get_weights())
    factor = scale / np.sqrt(variance + layer.epsilon)
    dense.bias = ((dense.bias - mean) * factor + shift).astype(np.float32)
    dense.kernel = (dense.kernel * factor).astype(np.float32)


def built(made: Sequence[Operation], inputs: int) -> tf_keras.Model:
    """Builds the network of some operations: a Sequential model where each reads the one before.

    Args:
        made: The operations, each after those that it reads; the last one gives the logits.
        inputs: Length of the encoded row.
    """
    layers = {operation.name: _layer(operation) for operation in made}
    before = [(ENCODED,), *((operation.name,) for operation in made[:-1])]
    if all(operation.inputs == read for operation, read in zip(made, before, strict=True)):
        stack = [tf_keras.layers.InputLayer((inputs,), name=ENCODED), *layers.values()]
        network = tf_keras.Sequential(stack, name=NETWORK)
    else:
        tensors = {ENCODED: tf_keras.Input((inputs,), name=ENCODED)}
        for operation in made:
            read = [tensors[name] for name in operation.inputs]
            tensors[operation.name] = layers[operation.name](read[0] if len(read) == 1 else read)
        network = tf_keras.Model(tensors[ENCODED], tensors[made[-1].name], name=NETWORK)
    for operation in made:
        if operation.kind == DENSE:
            layers[operation.name].set_weights([operation.kernel, operation.bias])
    return network


def _layer(operation: Operation) -> tf_keras.layers.Layer:
    if operation.kind == DENSE:
        return tf_keras.layers.Dense.from_config(operation.config | {"units": operation.kernel.shape[1]})
    if operation.kind == ACTIVATE:
        return tf_keras.layers.Activation(operation.config["activation"], name=operation.name)
    return MERGING[operation.kind](name=operation.name)


def without_dropout(network: tf_keras.Model) -> tf_keras.Model:
    """Returns the network as it runs: dense layers, sums and products, with copies of their weights, and no dropout."""
    return built(operations(network), network.input_shape[-1])


def kernels(network: tf_keras.Model) -> list[np.ndarray]:
    """Returns the kernels of the dense layers, in order, float32 [in, out]; tfmot's wrappers are allowed."""
    return [variable.numpy() for variable in network.trainable_variables if "kernel" in variable.name]


def weight_count(network: tf_keras.Model) -> int:
    """Returns how many weights the kernels have; biases do not count."""
    return sum(kernel.size for kernel in kernels(network))


def hidden_units(network: tf_keras.Model) -> int:
    """Returns how many units the hidden layers have."""
    return sum(kernel.shape[1] for kernel in kernels(network)[:-1])


def sparsity(network: tf_keras.Model, weights: int | None = None) -> float:
    """Returns the share of the kernels' weights that are exactly zero, in [0, 1]; biases do not count.

    Args:
        network: The network.
        weights: How many weights it had before some were left out, which count as zeros.
    """
    left = sum(int(np.count_nonzero(kernel)) for kernel in kernels(network))
    return 1 - left / (weight_count(network) if weights is None else weights)


def gzip_bytes(network: tf_keras.Model) -> int:
    """Returns the size of the network's float32 weights after gzip (level 9), in bytes: what zeros really save."""
    return len(gzip.compress(b"".join(weight.astype("<f4").tobytes() for weight in network.get_weights()), 9))
