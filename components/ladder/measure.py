"""Measuring one .tflite file: quality, size and latency. Knows no TFX."""

import gzip
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from modules import inference, metrics

_BATCH = 4_096
_WARM_UP, _CALLS = 50, 500


def measure(
    form: str,
    model: bytes,
    sparsity: float,
    inputs: Mapping[str, np.ndarray],
    labels: np.ndarray,
) -> dict[str, Any]:
    """Measures a model.

    Args:
        form: Its name on the ladder.
        model: The .tflite file's content.
        sparsity: Share of the kernels' weights that are zero.
        inputs: Raw input tensors by name, [n, 1] each.
        labels: 0 or 1, shape [n].

    Returns:
        `form`, `auc`, `accuracy`, `bytes`, `gzip_bytes` (level 9), `sparsity`, `latency_p50_us`, `latency_p99_us`:
        the time of one call with one row, in microseconds, by LiteRT's Python interpreter on one thread.
    """
    predictor = inference.Predictor(model, {})
    chunks = [
        predictor.probabilities({name: array[start : start + _BATCH] for name, array in inputs.items()})[:, 1]
        for start in range(0, len(labels), _BATCH)
    ]
    p50, p99 = _latency(predictor, {name: array[:1] for name, array in inputs.items()})
    return {
        "form": form,
        **metrics.binary_metrics(labels, np.concatenate(chunks)),
        "bytes": len(model),
        "gzip_bytes": len(gzip.compress(model, 9)),
        "sparsity": sparsity,
        "latency_p50_us": p50,
        "latency_p99_us": p99,
    }


def _latency(predictor: inference.Predictor, row: Mapping[str, np.ndarray]) -> tuple[float, float]:
    for _ in range(_WARM_UP):
        predictor.probabilities(row)
    times = np.zeros(_CALLS)
    for call in range(_CALLS):
        started = time.perf_counter_ns()
        predictor.probabilities(row)
        times[call] = time.perf_counter_ns() - started
    return float(np.percentile(times, 50) / 1e3), float(np.percentile(times, 99) / 1e3)
