"""The student's loss: part truth, part teacher (Hinton, Vinyals and Dean, 2015, arXiv:1503.02531)."""

from typing import Any

import tensorflow as tf
import tf_keras

from modules.tasks import BINARY
from modules.training import by_task


@tf_keras.utils.register_keras_serializable("tabular")
class DistillationLoss(tf_keras.losses.Loss):
    """L = (1 - alpha) · L_H + alpha · L_S.

    For classes, L_H is the cross-entropy with the label and L_S = T² · KL(teacher_T ‖ student_T), where teacher_T and
    student_T are the distributions over the classes with the logits divided by the temperature T. The factor T² keeps
    the gradient of the soft part at the scale of the hard part, whatever T is (section 2 of the paper). For a
    regression, L_H is the squared error against the label and L_S that against the teacher; T has no part in it.

    A row whose label nobody knows, a synthetic one, has not-a-number for it, and L = L_S.

    Args:
        temperature: T, at least 1.
        alpha: Weight of the soft part, in [0, 1].
        task: The task's name.
    """

    def __init__(
        self, temperature: float, alpha: float, task: str = BINARY.name, name: str = "distillation", **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.temperature, self.alpha, self.task = temperature, alpha, task

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns the loss of each row (of classes in nats), [batch].

        Args:
            y_true: The label (the number of the class, or the scaled value; not-a-number where it is not known) and
                the teacher's outputs, float32 [batch, 1 + outputs].
            y_pred: The student's outputs, float32 [batch, outputs].
        """
        label, teacher = y_true[:, 0], y_true[:, 1:]
        known = tf.equal(label, label)
        # The label is replaced before the loss is taken of it: else not-a-number would be in the gradient all the same.
        label = tf.where(known, label, 0.0)
        hard, soft = by_task.of(self.task).distilled(label, teacher, y_pred, self.temperature)
        return tf.where(known, (1.0 - self.alpha) * hard + self.alpha * soft, soft)

    def get_config(self) -> dict:
        return super().get_config() | {"temperature": self.temperature, "alpha": self.alpha, "task": self.task}
