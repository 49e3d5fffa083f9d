"""Measuring one .tflite file: quality, size and latency. Knows no TFX."""

import gzip
import time
from collections.abc import Mapping

import numpy as np

from modules import tasks
from modules.contracts.ladder import Rung
from modules.tasks import calibration
from modules.tflite import inference

_WARM_UP, _CALLS = 50, 500
# A model of thousands of inputs takes milliseconds per row: fewer calls then tell as much.
_SECONDS, _LEAST_CALLS = 1.0, 20


def measure(
    form: str,
    model: bytes,
    sparsity: float,
    task: str,
    predictions: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray | None,
    row: Mapping[str, np.ndarray],
) -> Rung:
    """Measures a model.

    Args:
        form: Its name on the ladder.
        model: The .tflite file's content.
        sparsity: Share of the kernels' weights that are zero.
        task: `binary`, `multiclass` or `regression`.
        predictions: What it predicts of the test rows: the probability of each class, [n, classes], or the value,
            [n, 1].
        labels: The number of the class, or the value, [n].
        weights: The example weights, [n], if there are any.
        row: The raw input tensors of one row, by name, [1, 1] each: what is timed.

    Returns:
        The rung: the metrics that `tasks.LADDER` names for the task; gzip is of level 9; the latencies are by LiteRT's
        Python interpreter on one thread.
    """
    p50, p99 = _latency(inference.Predictor(model), row)
    return Rung(
        form,
        metrics={name: tasks.METRICS[name].measures[task](labels, predictions, weights) for name in tasks.LADDER[task]},
        calibration=calibration.calibration(labels, predictions, weights),
        bytes=len(model),
        gzip_bytes=len(gzip.compress(model, 9)),
        sparsity=sparsity,
        latency_p50_us=p50,
        latency_p99_us=p99,
    )


def _latency(predictor: inference.Predictor, row: Mapping[str, np.ndarray]) -> tuple[float, float]:
    _call(predictor, row, _WARM_UP, _SECONDS / 10)
    times = _call(predictor, row, _CALLS, _SECONDS)
    return float(np.percentile(times, 50) / 1e3), float(np.percentile(times, 99) / 1e3)


def _call(predictor: inference.Predictor, row: Mapping[str, np.ndarray], calls: int, seconds: float) -> list[int]:
    """Predicts a row again and again, until it was so many times, or so long; returns the nanoseconds of each call."""
    times: list[int] = []
    while len(times) < calls and (len(times) < _LEAST_CALLS or sum(times) < 1e9 * seconds):
        started = time.perf_counter_ns()
        predictor.predict(row)
        times.append(time.perf_counter_ns() - started)
    return times
