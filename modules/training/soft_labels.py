"""Batches with the teacher's logits beside the label: what the student, the Pruner and the Quantizer train on."""

from collections.abc import Sequence

import tensorflow as tf

from modules.base.settings import Distillation
from modules.graph.encoding import Encoder
from modules.training import distillation, serving
from modules.training.training_run import TrainingRun


def datasets(
    run: TrainingRun,
    encoder: Encoder,
    train_files: Sequence[str],
    validation_files: Sequence[str],
    teacher: str,
    batch_size: int,
) -> tuple[tf.data.Dataset, tf.data.Dataset]:
    """Returns the training rows, shuffled anew each epoch, and the validation rows; targets are [label, logits].

    Args:
        run: The run.
        encoder: The encoder, the same for teacher and student.
        train_files: File patterns of the transformed training examples.
        validation_files: The same of the validation examples.
        teacher: The teacher's exported model.
        batch_size: Rows a batch.
    """
    network = serving.load_parts(teacher)[1]

    def logits(encoded: tf.Tensor) -> tf.Tensor:
        return network(encoded, training=False)

    return run.datasets(train_files, validation_files, encoder, batch_size, logits)


def loss(run: TrainingRun) -> distillation.DistillationLoss:
    """Returns the distillation loss that the config sets."""
    settings = run.section("distillation", Distillation)
    return distillation.DistillationLoss(settings.temperature, settings.alpha, run.label.task)
