"""Counterfactuals: the nearest change of a row that changes its decision (Wachter et al., 2018, arXiv:1711.00399).

The fewest columns come first, then the smallest change, in median absolute deviations, as there; only values that
training rows have are tried. What goes together in the world, the search does not know.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from modules.explaining import raw_function
from modules.explaining.changeable import Changeable, Value
from modules.explaining.decider import Decider
from modules.explaining.raw_function import Rows

# More columns than these are not changed together.
MOST_COLUMNS = 4
# From so many of the nearest changes that do not do, the search goes on with one more column.
_KEPT = 16
# So many of the cheapest changes that do are made smaller, on so many points at once, so many times.
_CHEAPEST, _POINTS, _ROUNDS = 8, 32, 5

# What a row's columns become, by their places among those that may change.
_Changes = dict[int, Value]


@dataclasses.dataclass(frozen=True)
class Counterfactual:
    """A change that changes the decision.

    Attributes:
        changes: By column what it was, and what it becomes.
        cost: What the changes cost together, as `Changeable.cost` has it.
        decided: The number of the class that the changed row is taken for.
        probabilities: Of each class for the changed row, [classes].
    """

    changes: dict[str, tuple[Value, Value]]
    cost: float
    decided: int
    probabilities: np.ndarray


class _Search:
    """The search for one row."""

    def __init__(self, decider: Decider, row: Rows, changeable: Sequence[Changeable]) -> None:
        self._decider, self._row, self._changeable = decider, row, changeable
        self.before: list[Value] = [row[one.column.name][0] for one in changeable]
        self.decided = int(decider.decide(decider.probabilities(row))[0])

    def probabilities(self, tried: Sequence[_Changes]) -> np.ndarray:
        changed: dict[str, np.ndarray] = {}
        for place in {place for changes in tried for place in changes}:
            name = self._changeable[place].column.name
            values = np.tile(self._row[name], len(tried))
            for number, changes in enumerate(tried):
                if place in changes:
                    values[number] = changes[place]
            changed[name] = values
        return self._decider.probabilities(raw_function.replaced(raw_function.repeated(self._row, len(tried)), changed))

    def wider(self, kept: Sequence[_Changes]) -> list[_Changes]:
        """Returns changes of one more column."""
        found = {
            tuple(sorted({**changes, place: value}.items()))
            for changes in kept
            for place, one in enumerate(self._changeable)
            if place not in changes
            for value in one.allowed(self.before[place])
        }
        return [dict(changes) for changes in sorted(found, key=repr)]

    def cost(self, changes: _Changes) -> float:
        return sum(self._changeable[place].cost(self.before[place], value) for place, value in changes.items())

    def smaller(self, changes: _Changes) -> _Changes:
        """Takes each number back towards what it was, as far as the decision stays changed."""
        found = dict(changes)
        for place in sorted(
            changes, key=lambda place: -self._changeable[place].cost(self.before[place], changes[place])
        ):
            start = self.before[place]
            for _ in range(_ROUNDS):
                points = self._changeable[place].between(start, found[place], _POINTS)
                flips = self._flips([{**found, place: point} for point in points])
                if not flips.any():
                    break
                first = int(np.argmax(flips))
                found[place] = points[first]
                if len(points) == 1:
                    break
                start = points[first - 1] if first else start
        return found

    def _flips(self, tried: Sequence[_Changes]) -> np.ndarray:
        return self._decider.decide(self.probabilities(tried)) != self.decided


def find(
    decider: Decider, row: Rows, changeable: Sequence[Changeable], most_columns: int = MOST_COLUMNS
) -> Counterfactual | None:
    """Searches for the nearest change that changes the decision on a row.

    Args:
        decider: The model.
        row: One row.
        changeable: The columns that may change.
        most_columns: More are not changed together.

    Returns:
        The change of the fewest columns that was found, of these the cheapest; None if none was found.
    """
    search = _Search(decider, row, changeable)
    kept: list[_Changes] = [{}]
    for _ in range(min(most_columns, len(changeable))):
        tried = search.wider(kept)
        if not tried:
            return None
        probabilities = search.probabilities(tried)
        flipped = np.flatnonzero(decider.decide(probabilities) != search.decided)
        if len(flipped):
            cheapest = sorted((tried[place] for place in flipped), key=search.cost)[:_CHEAPEST]
            best = min((search.smaller(changes) for changes in cheapest), key=search.cost)
            return _made(search, decider, changeable, best)
        nearest = np.argsort(decider.distance(probabilities, search.decided), kind="stable")[:_KEPT]
        kept = [tried[place] for place in nearest]
    return None


def _made(search: _Search, decider: Decider, changeable: Sequence[Changeable], changes: _Changes) -> Counterfactual:
    probabilities = search.probabilities([changes])
    named = {changeable[place].column.name: (search.before[place], value) for place, value in sorted(changes.items())}
    return Counterfactual(named, search.cost(changes), int(decider.decide(probabilities)[0]), probabilities[0])
