"""A larger network that answers as a smaller one does (Chen et al., 2016, arXiv:1511.05641).

A hidden layer is widened by units that are copies of others: what a unit sent on is shared out among its copies. A
network is deepened by a layer that changes nothing of what it reads, behind its last hidden layer; that holds where the
activation leaves alone what it has already been applied to, as relu does.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

# Activations for which f(f(x)) = f(x), as far as float32 tells them apart.
IDEMPOTENT = ("relu", "linear")

Layer = tuple[np.ndarray, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Stack:
    """The hidden layers of a network, each of which reads the one before.

    Attributes:
        units: The width of each.
        activations: The activation of each, by its Keras name.
    """

    units: tuple[int, ...]
    activations: tuple[str, ...]


def growth(parent: Stack, child: Stack) -> str | None:
    """Tells how a child's network comes of its parent's.

    Returns:
        `copied` (the same shape), `widened`, `deepened` or `widened and deepened`; None where it does not: it has
        another activation, a narrower or a missing layer, or one more behind an activation that is not idempotent.
    """
    before, depth = list(parent.units), len(parent.units)
    added = child.activations[depth:]
    if len(child.units) < depth or child.activations[:depth] != parent.activations:
        return None
    if added and not (before and parent.activations[-1] in IDEMPOTENT and {*added} == {parent.activations[-1]}):
        return None
    before += before[-1:] * len(added)
    if any(narrow > wide for narrow, wide in zip(before, child.units, strict=True)):
        return None
    ways = ["widened"] * (tuple(before) != child.units) + ["deepened"] * bool(added)
    return " and ".join(ways) or "copied"


def grown(weights: Sequence[np.ndarray], units: Sequence[int], seed: int) -> list[np.ndarray]:
    """Returns the weights of a larger network that answers alike: bit for bit if deepened, within rounding if widened.

    Args:
        weights: Kernel, float32 [inputs, units], and bias, float32 [units], of each layer in turn, the last one behind
            the hidden layers.
        units: Widths of the hidden layers that it is to have; see `growth` for what may be asked.
        seed: Draws which units are copied.
    """
    layers = [*zip(weights[::2], weights[1::2], strict=True)]
    random = np.random.default_rng(seed)
    while len(layers) - 1 < len(units):
        width = len(layers[-2][1])
        layers.insert(-1, (np.eye(width, dtype=np.float32), np.zeros(width, np.float32)))
    for place, width in enumerate(units):
        if width > len(layers[place][1]):
            layers[place : place + 2] = widened(layers[place], layers[place + 1], width, random)
    return [part for layer in layers for part in layer]


def widened(layer: Layer, following: Layer, width: int, random: np.random.Generator) -> list[Layer]:
    """Returns a layer with more units, and the following one, which reads the same of it.

    The paper shares out equally, and breaks the tie between copies by noise or dropout. Here the shares are uneven, and
    some may be negative: copies then learn different things, and the answers stay.

    Args:
        layer: Kernel and bias of the layer.
        following: Kernel and bias of the one that reads it.
        width: Its units afterwards.
        random: Draws which units are copied, and the shares.
    """
    kernel, bias = layer
    read, read_bias = following
    before = len(bias)
    source = np.concatenate([np.arange(before), random.integers(before, size=width - before)])
    copies = np.bincount(source, minlength=before)
    drawn = random.normal(size=(width, read.shape[1]))
    means = np.zeros((before, read.shape[1]))
    np.add.at(means, source, drawn)
    means /= copies[:, None]
    shares = 1 / copies[source][:, None] + (drawn - means[source])
    shared = (shares * read[source].astype(np.float64)).astype(np.float32)
    return [(kernel[:, source], bias[source]), (shared, read_bias)]
