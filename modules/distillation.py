"""The student's loss: part truth, part teacher (Hinton, Vinyals and Dean, 2015, arXiv:1503.02531)."""

from typing import Any

import tensorflow as tf
import tf_keras


@tf_keras.utils.register_keras_serializable("tabular")
class DistillationLoss(tf_keras.losses.Loss):
    """L = (1 - alpha) · L_H + alpha · T² · KL(teacher_T ‖ student_T), for a binary label.

    L_H is the cross-entropy with the label. teacher_T and student_T are the distributions over the two classes with
    the logits divided by the temperature T. The factor T² keeps the gradient of the soft part at the scale of the hard
    part, whatever T is (section 2 of the paper).

    Args:
        temperature: T, at least 1.
        alpha: Weight of the soft part, in [0, 1].
    """

    def __init__(self, temperature: float, alpha: float, name: str = "distillation", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.temperature, self.alpha = temperature, alpha

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns the loss of each row in nats, [batch].

        Args:
            y_true: The label (0 or 1) and the teacher's logit, float32 [batch, 2].
            y_pred: The student's logit, float32 [batch, 1].
        """
        label, teacher, student = y_true[:, 0], y_true[:, 1], y_pred[:, 0]
        hard = tf.nn.sigmoid_cross_entropy_with_logits(label, student)
        soft_teacher = teacher / self.temperature
        target = tf.sigmoid(soft_teacher)
        cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits(target, student / self.temperature)
        entropy = tf.nn.sigmoid_cross_entropy_with_logits(target, soft_teacher)
        divergence = cross_entropy - entropy
        return (1.0 - self.alpha) * hard + self.alpha * self.temperature**2 * divergence

    def get_config(self) -> dict:
        return super().get_config() | {"temperature": self.temperature, "alpha": self.alpha}
