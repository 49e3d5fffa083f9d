"""Batches with the teacher's logits beside the label: what the student, the Pruner and the Quantizer train on."""

import functools
import os
from collections.abc import Sequence

import tensorflow as tf

from modules.base.settings import Distillation
from modules.contracts.files import Version, versions
from modules.graph.encoding import Encoder
from modules.training import distillation, teachers
from modules.training.augmenting.mixing import Answers, Mixture
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

    Where the config asks for synthetic rows, each batch of training rows has them too.

    Args:
        run: The run.
        encoder: The student's encoder.
        train_files: File patterns of the transformed training examples.
        validation_files: The same of the validation examples.
        teacher: Directory of the teacher, as `teachers.load` takes it.
        batch_size: Rows a batch.
    """
    labels = teachers.load(teacher)
    augment = run.section("distillation", Distillation).augment
    addition = None
    if augment.method != "none":
        made_of = [*versions(train_files), *versions([os.path.join(teacher, "*")])]
        known = _answers(tuple(made_of), augment.method, run.seed)
        addition = Mixture(augment.method, augment.times, run.profile, run.seed, labels.logits, known)
    return run.datasets(
        train_files,
        validation_files,
        encoder,
        batch_size,
        labels.training_logits,
        lambda rows, _: labels.logits(rows),
        addition,
    )


@functools.lru_cache(maxsize=1)
def _answers(made_of: tuple[Version, ...], method: str, seed: int) -> Answers:
    """Returns what the teacher has answered so far: Student, Pruner and Quantizer ask for the same rows."""
    return {}


def loss(run: TrainingRun) -> distillation.DistillationLoss:
    """Returns the distillation loss that the config sets."""
    settings = run.section("distillation", Distillation)
    return distillation.DistillationLoss(settings.temperature, settings.alpha, run.label.task)
