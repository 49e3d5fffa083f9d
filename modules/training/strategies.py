"""MirroredStrategy on whatever the machine has: its GPUs, or logical CPU devices where it has none."""

import contextlib
import logging
from typing import Any

import tensorflow as tf


def prepare_devices(replicas: int) -> None:
    """Splits the CPU into logical devices. It has to run before anything else initializes TensorFlow.

    Args:
        replicas: How many logical CPU devices there shall be; no effect on a machine with GPUs.
    """
    if replicas == 1 or tf.config.list_physical_devices("GPU"):
        return
    cpu = tf.config.list_physical_devices("CPU")[0]
    if tf.config.get_logical_device_configuration(cpu) is None:
        with contextlib.suppress(RuntimeError):  # already initialized: `mirrored` says what it then gets
            tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * replicas)


def mirrored(replicas: int) -> Any:
    """Returns a MirroredStrategy over `replicas` devices; for a single device, the default strategy.

    The default strategy trains the same weights, and MirroredStrategy with one replica takes up to 1.75 × the time.

    All GPUs are used where there are any; else logical CPU devices, as many as `prepare_devices` made, at most
    `replicas`. The global batch is shared out, and the gradients are summed, so that the number of replicas changes
    the speed and not the mathematics.
    """
    devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")[:replicas]
    if len(devices) < replicas:
        logging.getLogger(__name__).warning("%d replicas asked for, %d devices found", replicas, len(devices))
    if len(devices) == 1:
        return tf.distribute.get_strategy()
    return tf.distribute.MirroredStrategy([device.name for device in devices])
