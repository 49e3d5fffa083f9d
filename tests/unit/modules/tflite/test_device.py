"""What a file takes of a device: figures that can be worked out, and a clock and a heap of one's own."""

import ctypes
import gzip
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from modules.tflite import conversion, device

pytestmark = pytest.mark.unit


class Dense(tf.Module):
    """One dense layer from a sine of x; its kernel is the file."""

    def __init__(self, units: int) -> None:
        super().__init__()
        kernel = tf.constant(np.random.default_rng(1).normal(size=(units, units)), tf.float32)

        def serve(raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
            inner = tf.matmul(tf.sin(raw["x"] * tf.range(float(units))), kernel)
            return {"prediction": tf.reduce_sum(inner, axis=1, keepdims=True) + tf.cast(raw["n"], tf.float32)}

        specs = {name: tf.TensorSpec([None, 1], kind, name=name) for name, kind in (("x", tf.float32), ("n", tf.int64))}
        self.serve = tf.function(serve, input_signature=[specs])


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], bytes]:
    def made(units: int) -> bytes:
        folder, module = str(tmp_path_factory.mktemp("dense") / str(units)), Dense(units)
        tf.saved_model.save(module, folder, signatures={"serving_default": module.serve})
        return conversion.to_tflite(folder)

    return made


ROW: dict[str, np.ndarray] = {"x": np.array([[0.5]], np.float32), "n": np.array([[7]], np.int64)}


def test_figures_of_a_larger_model_are_larger(dense: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_CALLS", 100)
    small, large = (dense(units) for units in (8, 512))
    found = [device.measure(content, ROW) for content in (small, large)]
    assert [figures.bytes for figures in found] == [len(small), len(large)]
    assert [figures.gzip_bytes for figures in found] == [len(gzip.compress(content, 9)) for content in (small, large)]
    assert all(0 < figures.latency_p50_us <= figures.latency_p99_us for figures in found)
    assert 0 < found[0].latency_ratio < found[1].latency_ratio
    assert found[0].memory_bytes is not None and found[1].memory_bytes is not None
    packed = 4 * 512 * 512  # the delegate keeps a copy of the kernel, packed for its loops
    assert packed < found[1].memory_bytes - found[0].memory_bytes < 1.5 * packed


def test_memory_is_the_same_whenever_it_is_measured(dense: Callable) -> None:
    content = dense(64)
    device._memory(content, ROW)  # the first file of a process brings what all need
    first, second = (device._memory(content, ROW) for _ in range(2))
    assert first is not None and first == pytest.approx(second, rel=0.05)


def test_memory_is_not_known_where_the_c_library_does_not_tell(
    dense: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())
    assert device._memory(dense(8), ROW) is None


def test_a_row_is_answered_as_the_signature_answers_it(dense: Callable) -> None:
    from modules.tflite.inference import Predictor

    content = dense(8)
    np.testing.assert_array_equal(device._caller(content, ROW)(), Predictor(content).predict(ROW))


@pytest.mark.parametrize(("nanoseconds", "calls"), [(100_000, 500), (10_000_000, 40), (200_000_000, 20)])
def test_a_slow_model_is_called_less_often_and_at_least_twenty_times_after_three(
    nanoseconds: int, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, asked = [0], [0]

    def call() -> None:
        clock[0] += nanoseconds
        asked[0] += 1

    monkeypatch.setattr(device, "time", SimpleNamespace(perf_counter_ns=lambda: clock[0]))
    monkeypatch.setattr(device, "_reference_computation", lambda: clock.__setitem__(0, clock[0] + 50_000))
    monkeypatch.setattr(device, "_CALLS", 500)
    times, ratios = device._times(call)
    warm_ups = {100_000: 50, 10_000_000: 4, 200_000_000: 3}
    assert asked[0] == warm_ups[nanoseconds] + calls
    assert times == [nanoseconds] * calls
    assert ratios == [nanoseconds / 50_000] * calls


def test_a_machine_that_turns_slow_halfway_changes_the_time_and_not_the_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, speed = [0], [1]

    def work(nanoseconds: int) -> None:
        clock[0] += nanoseconds * speed[0]

    def call() -> None:
        speed[0] = 1 if clock[0] < 2_000_000 else 5
        work(20_000)

    monkeypatch.setattr(device, "time", SimpleNamespace(perf_counter_ns=lambda: clock[0]))
    monkeypatch.setattr(device, "_reference_computation", lambda: work(10_000))
    times, ratios = device._timed(call, 500, 1.0, 20)
    assert set(times) == {20_000, 100_000}
    assert set(ratios) == {2.0}


def test_kernels_differ_by_the_answer_that_is_furthest_off() -> None:
    answers = np.array([[0.25, 0.75], [0.5, 0.5], [0.9, 0.1]], np.float32)
    reference = answers + np.array([[0, 0], [-0.125, 0.125], [0.0625, -0.0625]], np.float32)
    assert device.kernel_difference(answers, reference) == pytest.approx(0.125, abs=1e-7)
    assert device.kernel_difference(answers[:0], reference[:0]) == 0


def test_the_share_of_changed_decisions_is_over_all_rows() -> None:
    assert device.changed_decisions(np.array([0, 1, 2, 1]), np.array([0, 1, 1, 1])) == 0.25
    assert device.changed_decisions(np.array([], int), np.array([], int)) == 0
