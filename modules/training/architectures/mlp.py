"""Dense layers of one width, one behind the other."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from modules.base.settings import SearchSpace
from modules.contracts.architecture import Architecture
from modules.training.architectures.kind import Bytes, Values


def choices(space: SearchSpace) -> dict[str, Sequence[Any]]:
    """Returns the values of each hyperparameter, as `Kind` has it."""
    return {
        "layers": space.layers,
        "units": space.units,
        "dropout": space.dropout,
        "activation": space.activation,
    }


def architecture(values: Values) -> Architecture:
    """Returns the network of a configuration."""
    return Architecture.stack([values["units"]] * values["layers"], values["activation"], values["dropout"])


def active(values: Values) -> set[str]:
    """Returns what the network depends on: all of it."""
    return {"layers", "units", "dropout", "activation"}


def small(space: SearchSpace, bytes_of: Bytes) -> Iterable[Architecture]:
    """Yields all shapes."""
    for layers, units in itertools.product(space.layers, space.units):
        yield Architecture.stack([units] * layers, space.activation[0], 0.0)
