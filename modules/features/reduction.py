"""Fewer columns than the scaled numeric ones: principal components, and independent ones by way of them."""

import numpy as np
from absl import logging

from modules.base.settings import Reduction
from modules.features.independent import independent_components
from modules.features.profile import ReductionResult

# Eigenvalues below this share of the largest are rounding noise of a constant or duplicated column.
_NOISE = 1e-10


def reduce(
    correlation: np.ndarray, settings: Reduction, scaled: tuple[np.ndarray, np.ndarray] | None = None
) -> tuple[np.ndarray, ReductionResult]:
    """Finds the projection that the config asks for.

    Args:
        correlation: Of the scaled columns, shape [d, d].
        settings: The section `reduction` of the config, with a method other than `none`.
        scaled: For independent components, a sample of the scaled rows [m, d], and how often each occurs [m].

    Returns:
        The projection matrix, float64, shape [d, k] (use: x @ projection), and what the profile says of it.

    Raises:
        ValueError: If independent components are asked for without rows.
    """
    rule = settings.components, settings.explained_variance
    projection, eigenvalues, kept = principal_components(correlation, *rule)
    deviations, converged = np.sqrt(eigenvalues[:kept]), True
    if settings.method == "ica":
        if scaled is None:
            raise ValueError("independent components need rows")
        projection, converged = independent_components(correlation, projection, *scaled)
        deviations = np.ones(projection.shape[1])
    if not converged:
        logging.warning("FastICA did not converge: the numeric columns may be no mixture of non-Gaussian ones")
    explained, spread = tuple(eigenvalues.tolist()), tuple(deviations.tolist())
    return projection, ReductionResult(settings.method, explained, spread, converged)


def principal_components(
    covariance: np.ndarray, components: int | None = None, explained_variance: float | None = None
) -> tuple[np.ndarray, np.ndarray, int]:
    """Finds the directions of largest variance.

    Method: eigenvectors of the covariance matrix (Jolliffe, Principal Component Analysis, 2002, ch. 1), the same
    projection as `tft.pca`. The sign of a direction is fixed so that its largest weight is positive.

    Args:
        covariance: Symmetric matrix, shape [d, d]; of z-scores here, so a correlation matrix.
        components: Number of components to keep; at most d are.
        explained_variance: Or: keep the fewest that explain this share of the variance, in (0, 1].

    Returns:
        The projection matrix, float64, shape [d, k] (use: x @ projection); all d eigenvalues, largest first; and k.
        Directions without variance (constant or duplicate columns) are kept as zeros: finite, and without effect.

    Raises:
        ValueError: If neither or both of components and explained_variance are given.
    """
    if (components is None) == (explained_variance is None):
        raise ValueError("give either components or explained_variance")
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(values))])
    vectors = vectors * np.where(signs == 0, 1.0, signs)
    total = values.sum()
    vectors = np.where(values > _NOISE * max(total, 1e-300), vectors, 0.0)
    if components is not None:
        k = min(components, len(values))
    elif explained_variance is None or total == 0:
        k = 1
    else:
        enough = np.cumsum(values) >= (explained_variance - 1e-12) * total
        k = int(enough.argmax()) + 1
    return vectors[:, :k], values, k
