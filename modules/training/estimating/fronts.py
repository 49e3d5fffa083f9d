"""Which points no other beats in every measure, and how much they cover together; low is good in each measure."""

import itertools
from collections.abc import Sequence

import numpy as np

Point = Sequence[float]


def dominates(one: Point, other: Point) -> bool:
    """Tells whether a point is nowhere worse than another, and somewhere better."""
    return all(a <= b for a, b in zip(one, other, strict=True)) and tuple(one) != tuple(other)


def front(points: Sequence[Point]) -> list[int]:
    """Returns the places of the points that no other one dominates, in their order; of equal points, all."""
    return [place for place, point in enumerate(points) if not any(dominates(other, point) for other in points)]


def depths(points: Sequence[Point]) -> list[int]:
    """Returns the front that each point lies on: 0 for the first, 1 for that of what is left, and so on.

    It is the non-dominated sorting of NSGA-II (Deb et al., 2002, https://doi.org/10.1109/4235.996017).
    """
    found = [0] * len(points)
    left = [*range(len(points))]
    for depth in itertools.count():
        if not left:
            break
        ahead = {left[place] for place in front([points[number] for number in left])}
        for number in ahead:
            found[number] = depth
        left = [number for number in left if number not in ahead]
    return found


def crowding(points: Sequence[Point]) -> list[float]:
    """Returns how far each point's neighbours lie apart, summed over the measures: the more, the lonelier.

    It is the crowding distance of NSGA-II. A point at an end of a measure has an infinite one.
    """
    values = np.asarray(points, np.float64)
    distances = np.zeros(len(values))
    for column in values.T:
        order = np.argsort(column, kind="stable")
        span = column[order[-1]] - column[order[0]]
        distances[order[[0, -1]]] = np.inf
        if span:
            distances[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / span
    return [float(distance) for distance in distances]


def hypervolume(points: Sequence[Point], reference: Point) -> float:
    """Returns the volume of what lies between the points and a reference that they beat.

    It is exact in any number of measures: the space is cut into slices along the last measure, each as thick as two
    neighbours lie apart, and the volume of each slice's base is computed alike.

    Args:
        points: The points; one that is not better than the reference in every measure adds nothing.
        reference: The worst point that counts, as many measures as the points have.
    """
    inside = sorted(
        {tuple(point) for point in points if all(map(float.__lt__, map(float, point), map(float, reference)))}
    )
    if not inside:
        return 0.0
    if len(reference) == 1:
        return float(reference[0]) - float(inside[0][0])
    levels = sorted({point[-1] for point in inside})
    return sum(
        (float(above) - float(level))
        * hypervolume([point[:-1] for point in inside if point[-1] <= level], reference[:-1])
        for level, above in itertools.pairwise([*levels, reference[-1]])
    )
