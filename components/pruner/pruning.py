"""Magnitude pruning with a polynomial schedule (Zhu and Gupta, 2017, arXiv:1710.01878). Knows no TFX."""

import dataclasses
import math

import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras

from modules.base.errors import TargetMissed
from modules.base.settings import Pruner
from modules.training import curves, loop
from modules.training import network as networks
from modules.training.convergence import patience_of

# The share of the epochs, at most, in which the sparsity rises; the rest is for recovering from it.
_RISING = 2 / 3


def prune(
    network: tf_keras.Model,
    train: tf.data.Dataset,
    validation: tf.data.Dataset,
    score: loop.ValidationScore,
    loss: tf_keras.losses.Loss,
    settings: Pruner,
    steps_per_epoch: int,
    sparsity: float,
    record: curves.TrainingRecord | None = None,
    initial_epoch: int = 0,
) -> tf_keras.Model:
    """Fine-tunes a network while its smallest weights are set to zero, more of them step by step.

    The sparsity rises along a cubic from what the network has to its target, for as many epochs as a converged training
    waits, or two thirds of all where that is less. The network then recovers with the mask fixed, until it has
    converged: the weights of the best epoch since the target was reached come back.

    Args:
        network: The trained network, or one that was pruned to a lower sparsity; it is not changed.
        train: Batches of (encoded, target) that suit the loss.
        validation: The same of the validation rows.
        score: What is watched on them.
        loss: The student's loss.
        settings: The section `pruner` of the config; its epochs are a limit.
        steps_per_epoch: Number of training batches.
        sparsity: The target.
        record: Where the learning curves go, if anywhere.
        initial_epoch: The number of the first epoch, for a pruning that goes on.

    Returns:
        The pruned network, without tfmot's wrappers: zeros are zeros, and training could undo them. With a
        target of 0 it is the network as it runs.
    """
    if sparsity == 0:
        return networks.without_dropout(network)
    patience = patience_of(None, steps_per_epoch)
    rising = min(float(patience.epochs), _RISING * settings.epochs)
    end = max(int(rising * steps_per_epoch), 1)
    schedule = tfmot.sparsity.keras.PolynomialDecay(
        networks.sparsity(network), sparsity, begin_step=0, end_step=end, frequency=max(end // 20, 1)
    )
    copy = networks.without_dropout(network)
    wrapped = tfmot.sparsity.keras.prune_low_magnitude(copy, pruning_schedule=schedule)
    loop.compile_model(wrapped, settings.learning_rate, loss)
    update = tfmot.sparsity.keras.UpdatePruningStep()
    # An epoch counts once the whole of it was trained at the target; where there is but one, that one.
    since = initial_epoch + min(math.ceil(rising), settings.epochs - 1)
    patience = dataclasses.replace(patience, since=since)
    last = initial_epoch + settings.epochs
    loop.fit(wrapped, train, validation, score, last, patience, record, initial_epoch, callbacks=(update,))
    return tfmot.sparsity.keras.strip_pruning(wrapped)


def check_sparsity(measured: float, sparsity: float, settings: Pruner) -> None:
    """Fails when pruning did not reach its target.

    Raises:
        TargetMissed: If the measured sparsity lies below the target by more than the tolerance.
    """
    if measured < sparsity - settings.tolerance:
        raise TargetMissed(
            "Pruner",
            f"sparsity {measured:.4f} is below {sparsity} of pruner.sparsity less pruner.tolerance "
            f"{settings.tolerance}",
            "Give pruning more steps (pruner.epochs), or lower pruner.sparsity",
        )
