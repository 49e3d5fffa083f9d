"""Shapley values by the network's gradients, for the elements of the encoded row; they are about logits."""

from collections.abc import Callable

import numpy as np
import tf_keras

from modules.explaining.encoded_network import EncodedNetwork
from modules.explaining.raw_function import Rows
from modules.explaining.shapley.players import Attribution
from modules.explaining.shapley.uncompiled import shap

# [n, width], number of the output: the derivatives of that logit, [n, width].
Gradients = Callable[[np.ndarray, int], np.ndarray]


def deep(network: tf_keras.Model, encoded: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Explains logits by shap's DeepExplainer (DeepLIFT's rescale rule: Shrikumar et al., 2017, arXiv:1704.02685).

    Args:
        network: A network of dense layers whose activations take one number each, such as relu and tanh.
        encoded: Encoded rows, float32 [n, width].
        background: Encoded rows that stand for not knowing an element.

    Returns:
        float64 [n, width, outputs].
    """
    values = np.asarray(shap.DeepExplainer(network, background).shap_values(encoded, check_additivity=False))
    return values.astype(np.float64).reshape(*encoded.shape, -1)


def integrated(
    gradients: Gradients, encoded: np.ndarray, background: np.ndarray, outputs: int, steps: int
) -> np.ndarray:
    """Explains logits by gradients along the straight line from each row of the background to a row.

    These are integrated gradients (Sundararajan et al., 2017, arXiv:1703.01365) in the mean over a background, which
    Erion et al. (2021, arXiv:1906.10670) call expected gradients. They draw points of the lines at random, as shap's
    GradientExplainer does, and miss the answer by as much as the draw does; here the points are the midpoints of
    equal parts of each line, so that the values add up as the parts grow short.

    Args:
        gradients: Computes derivatives.
        encoded: Encoded rows, float32 [n, width].
        background: Encoded rows that stand for not knowing an element.
        outputs: How many logits there are.
        steps: The number of parts of each line.

    Returns:
        float64 [n, width, outputs].
    """
    ways = ((np.arange(steps) + 0.5) / steps).astype(np.float32)
    values = np.empty((*encoded.shape, outputs))
    for number, row in enumerate(encoded):
        apart = row - background
        points = (background[:, None] + ways[:, None] * apart[:, None]).reshape(-1, encoded.shape[1])
        for output in range(outputs):
            slopes = gradients(points, output).reshape(len(background), steps, -1).mean(axis=1, dtype=np.float64)
            values[number, :, output] = (slopes * apart).mean(axis=0)
    return values


def by_deep(network: EncodedNetwork, rows: Rows, background: Rows) -> Attribution:
    """Explains the logits by column, by `deep`; what is of several columns is called `components`."""
    encoded, others = network.encode(rows), network.encode(background)
    return _by_column(network, deep(network.network, encoded, others), encoded, others)


def by_gradients(network: EncodedNetwork, rows: Rows, background: Rows, steps: int) -> Attribution:
    """Explains the logits by column, by `integrated`; what is of several columns is called `components`."""
    encoded, others = network.encode(rows), network.encode(background)
    outputs = network.network.output_shape[-1]
    return _by_column(network, integrated(network.gradients, encoded, others, outputs, steps), encoded, others)


def _by_column(network: EncodedNetwork, values: np.ndarray, encoded: np.ndarray, background: np.ndarray) -> Attribution:
    by_output = [network.by_column(values[..., output]) for output in range(values.shape[2])]
    columns = list(by_output[0])
    summed = np.stack([np.column_stack([sums[name] for name in columns]) for sums in by_output], axis=2)
    base = network.logits(background).mean(axis=0, dtype=np.float64)
    return Attribution(columns, summed, base, network.logits(encoded).astype(np.float64))
