"""Fewer points on a curve, where nobody sees the difference."""

import heapq

import numpy as np


def simplify(x: np.ndarray, y: np.ndarray, most: int) -> np.ndarray:
    """Chooses the points that a drawing needs.

    It starts with the two ends and adds, again and again, the point that lies farthest from the line drawn so far
    (Ramer, 1972; Douglas and Peucker, 1973), until none is a thousandth away or there are enough.

    Args:
        x: One coordinate of each point, in the order of the curve, [n].
        y: The other.
        most: How many points are left at most.

    Returns:
        The numbers of the points that stay, ascending.
    """
    kept = [0, len(x) - 1] if len(x) > 1 else [0]
    waiting: list[tuple[float, int, int, int]] = []
    _farthest(waiting, x, y, 0, len(x) - 1)
    while waiting and len(kept) < most:
        _, place, start, end = heapq.heappop(waiting)
        kept.append(place)
        _farthest(waiting, x, y, start, place)
        _farthest(waiting, x, y, place, end)
    return np.sort(kept)


_VISIBLE = 1e-3


def _farthest(waiting: list[tuple[float, int, int, int]], x: np.ndarray, y: np.ndarray, start: int, end: int) -> None:
    """Pushes the point between two others that lies farthest from their segment, if it is visible."""
    if end - start < 2:
        return
    along = np.array([x[end] - x[start], y[end] - y[start]])
    points = np.stack([x[start + 1 : end] - x[start], y[start + 1 : end] - y[start]])
    length = float(along @ along)
    place_on = np.clip(along @ points / length, 0, 1) if length else np.zeros(points.shape[1])
    distances = np.hypot(*(points - along[:, None] * place_on))
    farthest = int(distances.argmax())
    if distances[farthest] > _VISIBLE:
        heapq.heappush(waiting, (-float(distances[farthest]), start + 1 + farthest, start, end))
