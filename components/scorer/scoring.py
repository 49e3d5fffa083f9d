"""Running models over rows. Knows no TFX."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from modules.tflite import inference


def score(
    models: Mapping[str, bytes],
    inputs: Mapping[str, np.ndarray],
    kernels: inference.Kernels = inference.Kernels.DEVICE,
) -> dict[str, np.ndarray]:
    """Runs every model over all rows, as many models at once as the machine has cores.

    Args:
        models: The .tflite files' content by name; each runs on one thread, so that its answers do not depend on the
            machine's number of cores.
        inputs: Raw input tensors by name, [n, 1] each.
        kernels: Which code computes.

    Returns:
        By name, what `inference.Predictor.predict` gives, float32 [n, classes] or [n, 1].
    """

    def answers(content: bytes) -> np.ndarray:
        return inference.Predictor(content, kernels=kernels).predict_all(inputs)

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return dict(zip(models, pool.map(answers, models.values()), strict=True))
