"""Independent components of the scaled numeric columns."""

import numpy as np

# Whitening divides by a direction's deviation. Below this share of a column's variance it would blow up what float32
# rounds off on device: such a direction counts as none, as a duplicate column's does.
_SMALLEST = 1e-6
# A step turns no direction by more than about 0.0014 radians: 1 - cos(0.0014) = 1e-6.
_TOLERANCE = 1e-6
_ITERATIONS = 200
# Where the search does not converge, it blows up any difference. Whitened rows rounded to so many decimals do not have
# the last bits, in which sums depend on the batches.
_DECIMALS = 4
_SEED = 0


def independent_components(
    covariance: np.ndarray, directions: np.ndarray, rows: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, bool]:
    """Finds the directions in which the rows are least Gaussian, and so, if they are a mixture, its sources.

    Method: FastICA with symmetric decorrelation and the contrast log cosh (Hyvärinen and Oja, 2000, Independent
    Component Analysis: Algorithms and Applications, sec. 6) on whitened principal components. The whitening comes from
    the covariance, so that over all rows, whatever `rows` shows of them, the components are uncorrelated and have
    variance 1. The start is a fixed random rotation; components are ordered by how much of the variance they explain,
    largest first, and the largest weight of each is positive.

    Args:
        covariance: Symmetric matrix, shape [d, d]; of z-scores here, so a correlation matrix.
        directions: Its eigenvectors to whiten, shape [d, p]; zeros where there is no variance.
        rows: Rows of these columns, or a sample of them, with mean 0, shape [m, d].
        weights: How often each row occurs, shape [m].

    Returns:
        The projection matrix, float64, shape [d, k] (use: x @ projection), with k <= p: directions without variance, of
        constant, duplicate and collinear columns, give no component. And whether FastICA converged: where it did not,
        as may be with Gaussian rows, in which no direction is better than another, the components are uncorrelated
        with variance 1 nevertheless.
    """
    variances = ((covariance @ directions) * directions).sum(axis=0)
    varied = variances > _SMALLEST * np.diag(covariance).max()
    whitening = directions[:, varied] / np.sqrt(variances[varied])
    rotation, converged = _fast_ica((rows @ whitening).round(_DECIMALS), weights / weights.sum())
    projection = whitening @ rotation.T
    explained = np.square(covariance @ projection).sum(axis=0)
    projection = projection[:, np.argsort(-explained, kind="stable")]
    largest = np.abs(projection).argmax(axis=0)
    return projection * np.sign(projection[largest, np.arange(len(largest))]), converged


def _fast_ica(rows: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, bool]:
    """Turns whitened rows [m, k], whose weights [m] add up to 1; scikit-learn's FastICA does so too, without weights.

    Returns:
        The rotation [k, k], one direction per row, and whether it converged.
    """
    columns = rows.shape[1]
    rotation = _decorrelate(np.random.default_rng(_SEED).normal(size=(columns, columns)))
    for _ in range(_ITERATIONS):
        slope = np.tanh(rows @ rotation.T)
        curvature = weights @ (1.0 - np.square(slope))
        turned = _decorrelate((slope * weights[:, None]).T @ rows - curvature[:, None] * rotation)
        cosines = np.abs((turned * rotation).sum(axis=1))
        rotation = turned
        if (cosines > 1.0 - _TOLERANCE).all():
            return rotation, True
    return rotation, False


def _decorrelate(matrix: np.ndarray) -> np.ndarray:
    """Returns the rotation nearest to a matrix M, (M·Mᵀ)^(-1/2)·M; by singular vectors, so that M may be singular."""
    left, _, right = np.linalg.svd(matrix)
    return left @ right
