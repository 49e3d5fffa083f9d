"""What a .tflite takes of a device, measured on this machine, and how far its kernels disagree. Knows no TFX."""

import ctypes
import dataclasses
import gzip
import os
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from modules.tflite import inference

_WARM_UP, _CALLS = 50, 500
# A model of thousands of inputs takes milliseconds per row: fewer calls then tell as much.
_SECONDS, _LEAST_CALLS, _LEAST_WARM_UPS = 0.4, 20, 3
# How often the file is opened to see what that allocates: as often as fits in so many seconds, once at least.
_OPENINGS, _OPENING_SECONDS = 3, 0.1
_MATRIX = np.sin(np.arange(32 * 32, dtype=np.float32)).reshape(32, 32)


@dataclasses.dataclass(frozen=True)
class DeviceFigures:
    """What one file takes.

    Attributes:
        bytes: Its size.
        gzip_bytes: Its size after gzip of level 9.
        latency_p50_us: Median time of one row on one thread, in microseconds, from copying the values in to copying the
            answer out.
        latency_p99_us: The 99th percentile of these times.
        latency_ratio: How many times as long as the reference computation a row takes: the median over the calls, each
            of which is followed by that computation, so that a slow or busy machine slows both. 1.0 is the time of one
            product of two matrices of 32 by 32 float32 by numpy's own loop (einsum, without BLAS): 32,768
            multiplications and additions, 10 µs on a server core of 2023. Seen under changing load, in which the
            median time of a row went from 17 to 33 µs, the ratio went from 1.77 to 2.06.
        memory_bytes: What LiteRT allocates on the heap to open the file and answer one row: its graph and tables, the
            arena of its tensors, and the weights as the delegate packs them; without the file itself, which devices map
            into memory. It differs by up to 2 % from time to time. None where the C library is not glibc.
    """

    bytes: int
    gzip_bytes: int
    latency_p50_us: float
    latency_p99_us: float
    latency_ratio: float
    memory_bytes: int | None


def measure(model: bytes, row: Mapping[str, np.ndarray]) -> DeviceFigures:
    """Measures a file, run as devices run it; nothing else should run in this process meanwhile.

    Args:
        model: The .tflite file's content.
        row: The raw input tensors of one row, by name, [1, 1] each.
    """
    return measure_all({"": model}, row)[""]


def measure_all(models: Mapping[str, bytes], row: Mapping[str, np.ndarray]) -> dict[str, DeviceFigures]:
    """Measures files, one after the other, as `measure` does one; arguments as there."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # all are compressed before the first is timed
        sizes = [*pool.map(lambda model: len(gzip.compress(model, 9)), models.values())]
    return {
        name: _figures(_caller(model, row), len(model), size, _memory(model, row))
        for (name, model), size in zip(models.items(), sizes, strict=True)
    }


def measure_call(call: Callable[[], object], size: int, gzip_size: int) -> DeviceFigures:
    """Measures a model that is not a .tflite file, as `measure` does one.

    Args:
        call: Answers one raw row.
        size: Bytes of its files.
        gzip_size: The same after gzip.
    """
    return _figures(call, size, gzip_size, None)


def _figures(call: Callable[[], object], size: int, gzip_size: int, memory: int | None) -> DeviceFigures:
    times, ratios = _times(call)
    return DeviceFigures(
        bytes=size,
        gzip_bytes=gzip_size,
        latency_p50_us=float(np.percentile(times, 50) / 1e3),
        latency_p99_us=float(np.percentile(times, 99) / 1e3),
        latency_ratio=float(np.median(ratios)),
        memory_bytes=memory,
    )


def kernel_difference(answers: np.ndarray, reference: np.ndarray) -> float:
    """Returns the largest absolute difference of an answer between two kinds of kernels; 0 without rows.

    Args:
        answers: What a model answers with one of them, [n, classes] or [n, 1].
        reference: What it answers with the other.
    """
    return float(np.abs(answers.astype(np.float64) - reference).max(initial=0.0))


def changed_decisions(decided: np.ndarray, reference: np.ndarray) -> float:
    """Returns the share of rows that are decided otherwise, in [0, 1]; 0 without rows.

    Args:
        decided: The number of the class that each row is taken for with one kind of kernels, [n].
        reference: The same with the other kind.
    """
    return float((decided != reference).mean()) if len(decided) else 0.0


def _caller(model: bytes, row: Mapping[str, np.ndarray]) -> Callable[[], np.ndarray]:
    """Opens a file; returns what answers a row as an app does that allocated the tensors beforehand."""
    interpreter = inference.open_interpreter(model)
    signature = interpreter.get_signature_runner()
    inputs = [(detail["index"], row[name]) for name, detail in signature.get_input_details().items()]
    (answer,) = (detail["index"] for detail in signature.get_output_details().values())
    del signature  # an interpreter cannot be invoked while its signature's runner holds it

    def call() -> np.ndarray:
        for index, value in inputs:
            interpreter.set_tensor(index, value)
        interpreter.invoke()
        return interpreter.get_tensor(answer)

    return call


def _times(call: Callable[[], object]) -> tuple[list[int], list[float]]:
    """Returns the nanoseconds of each call, and how many times as long as the reference computation each took."""
    _timed(call, _WARM_UP, _SECONDS / 10, _LEAST_WARM_UPS)
    return _timed(call, _CALLS, _SECONDS, _LEAST_CALLS)


def _timed(call: Callable[[], object], calls: int, seconds: float, least: int) -> tuple[list[int], list[float]]:
    """Calls again and again: so many times, or so long once it was called the least number of times."""
    times: list[int] = []
    ratios: list[float] = []
    while len(times) < calls and (len(times) < least or sum(times) < 1e9 * seconds):
        started = time.perf_counter_ns()
        call()
        called = time.perf_counter_ns()
        _reference_computation()
        ended = time.perf_counter_ns()
        times.append(called - started)
        ratios.append((called - started) / (ended - called))
    return times, ratios


def _reference_computation() -> np.ndarray:
    return np.einsum("ij,jk->ik", _MATRIX, _MATRIX)


def _memory(model: bytes, row: Mapping[str, np.ndarray]) -> int | None:
    grown: list[int] = []
    started = time.monotonic()
    while len(grown) < _OPENINGS and (not grown or time.monotonic() - started < _OPENING_SECONDS):
        before = _heap_bytes()
        call = _caller(model, row)
        call()
        grown.append(_heap_bytes() - before)
        del call
    median = int(statistics.median(grown))
    return median if median > 0 else None  # without glibc, and where another library allocates in its place


class _Mallinfo2(ctypes.Structure):
    """What glibc tells of its heap; see mallinfo2(3)."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def _heap_bytes() -> int:
    """Returns how many bytes this process has allocated by malloc; 0 where the C library does not tell."""
    mallinfo2 = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if mallinfo2 is None:
        return 0
    mallinfo2.restype = _Mallinfo2
    heap = mallinfo2()
    return heap.uordblks + heap.hblkhd
