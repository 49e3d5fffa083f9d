"""Where a learning curve will be at its last epoch, from its first ones, with an interval.

A curve is one of four families of saturating curves (Domhan et al., 2015, https://www.ijcai.org/Abstract/15/487), and
its scores lie about it with normal noise. Of each family, a grid of shapes is held; given a shape, the curve is linear
in where it begins and where it ends. These two and the noise are integrated out in closed form, and the shapes are
weighted by how likely they make the scores: what is known of a later score is a mixture of Student's t distributions.
No random number is drawn, where Domhan et al. sample.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import special

# What is supposed of the noise before any score is seen: so much of the curve's range, worth so many scores.
_NOISE_OF_RANGE, _NOISE_WORTH = 0.05, 1.0
_BISECTIONS = 40


@dataclasses.dataclass(frozen=True)
class Forecast:
    """What is known of a later score.

    Attributes:
        value: Its median.
        low: The lower end of its interval.
        high: The upper end.
    """

    value: float
    low: float
    high: float


def forecast(scores: Sequence[float], epochs: Sequence[int], confidence: float) -> list[Forecast]:
    """Tells later scores of a learning curve.

    Args:
        scores: The scores of the first epochs, from epoch 1: three finite ones at least.
        epochs: Which epochs to tell, in rising order, all after these; the last one is the last of the training.
        confidence: How likely a score lies within its interval, in (0, 1).

    Returns:
        One forecast per epoch, of the score as it is measured there, noise included.
    """
    values = np.asarray(scores, np.float64)
    spread = float(np.ptp(values))
    if not spread:
        return [Forecast(*[float(values[0])] * 3) for _ in epochs]
    scaled = (values - values[0]) / spread
    last = max(epochs)
    shapes, prior = _shapes(last)
    known, later = shapes[:, : len(values)], shapes[:, np.asarray(epochs) - 1]
    design = np.stack([known, 1 - known], axis=2)  # of the first and of the last score, [shapes, epochs, 2]
    inverse = np.linalg.inv(design.transpose(0, 2, 1) @ design)
    ends = (inverse @ design.transpose(0, 2, 1)) @ scaled
    residuals = scaled - (design @ ends[..., None])[..., 0]
    free = len(values) - 2 + _NOISE_WORTH
    squares = (residuals**2).sum(axis=1) + _NOISE_WORTH * _NOISE_OF_RANGE**2
    likelihood = np.log(prior) + np.linalg.slogdet(inverse)[1] / 2 - free / 2 * np.log(squares)
    weights = np.exp(likelihood - likelihood.max())
    weights /= weights.sum()
    at = np.stack([later, 1 - later], axis=2)  # [shapes, epochs, 2]
    mean = (at * ends[:, None]).sum(axis=2)
    deviation = np.sqrt(squares[:, None] / free * (1 + np.einsum("sei,sij,sej->se", at, inverse, at)))
    tails = np.array([0.5, (1 - confidence) / 2, (1 + confidence) / 2])
    quantiles = values[0] + spread * _quantiles(tails, weights, mean, deviation, free)
    return [Forecast(*map(float, of_epoch)) for of_epoch in quantiles]


def _quantiles(
    shares: np.ndarray, weights: np.ndarray, mean: np.ndarray, deviation: np.ndarray, free: float
) -> np.ndarray:
    """Returns the numbers below which mixtures of Student's t distributions have given shares, by bisection.

    Args:
        shares: The shares, [shares].
        weights: What each part of a mixture counts, [parts].
        mean: The middle of each part of each mixture, [parts, mixtures].
        deviation: Its width, alike.
        free: Its degrees of freedom.

    Returns:
        The numbers, [mixtures, shares].
    """
    ends = mean[..., None] + deviation[..., None] * special.stdtrit(free, shares)
    low, high = ends.min(axis=0), ends.max(axis=0)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = special.stdtr(free, (middle - mean[..., None]) / deviation[..., None])
        less = np.tensordot(weights, below, 1) < shares
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return (low + high) / 2


def _shapes(last: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the shapes of curves that are 1 at epoch 1 and 0 at the last one, and how likely each is beforehand.

    Args:
        last: The last epoch.

    Returns:
        The shapes, [shapes, epochs], and their probabilities; each family is as likely as any other.
    """
    time = np.arange(1, last + 1, dtype=np.float64)
    rates, powers = np.geomspace(0.05, 3, 12), np.geomspace(0.3, 3, 6)
    families = [
        [time**-power for power in np.geomspace(0.1, 4, 12)],  # pow3
        [np.exp(-rate * (time - 1)) for rate in rates],  # an exponential, as vapour pressure and Janoschek have it
        [1 / (1 + (time / middle) ** power) for middle in np.geomspace(1, 2 * last, 6) for power in powers],  # MMF
        [np.exp(-((rate * time) ** power)) for rate in np.geomspace(0.05, 3, 8) for power in powers],  # Weibull
    ]
    shapes, prior = [], []
    for family in families:
        usable = [curve for curve in family if curve[0] - curve[-1] > 1e-9]
        shapes += [(curve - curve[-1]) / (curve[0] - curve[-1]) for curve in usable]
        prior += [1 / len(families) / len(usable)] * len(usable)
    return np.array(shapes), np.array(prior)
