"""Trials that are judged by more than their score: which lie in front, what they cover, and which one is chosen."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from modules.training.estimating import fronts

# What all objectives together count beside the worst of them, as Knowles (2006) has it.
_AUGMENTED = 0.05


@dataclasses.dataclass(frozen=True)
class Measured:
    """A trial as its objectives see it.

    Attributes:
        trial_id: Its number.
        score: Its score, a finite number.
        costs: What it costs, by objective, in the order in which they count.
    """

    trial_id: str
    score: float
    costs: Mapping[str, float]


@dataclasses.dataclass(frozen=True)
class Front:
    """The trials in front.

    Attributes:
        trials: Their numbers, in the order of the trials.
        ideal: The best value of each objective that any trial has; `metric` is the score.
        reference: The worst value of each: the reference point of the hypervolume.
        hypervolume: By trial, how much all up to it cover of the box between `ideal` and `reference`, in [0, 1]; an
            objective in which all trials are equal is left out of it.
    """

    trials: Sequence[str]
    ideal: Mapping[str, float]
    reference: Mapping[str, float]
    hypervolume: Mapping[str, float]


def points(trials: Sequence[Measured], mode: str) -> list[tuple[float, ...]]:
    """Returns the trials as points, in which low is good: the score, turned where it should be high, and the costs."""
    sign = -1.0 if mode == "max" else 1.0
    return [(sign * trial.score, *map(float, trial.costs.values())) for trial in trials]


def front(trials: Sequence[Measured], mode: str) -> Front | None:
    """Returns the front; None without a trial.

    Reference and ideal are the worst and the best of these trials: hypervolumes of different searches do not compare.

    Args:
        trials: The trials, in their order.
        mode: `max` or `min`: whether a high score is a good one.
    """
    if not trials:
        return None
    found = points(trials, mode)
    best, worst = np.min(found, axis=0), np.max(found, axis=0)
    differing = worst > best
    span = (worst - best)[differing]
    scaled = [tuple((np.array(point) - best)[differing] / span) for point in found]
    sign = -1.0 if mode == "max" else 1.0
    names = ("metric", *trials[0].costs)

    def named(point: np.ndarray) -> dict[str, float]:
        return dict(zip(names, (sign * float(point[0]), *map(float, point[1:])), strict=True))

    volumes = [round(volume, 6) for volume in _covered(scaled, tuple(1.0 for _ in span))]
    return Front(
        [trials[place].trial_id for place in fronts.front(found)],
        named(best),
        named(worst),
        {trial.trial_id: volume for trial, volume in zip(trials, volumes, strict=True)},
    )


def _covered(scaled: Sequence[fronts.Point], corner: fronts.Point) -> list[float]:
    """Returns the hypervolume of the first point, of the first two, and so on; only what joins the front changes it."""
    ahead: list[fronts.Point] = []
    volumes: list[float] = []
    for point in scaled:
        if volumes and any(dominating == point or fronts.dominates(dominating, point) for dominating in ahead):
            volumes.append(volumes[-1])
            continue
        ahead = [other for other in ahead if not fronts.dominates(point, other)] + [point]
        volumes.append(fronts.hypervolume(ahead, corner) if corner else 0.0)
    return volumes


def chosen(trials: Sequence[Measured], mode: str, within: float) -> str:
    """Returns the number of the cheapest trial whose score is nearly the best; of equally cheap ones, the best.

    Args:
        trials: The trials, one at least.
        mode: `max` or `min`: whether a high score is a good one.
        within: How far its score may be from the best one, in the score's unit.
    """
    found = points(trials, mode)
    best = min(point[0] for point in found)
    near = [place for place, point in enumerate(found) if point[0] - best <= within]
    return trials[min(near, key=lambda place: (*found[place][1:], found[place][0]))].trial_id


def fitness(found: Sequence[fronts.Point]) -> list[tuple[float, float]]:
    """Returns what NSGA-II ranks points by, high is good: the front that each lies on, then how lonely it is there."""
    depths = fronts.depths(found)
    crowding = [0.0] * len(found)
    for depth in set(depths):
        places = [place for place, other in enumerate(depths) if other == depth]
        for place, distance in zip(places, fronts.crowding([found[place] for place in places]), strict=True):
            crowding[place] = distance
    return [(-float(depth), distance) for depth, distance in zip(depths, crowding, strict=True)]


def scalarized(found: Sequence[fronts.Point], random: np.random.Generator) -> list[float]:
    """Returns one number per point, low is good: the augmented Chebyshev norm with random weights, as ParEGO has it.

    With new weights each time, a method for one objective looks at one part of the front after the other (Knowles,
    2006, https://doi.org/10.1109/TEVC.2005.851274).

    Args:
        found: The points, one at least.
        random: Draws the weights, each set of them as likely as any other.
    """
    values = np.asarray(found, np.float64)
    span = np.ptp(values, axis=0)
    scaled = (values - values.min(axis=0)) / np.where(span > 0, span, 1.0)
    weighted = scaled * random.dirichlet(np.ones(values.shape[1]))
    return [float(value) for value in weighted.max(axis=1) + _AUGMENTED * weighted.sum(axis=1)]
