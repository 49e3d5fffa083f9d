"""Welch's test of whether several groups have one mean, whatever their variances.

References:
    Welch, On the Comparison of Several Mean Values: An Alternative Approach, Biometrika 38, 1951.
"""

import numpy as np
from scipy import stats


def p_value(means: np.ndarray, variances: np.ndarray, counts: np.ndarray) -> float:
    """Returns how likely means differ at least so much by chance.

    Args:
        means: The mean of each group, [k].
        variances: The sample variance of each group; one that is not above 0 leaves its group out.
        counts: The rows of each group; one with fewer than two leaves its group out.

    Returns:
        The p-value; 1 if fewer than two groups are left.
    """
    kept = (counts >= 2) & (variances > 0)
    means, variances, counts = means[kept], variances[kept], counts[kept]
    groups = len(means)
    if groups < 2:
        return 1.0
    precision = counts / variances
    shares = precision / precision.sum()
    spread = float((precision * (means - (shares * means).sum()) ** 2).sum()) / (groups - 1)
    unsure = float(((1 - shares) ** 2 / (counts - 1)).sum())
    statistic = spread / (1 + 2 * (groups - 2) / (groups**2 - 1) * unsure)
    return float(stats.f.sf(statistic, groups - 1, (groups**2 - 1) / (3 * unsure)))
