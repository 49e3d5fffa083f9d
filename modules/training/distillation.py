"""The student's loss: part truth, part teacher (Hinton, Vinyals and Dean, 2015, arXiv:1503.02531)."""

from typing import Any

import tensorflow as tf
import tf_keras


@tf_keras.utils.register_keras_serializable("tabular")
class DistillationLoss(tf_keras.losses.Loss):
    """L = (1 - alpha) · L_H + alpha · L_S.

    For classes, L_H is the cross-entropy with the label and L_S = T² · KL(teacher_T ‖ student_T), where teacher_T and
    student_T are the distributions over the classes with the logits divided by the temperature T. The factor T² keeps
    the gradient of the soft part at the scale of the hard part, whatever T is (section 2 of the paper). For a
    regression, L_H is the squared error against the label and L_S that against the teacher; T has no part in it.

    Args:
        temperature: T, at least 1.
        alpha: Weight of the soft part, in [0, 1].
        task: `binary`, `multiclass` or `regression`.
    """

    def __init__(
        self, temperature: float, alpha: float, task: str = "binary", name: str = "distillation", **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.temperature, self.alpha, self.task = temperature, alpha, task

    def call(self, y_true: tf.Tensor, y_pred: tf.Tensor) -> tf.Tensor:
        """Returns the loss of each row (of classes in nats), [batch].

        Args:
            y_true: The label (the number of the class, or the scaled value) and the teacher's outputs, float32
                [batch, 1 + outputs].
            y_pred: The student's outputs, float32 [batch, outputs].
        """
        label, teacher = y_true[:, 0], y_true[:, 1:]
        if self.task == "regression":
            hard = tf.square(label - y_pred[:, 0])
            soft = tf.square(teacher[:, 0] - y_pred[:, 0])
        elif self.task == "multiclass":
            hard = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(label, tf.int32), y_pred)
            soft = self.temperature**2 * self._divergence(teacher / self.temperature, y_pred / self.temperature)
        else:
            hard = tf.nn.sigmoid_cross_entropy_with_logits(label, y_pred[:, 0])
            soft = self.temperature**2 * self._binary(teacher[:, 0] / self.temperature, y_pred[:, 0] / self.temperature)
        return (1.0 - self.alpha) * hard + self.alpha * soft

    @staticmethod
    def _binary(teacher: tf.Tensor, student: tf.Tensor) -> tf.Tensor:
        """Returns KL(teacher ‖ student) of two classes from the logits of one, [batch]."""
        target = tf.sigmoid(teacher)
        cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits(target, student)
        return cross_entropy - tf.nn.sigmoid_cross_entropy_with_logits(target, teacher)

    @staticmethod
    def _divergence(teacher: tf.Tensor, student: tf.Tensor) -> tf.Tensor:
        """Returns KL(teacher ‖ student) from the logits of all classes, [batch]."""
        target = tf.nn.softmax(teacher)
        return tf.reduce_sum(target * (tf.nn.log_softmax(teacher) - tf.nn.log_softmax(student)), axis=1)

    def get_config(self) -> dict:
        return super().get_config() | {"temperature": self.temperature, "alpha": self.alpha, "task": self.task}
