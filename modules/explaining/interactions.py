"""Which columns act only together: Friedman's H.

References:
    Friedman and Popescu, Predictive Learning via Rule Ensembles, 2008 (doi:10.1214/07-AOAS148), section 8.1.
    Inglis, Parnell and Hurley, Visualizing Variable Importance and Variable Interaction Effects, 2022
    (doi:10.1080/10618600.2021.2007935): why H alone overrates pairs that hardly move the answer.
"""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np

from modules.explaining import raw_function
from modules.explaining.clock import Clock
from modules.explaining.raw_function import RawFunction, Rows

# Of less than this, in squared units of the answer, nothing is a share of it.
_NOTHING = 1e-12


@dataclasses.dataclass(frozen=True)
class Interaction:
    """What two columns do together that neither does alone.

    Attributes:
        first: One column.
        second: The other one.
        h: Friedman's H: the root of the share of the variance of their joint partial dependence that the sum of both
            does not explain; 0 of an additive function, 1 of a product of centred columns.
        size: The root mean square of what the sum does not explain, in the unit of the answer.
    """

    first: str
    second: str
    h: float
    size: float


def interactions(
    function: RawFunction, rows: Rows, names: Sequence[str], clock: Clock, output: int = 0
) -> tuple[list[Interaction], int]:
    """Measures pairs of columns: the model is asked once for each pair of rows, for each column and pair of columns.

    Args:
        function: The model.
        rows: The rows, some hundred at most.
        names: The columns, the strongest first.
        clock: When it is over, pairs that are left are left out.
        output: Which number of an answer.

    Returns:
        Interactions, the largest first, and how many pairs were left out.
    """
    alone = {name: _centred(function, rows, [name], output) for name in names}
    pairs = sorted(itertools.combinations(range(len(names)), 2), key=sum)
    found: list[Interaction] = []
    for one, other in pairs:
        if clock.over:
            break
        first, second = names[one], names[other]
        together = _centred(function, rows, [first, second], output)
        rest, whole = float(((together - alone[first] - alone[second]) ** 2).mean()), float((together**2).mean())
        h = min(1.0, float(np.sqrt(rest / whole))) if whole > _NOTHING else 0.0
        found.append(Interaction(first, second, h, float(np.sqrt(rest))))
    return sorted(found, key=lambda one: -one.size), len(pairs) - len(found)


def _centred(function: RawFunction, rows: Rows, names: Sequence[str], output: int) -> np.ndarray:
    """Returns the partial dependence at the values of each row, less its mean, [n]; equal values are asked once."""
    total = raw_function.count(rows)
    codes = np.column_stack([np.unique(rows[name], return_inverse=True)[1] for name in names])
    _, places, inverse = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    changed = {name: np.repeat(rows[name][places], total) for name in names}
    answers = function(raw_function.replaced(raw_function.repeated(rows, len(places)), changed))[:, output]
    partial = answers.reshape(len(places), total).mean(axis=1)[inverse.reshape(-1)]
    return partial - partial.mean()
