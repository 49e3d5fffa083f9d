"""Two classes, from one logit."""

import tensorflow as tf
import tf_keras

from modules.tasks import Target

# CatBoost's name of the loss that boosted trees are grown for. Its Logloss is the same, and refuses rows of one class.
TREES_LOSS = "CrossEntropy"


def hard_loss() -> tf_keras.losses.Loss:
    """Returns the cross-entropy with the label, in nats."""
    return tf_keras.losses.BinaryCrossentropy(from_logits=True)


def distilled(
    label: tf.Tensor, teacher: tf.Tensor, student: tf.Tensor, temperature: float
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the cross-entropy with the label, and T² · KL(teacher ‖ student), of each row in nats, [batch]."""
    hard = tf.nn.sigmoid_cross_entropy_with_logits(label, student[:, 0])
    return hard, temperature**2 * _divergence(teacher[:, 0] / temperature, student[:, 0] / temperature)


def _divergence(teacher: tf.Tensor, student: tf.Tensor) -> tf.Tensor:
    """Returns KL(teacher ‖ student) of two classes from the logits of one, [batch]."""
    target = tf.sigmoid(teacher)
    cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits(target, student)
    return cross_entropy - tf.nn.sigmoid_cross_entropy_with_logits(target, teacher)


def answer(target: Target, logits: tf.Tensor) -> tf.Tensor:
    """Returns the probability of the positive class."""
    return tf.sigmoid(logits)
