"""The network of a trial in a few words, where each layer or node has hyperparameters of its own."""

import re
from collections.abc import Callable, Mapping
from typing import Any

# What says of which kind a configuration is, and the hyperparameter that says how many of its numbered ones are used.
_KIND = "kind"
_COUNTS = {"macro": "layers", "micro": "nodes"}
# The hyperparameters that the words tell, besides the numbered ones.
TOLD = ("layers", "nodes", "cells", "units", "activation")


def used(trial: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a trial without the hyperparameters that its network does not depend on, and with its network in words.

    Args:
        trial: As `teacher_search.read_trials` has it.

    Returns:
        A trial; with `trial/network` where it is of a kind whose layers or nodes have hyperparameters of their own.
    """
    kind = trial.get(_KIND)
    if kind not in _COUNTS:
        return dict(trial)
    count = trial[_COUNTS[kind]]
    kept = {name: value for name, value in trial.items() if name != _KIND and (number_of(name) or 0) <= count}
    return {**kept, "trial/network": _WORDS[kind](trial)}


def number_of(name: str) -> int | None:
    """Returns the number of the layer or node that a hyperparameter belongs to; None of the whole network's."""
    found = re.fullmatch(r"[^/]*_(\d+)", name)
    return int(found[1]) if found else None


def _macro(values: Mapping[str, Any]) -> str:
    numbers = range(1, values["layers"] + 1)
    layers = []
    for number in numbers:
        past = values.get(f"skip_{number}", "none")
        layers.append(
            f"{values[f'units_{number}']} {values[f'activation_{number}']}" + ("" if past == "none" else " + skip")
        )
    return " → ".join(layers)


def _micro(values: Mapping[str, Any]) -> str:
    """Returns the cell as its operations, each with the numbers of the nodes that it reads; 0 is the cell's input."""
    nodes = []
    for number in range(1, values["nodes"] + 1):
        reads = [values.get(f"input_{number}", 0), values.get(f"second_{number}", -1)]
        nodes.append(
            f"{values[f'operation_{number}']}({', '.join(str(read) for read in dict.fromkeys(reads) if read >= 0)})"
        )
    cells = values["cells"]
    cell = ", ".join(f"{number}: {node}" for number, node in enumerate(nodes, 1))
    return f"{cells} cell{'' if cells == 1 else 's'} of {values['units']} {values['activation']}: {cell}"


_WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {"macro": _macro, "micro": _micro}
