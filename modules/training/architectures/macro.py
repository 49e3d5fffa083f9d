"""Dense layers one behind the other, each with a width and an activation of its own, and connections past them.

Such chains are what AutoML searches first on tables (TabNAS: Yang et al., 2022, arXiv:2204.07615); with connections
past a layer they are the residual networks of Gorishniy et al. (2021, arXiv:2106.11959).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from modules.base.settings import SearchSpace
from modules.contracts.architecture import ADD, DENSE, ENCODED, Architecture, Node
from modules.training.architectures.kind import Bytes, Values

_NO_SKIP = "none"


def choices(space: SearchSpace) -> dict[str, Sequence[Any]]:
    """Returns the values of each hyperparameter, as `Kind` has it.

    The first layer reads the encoded row, past which no connection goes: it would have as many weights again.
    """
    numbers = range(1, max(space.layers) + 1)
    return {
        "layers": space.layers,
        **{f"units_{number}": space.units for number in numbers},
        **{f"activation_{number}": space.activation for number in numbers},
        **{f"skip_{number}": space.skip for number in numbers if number > 1},
        "dropout": space.dropout,
        "normalization": space.normalization,
    }


def architecture(values: Values) -> Architecture:
    """Returns the network of a configuration.

    Where the widths before and behind a connection differ, a dense layer without activation lies in it, as in He et
    al. (2016, arXiv:1512.03385).
    """
    nodes: list[Node] = []
    before, width = ENCODED, 0
    for number in range(1, values["layers"] + 1):
        name, units = f"hidden_{number - 1}", values[f"units_{number}"]
        nodes.append(
            Node(
                name,
                DENSE,
                (before,),
                units,
                values[f"activation_{number}"],
                values["normalization"],
                values["dropout"],
            )
        )
        if values.get(f"skip_{number}", _NO_SKIP) != _NO_SKIP:
            past = before
            if units != width:
                past = f"past_{number - 1}"
                nodes.append(Node(past, DENSE, (before,), units))
            nodes.append(Node(f"sum_{number - 1}", ADD, (past, name), units))
        before, width = nodes[-1].name if nodes[-1].operation == ADD else name, units
    return Architecture(tuple(nodes), "macro")


def active(values: Values) -> set[str]:
    """Returns what the network depends on: of the layers, those that it has."""
    numbers = range(1, values["layers"] + 1)
    parts = {f"{part}_{number}" for part in ("units", "activation", "skip") for number in numbers} - {"skip_1"}
    return {"layers", "dropout", "normalization"} | parts


def small(space: SearchSpace, bytes_of: Bytes) -> Iterable[Architecture]:
    """Yields the smallest chain of each depth, last width and activation.

    Of the chains that end alike, the shorter one that is smallest stays so behind whatever follows: bytes add up.
    """
    skip = _NO_SKIP if _NO_SKIP in space.skip else space.skip[0]

    def chain(widths: Sequence[int], activation: str) -> Architecture:
        chosen: dict[str, Any] = {"layers": len(widths), "dropout": 0.0, "normalization": "none"}
        for number, width in enumerate(widths, 1):
            chosen |= {f"units_{number}": width, f"activation_{number}": activation, f"skip_{number}": skip}
        return architecture({**chosen, "skip_1": _NO_SKIP})

    for activation in space.activation:
        best: list[list[int]] = [[]]
        for depth in range(1, max(space.layers) + 1):
            best = [
                min(([*before, last] for before in best), key=lambda widths: bytes_of(chain(widths, activation)))
                for last in space.units
            ]
            if depth in space.layers:
                yield from (chain(widths, activation) for widths in best)
