"""Quantizing a network to int8: after training, or while it goes on. Knows no TFX.

int8 concerns the network alone: the preprocessing around it stays in float32, since rounding a bin edge or a mean to
eight bits flips decisions by the dozen. One file holds both.
"""

import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras

from modules.base.settings import Quantizer
from modules.training import curves, inputs, loop
from modules.training import network as networks
from modules.training.convergence import patience_of

# Rows that set the ranges of the activations where nothing is trained.
_CALIBRATION_BATCHES = 40


def quantize_network(network: tf_keras.Sequential) -> tf_keras.Sequential:
    """Wraps a network so that weights and activations pass through int8 (fake quantization), and zeros stay zeros.

    The last layer stays in float32: its few weights cost next to nothing, and an int8 logit would leave 256
    probabilities for all rows to share.

    Args:
        network: Dense layers; a pruned one keeps its mask, by tfmot's prune-preserving scheme.
    """
    plain = networks.without_dropout(network)
    last = plain.layers[-1]

    def annotate(layer: tf_keras.layers.Layer) -> tf_keras.layers.Layer:
        return layer if layer is last else tfmot.quantization.keras.quantize_annotate_layer(layer)

    annotated = tf_keras.models.clone_model(plain, clone_function=annotate)
    scheme = tfmot.experimental.combine.Default8BitPrunePreserveQuantizeScheme()
    with tfmot.quantization.keras.quantize_scope():
        return tfmot.quantization.keras.quantize_apply(annotated, scheme)


def calibrate(quantized: tf_keras.Sequential, train: tf.data.Dataset) -> None:
    """Sets the ranges of weights and activations from training batches, and changes no weight: post-training int8.

    Args:
        quantized: What `quantize_network` returned.
        train: Batches of (encoded, target).
    """
    for batch in train.take(_CALIBRATION_BATCHES):
        quantized(batch[0], training=True)


def train_quantized(
    quantized: tf_keras.Sequential,
    train: tf.data.Dataset,
    validation: tf.data.Dataset,
    score: loop.ValidationScore,
    loss: tf_keras.losses.Loss,
    settings: Quantizer,
    log_dir: str | None = None,
) -> None:
    """Quantization-aware training (Jacob et al., 2018, arXiv:1712.05877): the weights learn to live with rounding.

    It stops once it has converged.

    Args:
        quantized: What `quantize_network` returned.
        train: Batches of (encoded, target) that suit the loss.
        validation: The same of the validation rows.
        score: What is watched on them.
        loss: The student's loss.
        settings: The section `quantizer` of the config.
        log_dir: Where the record of the training goes, if anywhere.
    """
    loop.compile_model(quantized, settings.learning_rate, loss)
    record = curves.TrainingRecord("quantizer", log_dir) if log_dir else None
    patience = patience_of(None, inputs.steps(train))
    loop.fit(quantized, train, validation, score, settings.epochs, patience, record)
