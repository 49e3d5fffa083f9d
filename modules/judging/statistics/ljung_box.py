"""Ljung and Box's test of whether values that follow one another are correlated.

References:
    Ljung and Box, On a Measure of Lack of Fit in Time Series Models, Biometrika 65, 1978.
"""

import numpy as np
from scipy import stats


def correlations(values: np.ndarray, lags: int) -> np.ndarray:
    """Returns the correlation of values with those 1, 2, … places before, float64 [lags]; 0 where all are equal."""
    centred = values - values.mean()
    whole = float((centred**2).sum())
    if whole <= 0:
        return np.zeros(lags)
    return np.array([float((centred[lag:] * centred[:-lag]).sum()) / whole for lag in range(1, lags + 1)])


def p_value(of_lags: np.ndarray, count: int) -> float:
    """Returns how likely such correlations are of independent values.

    Args:
        of_lags: As `correlations` returns them.
        count: How many values there are, more than lags.
    """
    lags = np.arange(1, len(of_lags) + 1)
    statistic = count * (count + 2) * float((of_lags**2 / (count - lags)).sum())
    return float(stats.chi2.sf(statistic, len(of_lags)))
