"""Magnitude pruning with a polynomial schedule (Zhu and Gupta, 2017, arXiv:1710.01878). Knows no TFX."""

import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras

from modules.base.errors import TargetMissed
from modules.base.settings import Pruner
from modules.training import curves, loop
from modules.training import network as networks


def prune(
    network: tf_keras.Sequential,
    train: tf.data.Dataset,
    validation: tf.data.Dataset,
    score: loop.ValidationScore,
    loss: tf_keras.losses.Loss,
    settings: Pruner,
    steps_per_epoch: int,
    log_dir: str | None = None,
) -> tf_keras.Sequential:
    """Fine-tunes a network while its smallest weights are set to zero, more of them step by step.

    The sparsity rises along a cubic from 0 to its target over the first two thirds of the steps; the rest of the
    training recovers with the mask fixed.

    Args:
        network: The trained network; it is not changed.
        train: Batches of (encoded, target) that suit the loss.
        validation: The same of the validation rows.
        score: What is watched on them.
        loss: The student's loss.
        settings: The section `pruner` of the config.
        steps_per_epoch: Number of training batches.
        log_dir: Where the record of the training goes, if anywhere.

    Returns:
        The pruned network, without tfmot's wrappers: zeros are zeros, and training could undo them.
    """
    end = max(2 * settings.epochs * steps_per_epoch // 3, 1)
    schedule = tfmot.sparsity.keras.PolynomialDecay(
        0.0, settings.sparsity, begin_step=0, end_step=end, frequency=max(end // 20, 1)
    )
    copy = networks.without_dropout(network)
    wrapped = tfmot.sparsity.keras.prune_low_magnitude(copy, pruning_schedule=schedule)
    loop.compile_model(wrapped, settings.learning_rate, loss)
    update = tfmot.sparsity.keras.UpdatePruningStep()
    record = curves.TrainingRecord("pruner", log_dir) if log_dir else None
    loop.fit(wrapped, train, validation, score, settings.epochs, None, record, callbacks=(update,))
    return tfmot.sparsity.keras.strip_pruning(wrapped)


def check_sparsity(measured: float, settings: Pruner) -> None:
    """Fails when pruning did not reach its target.

    Raises:
        TargetMissed: If the measured sparsity lies below the target by more than the tolerance.
    """
    if measured < settings.sparsity - settings.tolerance:
        raise TargetMissed(
            "Pruner",
            f"sparsity {measured:.4f} is below pruner.sparsity {settings.sparsity} less pruner.tolerance "
            f"{settings.tolerance}",
            "Give pruning more steps (pruner.epochs), or lower pruner.sparsity",
        )
