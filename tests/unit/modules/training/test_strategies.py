import pytest
import tensorflow as tf

from modules.training import strategies

pytestmark = pytest.mark.unit


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Records into how many logical devices a machine without GPU is split."""
    made: list[int] = []
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["cpu"] if kind == "CPU" else [])
    monkeypatch.setattr(tf.config, "get_logical_device_configuration", lambda _: None)
    monkeypatch.setattr(tf.config, "set_logical_device_configuration", lambda _, devices: made.append(len(devices)))
    return made


def test_the_cpu_is_split_into_as_many_devices_as_replicas(calls: list[int]) -> None:
    strategies.prepare_devices(3)
    assert calls == [3]


def test_one_replica_needs_no_split(calls: list[int]) -> None:
    strategies.prepare_devices(1)
    assert calls == []


def test_a_machine_with_a_gpu_is_left_as_it_is(calls: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    strategies.prepare_devices(2)
    assert calls == []


def test_a_single_device_gets_the_default_strategy() -> None:
    assert strategies.mirrored(1) is tf.distribute.get_strategy()


def test_a_strategy_has_a_replica_for_each_device(monkeypatch: pytest.MonkeyPatch) -> None:
    devices: list[list[str]] = []
    named = [tf.config.LogicalDevice(f"/device:CPU:{number}", "CPU") for number in range(3)]
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: named if kind == "CPU" else [])
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", devices.append)
    strategies.mirrored(2)
    assert devices == [["/device:CPU:0", "/device:CPU:1"]]


def test_more_replicas_than_devices_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    found = len(tf.config.list_logical_devices("CPU"))
    strategies.mirrored(found + 1)
    assert f"{found + 1} replicas asked for, {found} devices found" in caplog.text
