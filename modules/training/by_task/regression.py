"""A number, from its z-score."""

import tensorflow as tf
import tf_keras

from modules.tasks import Target

# CatBoost's name of the loss that boosted trees are grown for.
TREES_LOSS = "RMSE"


def hard_loss() -> tf_keras.losses.Loss:
    """Returns the mean squared error of the scaled values."""
    return tf_keras.losses.MeanSquaredError()


def distilled(
    label: tf.Tensor, teacher: tf.Tensor, student: tf.Tensor, temperature: float
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the squared errors against the label and against the teacher, [batch]; the temperature has no part."""
    return tf.square(label - student[:, 0]), tf.square(teacher[:, 0] - student[:, 0])


def answer(target: Target, logits: tf.Tensor) -> tf.Tensor:
    """Returns the values in the label's unit.

    Where the log was learnt they stay within the labels of the training rows: the exponential would turn a small
    mistake about a row unlike all others into a large one.
    """
    values = logits * target.deviation + target.mean
    if not target.log:
        return values
    values = tf.sign(values) * (tf.exp(tf.abs(values)) - 1.0)
    return tf.minimum(tf.maximum(values, target.lowest), target.highest)
