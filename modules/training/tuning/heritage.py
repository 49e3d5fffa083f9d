"""What a trial takes over of the trial that it comes of."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modules.contracts.architecture import Architecture
from modules.training.architectures.kinds import architecture_of
from modules.training.estimating import net2net
from modules.training.estimating.net2net import Stack


def inherited(
    parent: Mapping[str, Any], child: Mapping[str, Any], weights: Sequence[np.ndarray], seed: int
) -> tuple[list[np.ndarray] | None, str | None]:
    """Returns the weights that a trial starts from, with which its network answers as its parent's does.

    A plain stack of layers may grow; any other network has its parent's weights where nothing but dropout or the
    learning rate changed.

    Args:
        parent: The parent's hyperparameters.
        child: The trial's.
        weights: Those of the parent's network, in the order of its layers.
        seed: Draws which units are copied.

    Returns:
        The weights, and how the network came of its parent's; None and None where it does not, and is trained anew.
    """
    before, after = architecture_of(parent), architecture_of(child)
    if _without_dropout(before) == _without_dropout(after):
        return [*weights], "copied"
    if not (_is_plain(before) and _is_plain(after)):
        return None, None
    way = net2net.growth(_stack(before), _stack(after))
    return (None, None) if way is None else (net2net.grown(weights, _stack(after).units, seed), way)


def _without_dropout(architecture: Architecture) -> Architecture:
    nodes = tuple(dataclasses.replace(node, dropout=0.0) for node in architecture.nodes)
    return dataclasses.replace(architecture, nodes=nodes)


def _is_plain(architecture: Architecture) -> bool:
    return architecture.is_stack and all(node.normalization == "none" for node in architecture.nodes)


def _stack(architecture: Architecture) -> Stack:
    nodes = architecture.nodes
    return Stack(tuple(node.units for node in nodes), tuple(node.activation for node in nodes))
