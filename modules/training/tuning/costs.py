"""What a configuration's network costs on a device: computed from its shape, before it is trained."""

from collections.abc import Mapping
from typing import Any

from modules.contracts.architecture import DENSE
from modules.training.architectures.kinds import architecture_of
from modules.training.searching.sizing import FileSize
from modules.training.tuning.strategy import Costs


def of_networks(width: int, outputs: int) -> Costs:
    """Returns what tells a configuration's costs.

    `bytes` are those of the network in its smallest form; the preprocessing in front of it is the same for all.
    `operations` are the multiplications and additions of one row, each pair counted once, with those that sum or
    multiply what several layers say. They stand for its latency,
    and are the same on any machine and in any run, as a measured time is not.

    Args:
        width: Length of the encoded row.
        outputs: Width of the network's last layer.
    """
    size = FileSize(0, outputs)

    def costs(values: Mapping[str, Any]) -> Mapping[str, float]:
        architecture = architecture_of(values)
        weights = sum(rows * columns for rows, columns in architecture.kernels(width, outputs))
        merged = sum(node.units for node in architecture.nodes if node.operation != DENSE)
        return {"bytes": size.of_architecture(width, architecture), "operations": weights + merged}

    return costs
