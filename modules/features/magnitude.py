"""Powers of two that bring a column's numbers to where float32 can subtract and divide them on every device.

The differences of very small numbers are denormal, which some processors take for 0 and others do not, and those of
very large ones are infinite. Multiplying by a power of two rounds nothing.
"""

import numpy as np

# Numbers nearer to 0 than this, the smallest normal one of float32, are 0: the processor's mode decides otherwise.
SMALLEST = 2.0**-126
# Numbers between these bounds, and all that is computed from them, float32 can hold: their column stays as it is.
_PLAIN = 2.0**-60, 2.0**64
# A row whose number is beyond this, after the multiplication, is clipped; no training row is.
FARTHEST = 2.0**64
# Logarithms are taken of nothing larger: to XNNPACK, which devices use, that of 2^127 and more is infinite.
LARGEST_LOGGED = 2.0**126
# Scaled numbers below 2^-77, rounded to multiples of this, keep bins apart by what no processor takes for 0.
_STEP = 2.0**-100
# A z-score is clipped at this many deviations, so that no product of it is infinite. No training row is: in n rows
# there is none beyond the root of n.
MOST_DEVIATIONS = 2.0**20


def flushed(values: np.ndarray) -> np.ndarray:
    """Returns floating-point numbers with 0 for those that are nearer to 0 than `SMALLEST`; NaN stays NaN."""
    return np.where(np.abs(values) < SMALLEST, values.dtype.type(0), values)


def unit(grid: np.ndarray) -> float:
    """Returns what the numbers of a column are multiplied by: a power of two, and 1 for nearly every column.

    Args:
        grid: Some of the numbers; the smallest and the largest are among them.
    """
    largest = float(np.abs(grid).max(initial=0.0))
    if largest == 0 or _PLAIN[0] <= largest <= _PLAIN[1]:
        return 1.0
    exponent = int(np.frexp(largest)[1])
    return 2.0 ** -min(exponent, 126)  # 2^-127 is denormal itself


def separable(grid: np.ndarray) -> np.ndarray:
    """Rounds scaled numbers of float32 so that any two are equal, or 2^-100 apart at least; most stay as they are."""
    return np.where(np.abs(grid) < _STEP * 2**23, np.round(grid / _STEP) * _STEP, grid)
