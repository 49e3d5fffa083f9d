"""What pruning and quantization ask of a trained network: its dense layers alone, its kernels, its zeros."""

import gzip

import numpy as np
import tf_keras


def without_dropout(network: tf_keras.Sequential) -> tf_keras.Sequential:
    """Returns the network as it runs: the same dense layers with copies of their weights, and no dropout."""
    layers = [tf_keras.layers.InputLayer(network.input_shape[1:], name="encoded")]
    layers += [
        tf_keras.layers.Dense.from_config(layer.get_config())
        for layer in network.layers
        if isinstance(layer, tf_keras.layers.Dense)
    ]
    copy = tf_keras.Sequential(layers, name="network")
    copy.set_weights(network.get_weights())
    return copy


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
