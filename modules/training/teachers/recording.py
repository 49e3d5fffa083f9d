"""What the training of a member leaves behind: its mean learning curves over the folds."""

import os
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from modules.contracts import training_curves
from modules.contracts.training_curves import LearningCurve

# Boosted trees have a value per tree: a curve is drawn from so many of them at most.
_POINTS = 100
_WATCHED = "val_loss"
# Where TensorBoard expects each loss: the runs that Keras' own callback writes.
_RUNS = {"loss": "train", _WATCHED: "validation"}


def record(directory: str, unit: str, folds: Sequence[Mapping[str, Sequence[float]]]) -> None:
    """Writes the learning curves of the teacher, and the same for TensorBoard.

    Args:
        directory: The model run.
        unit: What the length of a training is counted in.
        folds: The values of each fold by name, one per length; `val_loss` is that of the rows held out.
    """
    shortest = min(len(values) for fold in folds for values in fold.values())
    places = np.unique(np.linspace(0, shortest - 1, min(shortest, _POINTS)).round().astype(int))
    means = {name: np.mean([np.asarray(fold[name])[places] for fold in folds], axis=0) for name in _RUNS}
    lengths = (places + 1).tolist()
    best = lengths[int(np.argmin(means[_WATCHED]))]
    values = {name: mean.tolist() for name, mean in means.items()}
    training_curves.write(directory, LearningCurve("teacher", _WATCHED, "min", lengths, values, best, unit=unit))
    for name, run in _RUNS.items():
        writer = tf.summary.create_file_writer(os.path.join(directory, run))
        with writer.as_default():
            for length, value in zip(lengths, values[name], strict=True):
                tf.summary.scalar("epoch_loss", value, step=length - 1)
        writer.close()
