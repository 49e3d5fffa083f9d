"""Weights of columns by proximal gradients: few of them, or of a sign, for every task.

References:
    Beck and Teboulle, A Fast Iterative Shrinkage-Thresholding Algorithm for Linear Inverse Problems, SIAM Journal on
    Imaging Sciences 2, 2009; begun anew where it overshoots (O'Donoghue and Candès, Foundations of Computational
    Mathematics 15, 2015).
"""

import dataclasses

import numpy as np

from modules.explaining.interpretable.given import mean_response
from modules.tasks import Target

_POWER_STEPS = 30


@dataclasses.dataclass(frozen=True, eq=False)
class WeightedSum:
    """What turns a matrix into logits or z-scores.

    Attributes:
        weights: float64 [width, outputs].
        start: What is added, [outputs].
    """

    weights: np.ndarray
    start: np.ndarray

    def of(self, matrix: np.ndarray) -> np.ndarray:
        """Returns logits or z-scores, float64 [n, outputs]."""
        return matrix.astype(np.float64) @ self.weights + self.start


def nothing(target: Target, width: int) -> WeightedSum:
    """Returns the weights to begin with, all 0."""
    return WeightedSum(np.zeros((width, target.outputs)), np.zeros(target.outputs))


def fit(
    matrix: np.ndarray,
    wanted: np.ndarray,
    row_weights: np.ndarray,
    target: Target,
    lasso: float,
    ridge: float,
    steps: int,
    begin: WeightedSum,
    signs: np.ndarray | None = None,
) -> WeightedSum:
    """Minimizes the mean loss (cross-entropy, or half the squared error) plus penalties of the weights.

    Args:
        matrix: The columns, of similar size, [n, width].
        wanted: As `Given.wanted`, [n, outputs].
        row_weights: What each row counts, 1 in the mean, [n].
        target: What is answered.
        lasso: Penalty of the absolute weights, which makes most of them 0.
        ridge: Penalty of half their squares.
        steps: How many steps are taken.
        begin: Where to begin.
        signs: Of each column 1 if its weight may not be below 0, -1 if not above, 0 else, [width]; None is 0 of all.
    """
    given = np.concatenate([matrix, np.ones((len(matrix), 1))], axis=1).astype(np.float32)
    share = (row_weights / len(matrix)).astype(np.float32)[:, None]
    length = 1.0 / (_curvature(target) * _largest(given, share) + ridge)
    weights = last = np.concatenate([begin.weights, begin.start[None, :]])
    ahead, momentum = weights, 1.0
    for _ in range(steps):
        learnt = (given @ ahead.astype(np.float32)).astype(np.float64)
        slope = given.T @ (share * (mean_response(target, learnt) - wanted).astype(np.float32))
        slope = slope.astype(np.float64)
        slope[:-1] += ridge * ahead[:-1]
        weights = _allowed(ahead - length * slope, length * lasso, signs)
        if ((ahead - weights) * (weights - last)).sum() > 0:
            momentum = 1.0
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = weights + (momentum - 1) / following * (weights - last)
        last, momentum = weights, following
    return WeightedSum(weights[:-1], weights[-1])


def _allowed(weights: np.ndarray, shrink: float, signs: np.ndarray | None) -> np.ndarray:
    """Returns weights nearer to 0 and of the right sign; what is added to all rows stays as it is."""
    kept = weights.copy()
    kept[:-1] = np.sign(weights[:-1]) * np.maximum(np.abs(weights[:-1]) - shrink, 0.0)
    if signs is not None:
        kept[:-1][(signs[:, None] * kept[:-1]) < 0] = 0.0
    return kept


def _curvature(target: Target) -> float:
    """Returns the largest second derivative of a row's loss by its logits."""
    if not target.kind.has_classes:
        return 1.0
    return 0.25 if target.outputs == 1 else 0.5


def _largest(given: np.ndarray, share: np.ndarray) -> float:
    """Returns the largest eigenvalue of the matrix of squares, by repeated products, and a little more."""
    vector = np.ones((given.shape[1], 1), np.float32)
    for _ in range(_POWER_STEPS):
        vector = given.T @ (share * (given @ vector))
        size = float(np.linalg.norm(vector))
        vector /= size
    return 1.05 * size


def loss(target: Target, learnt: np.ndarray, wanted: np.ndarray, row_weights: np.ndarray) -> float:
    """Returns the mean loss of logits or z-scores, [n, outputs]."""
    estimated = mean_response(target, learnt)
    if not target.kind.has_classes:
        return float((row_weights[:, None] * (estimated - wanted) ** 2).mean() / 2)
    likely = np.where(wanted == 1, estimated, 1 - estimated if target.outputs == 1 else 1.0)
    return float(-(row_weights[:, None] * np.log(np.maximum(likely, 1e-12))).sum(axis=1).mean())
