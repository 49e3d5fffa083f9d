"""The logarithm for heavy tails."""

import numpy as np

# NumPy takes logarithms several at a time, and may take those left over at the end in another way, to another last bit.
_LANES = 64


def signed_log(values: np.ndarray) -> np.ndarray:
    """Returns sign(x)·log(1 + |x|): the log for heavy tails, defined for every number.

    A number's logarithm does not depend on those beside it.
    """
    padded = np.zeros(values.size + _LANES)
    padded[: values.size] = np.abs(values).ravel()
    return np.sign(values) * np.log1p(padded)[: values.size].reshape(values.shape)
