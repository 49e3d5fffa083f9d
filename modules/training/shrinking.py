"""Taking out of a network what provably changes no answer: units that are constant or that nobody reads, and inputs.

A pruned network computes with its zeros like with any other number. Whole rows and columns of zeros are what can be
left out of its matrices for real. A unit that is never active on the training rows is not enough: it has to be so for
every input in the encoder's range, which interval arithmetic shows.
"""

import dataclasses

import numpy as np
import tf_keras

# Every element of an encoded row lies between these.
_LOWEST, _HIGHEST = -1.0, 1.0
_NEVER_NEGATIVE = "relu"
# What an activation that does not rise throughout does not fall below.
_DIPS = {"swish": -0.2785, "silu": -0.2785}


@dataclasses.dataclass(frozen=True, eq=False)
class ShrunkNetwork:
    """A network with the same answers and smaller matrices.

    Attributes:
        network: The network; it reads just the inputs that are kept.
        inputs: Their places among those of the network before, int64, rising.
    """

    network: tf_keras.Sequential
    inputs: np.ndarray


@dataclasses.dataclass
class _Layer:
    """A dense layer: its config, and kernel [in, out] and bias [out] in float64."""

    config: dict
    kernel: np.ndarray
    bias: np.ndarray

    def activate(self, values: np.ndarray) -> np.ndarray:
        """Returns what the layer makes of the sums of its units."""
        return np.asarray(tf_keras.activations.get(self.config["activation"])(values))

    def bounds(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns the least and the largest sum of each unit, for inputs between two bounds each."""
        rising, falling = np.maximum(self.kernel, 0), np.minimum(self.kernel, 0)
        return self.bias + low @ rising + high @ falling, self.bias + high @ rising + low @ falling


def shrink(network: tf_keras.Sequential) -> ShrunkNetwork:
    """Leaves out what changes no answer, until nothing more is found.

    A unit whose output is the same for all inputs goes into the biases of the next layer; a unit that no weight reads
    goes, and so does an input. One unit of each layer and one input stay.

    Args:
        network: Dense layers; inputs lie in [-1, 1]. It is not changed.
    """
    layers = [
        _Layer(layer.get_config(), *(weight.astype(np.float64) for weight in layer.get_weights()))
        for layer in network.layers
        if isinstance(layer, tf_keras.layers.Dense)
    ]
    inputs = np.arange(len(layers[0].kernel))
    before = -1
    while before != (before := sum(layer.kernel.size for layer in layers)):
        _fold_constants(layers)
        for reader, made in zip(layers[:0:-1], layers[-2::-1], strict=True):
            _keep_units(made, reader, _read(reader))
        read = _read(layers[0])
        layers[0].kernel, inputs = layers[0].kernel[read], inputs[read]
    return ShrunkNetwork(_built(layers, len(inputs)), inputs)


def _read(layer: _Layer) -> np.ndarray:
    """Tells of each input of a layer whether a weight reads it; where none is read, the first one counts as read."""
    return _at_least_one((layer.kernel != 0).any(axis=1))


def _at_least_one(kept: np.ndarray) -> np.ndarray:
    if not kept.any():
        kept[0] = True
    return kept


def _fold_constants(layers: list[_Layer]) -> None:
    """Leaves out the units whose output is the same for all inputs, and adds it to the next layer's biases."""
    low, high = np.full(len(layers[0].kernel), _LOWEST), np.full(len(layers[0].kernel), _HIGHEST)
    for layer, reader in zip(layers[:-1], layers[1:], strict=True):
        least, most = layer.bounds(low, high)
        varies = least < most
        if layer.config["activation"] == _NEVER_NEGATIVE:
            varies &= most > 0
        varies = _at_least_one(varies)
        outputs = layer.activate(least)
        reader.bias = reader.bias + outputs[~varies] @ reader.kernel[~varies]
        _keep_units(layer, reader, varies)
        low, high = _range(layer, least[varies], most[varies])


def _range(layer: _Layer, least: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the bounds of a layer's outputs, from those of its sums; all activations rise, but for the dip of one."""
    low, high = layer.activate(least), layer.activate(most)
    return np.minimum(np.minimum(low, high), _DIPS.get(layer.config["activation"], np.inf)), np.maximum(low, high)


def _keep_units(layer: _Layer, reader: _Layer, kept: np.ndarray) -> None:
    layer.kernel, layer.bias, reader.kernel = layer.kernel[:, kept], layer.bias[kept], reader.kernel[kept]


def _built(layers: list[_Layer], inputs: int) -> tf_keras.Sequential:
    dense = [tf_keras.layers.Dense.from_config(layer.config | {"units": layer.kernel.shape[1]}) for layer in layers]
    made = tf_keras.Sequential([tf_keras.layers.InputLayer((inputs,), name="encoded"), *dense], name="network")
    made.set_weights([weight for layer in layers for weight in (layer.kernel, layer.bias)])
    return made
