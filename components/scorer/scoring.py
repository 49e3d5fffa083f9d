"""Running models over rows. Knows no TFX."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from modules.tflite import inference


def score(models: Mapping[str, bytes], inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Runs every model over all rows, as many models at once as the machine has cores.

    Args:
        models: The .tflite files' content by name; each runs on one thread, so that its answers do not depend on the
            machine.
        inputs: Raw input tensors by name, [n, 1] each.

    Returns:
        By name, what `inference.Predictor.predict` gives, float32 [n, classes] or [n, 1].
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        scored = pool.map(lambda content: inference.Predictor(content).predict_all(inputs), models.values())
        return dict(zip(models, scored, strict=True))
