"""What training and the exported graph do for each task: its losses, and from logits to the answer."""

from typing import Protocol

import tensorflow as tf
import tf_keras

from modules import tasks
from modules.training.by_task import binary, multiclass, regression


class TrainingOf(Protocol):
    """What a file of this package has."""

    @property
    def TREES_LOSS(self) -> str:
        """CatBoost's name of the loss that boosted trees are grown for."""
        ...

    def hard_loss(self) -> tf_keras.losses.Loss:
        """Returns the loss against labels."""
        ...

    def distilled(
        self, label: tf.Tensor, teacher: tf.Tensor, student: tf.Tensor, temperature: float
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the loss against the label and that against the teacher's outputs, of each row, [batch] each."""
        ...

    def answer(self, target: tasks.Target, logits: tf.Tensor) -> tf.Tensor:
        """Returns what the exported model answers, float32 [batch, outputs]."""
        ...


_BY_TASK: dict[tasks.Task, TrainingOf] = {
    tasks.BINARY: binary,
    tasks.MULTICLASS: multiclass,
    tasks.REGRESSION: regression,
}


def of(task: str) -> TrainingOf:
    """Returns what a task of this name is trained and exported with."""
    return _BY_TASK[tasks.named(task)]
