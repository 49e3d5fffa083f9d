"""Batches with the teacher's logits beside the label: what the student, the Pruner and the Quantizer train on."""

from collections.abc import Callable, Sequence

import tensorflow as tf

from modules import distillation, inputs, run, serving
from modules.settings import Distillation


def teacher_logits(directory: str) -> Callable[[dict[str, tf.Tensor]], tf.Tensor]:
    """Returns the teacher as a function from a batch of Transform's tensors to its logits, float32 [batch, 1].

    Args:
        directory: The teacher's exported model.
    """
    encoder, network = serving.load_parts(directory)

    @tf.function(reduce_retracing=True)
    def logits(batch: dict[str, tf.Tensor]) -> tf.Tensor:
        return network(encoder(batch), training=False)

    return logits


def datasets(
    this: run.Run, train_files: Sequence[str], validation_files: Sequence[str], teacher: str, batch_size: int
) -> tuple[tf.data.Dataset, tf.data.Dataset]:
    """Returns the training rows, shuffled anew each epoch, and the validation rows; targets are [label, logit].

    Args:
        this: The run.
        train_files: File patterns of the transformed training examples.
        validation_files: The same of the validation examples.
        teacher: The teacher's exported model.
        batch_size: Rows a batch.
    """
    extend = teacher_logits(teacher)
    train = inputs.dataset(train_files, this.output, batch_size, this.seed, extend)
    return train, inputs.dataset(validation_files, this.output, batch_size, extend=extend)


def loss(this: run.Run) -> distillation.DistillationLoss:
    """Returns the distillation loss that the config sets."""
    settings = this.section("distillation", Distillation)
    return distillation.DistillationLoss(settings.temperature, settings.alpha)
