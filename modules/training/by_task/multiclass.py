"""Several classes, from a logit each."""

import tensorflow as tf
import tf_keras

from modules.tasks import Target

# CatBoost's name of the loss that boosted trees are grown for.
TREES_LOSS = "MultiClass"


def hard_loss() -> tf_keras.losses.Loss:
    """Returns the cross-entropy with the label, in nats."""
    return tf_keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def distilled(
    label: tf.Tensor, teacher: tf.Tensor, student: tf.Tensor, temperature: float
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the cross-entropy with the label, and T² · KL(teacher ‖ student), of each row in nats, [batch]."""
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(label, tf.int32), student)
    return hard, temperature**2 * _divergence(teacher / temperature, student / temperature)


def _divergence(teacher: tf.Tensor, student: tf.Tensor) -> tf.Tensor:
    """Returns KL(teacher ‖ student) from the logits of all classes, [batch]."""
    target = tf.nn.softmax(teacher)
    return tf.reduce_sum(target * (tf.nn.log_softmax(teacher) - tf.nn.log_softmax(student)), axis=1)


def answer(target: Target, logits: tf.Tensor) -> tf.Tensor:
    """Returns the probability of each class."""
    return tf.nn.softmax(logits)
