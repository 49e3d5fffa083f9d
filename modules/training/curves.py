"""The record of a training: its learning curves as numbers, and as TensorBoard's logs."""

import dataclasses
import os
from collections.abc import Mapping, Sequence

import tensorflow as tf
import tf_keras
from tensorboard.plugins.histogram.summary_v2 import histogram_pb

from modules.contracts.training_curves import LearningCurve


def history_of(
    step: str, monitor: str, mode: str, values: Mapping[str, Sequence[float]], first_epoch: int = 0
) -> LearningCurve:
    """Returns the learning curves of a training.

    Args:
        step: What was trained: `teacher`, `student`, `pruner`, `quantizer`, or a trial's number.
        monitor: The score that was watched, such as `val_auc`.
        mode: `max` or `min`: whether a high score is a good one.
        values: A value an epoch, by name, as Keras' history has them.
        first_epoch: Epochs that the network had been trained for before.

    Returns:
        The curves; JSON knows no NaN and no infinity, and a value that is one becomes None.
    """
    curves = {name: [float(value) for value in numbers] for name, numbers in values.items()}
    epochs = [first_epoch + number for number in range(1, len(curves[monitor]) + 1)]
    finite = {name: [value if abs(value) < float("inf") else None for value in curve] for name, curve in curves.items()}
    return LearningCurve(step, monitor, mode, epochs, finite, _best(curves[monitor], epochs, mode))


def joined(parts: Sequence[LearningCurve]) -> LearningCurve:
    """Returns the learning curves of a training in several parts, each of which goes on where the one before ended.

    The best epoch and the limit are those of the last part.
    """
    last = parts[-1]
    values = {name: [value for part in parts for value in part.values[name]] for name in last.values}
    return dataclasses.replace(last, epochs=[epoch for part in parts for epoch in part.epochs], values=values)


def _best(scores: Sequence[float | None], epochs: Sequence[int], mode: str) -> int | None:
    """Returns the first epoch with the best score, of those that are numbers."""
    known = [(score, epoch) for score, epoch in zip(scores, epochs, strict=True) if score is not None]
    usable = [(score if mode == "max" else -score, -epoch) for score, epoch in known]
    usable = [pair for pair in usable if pair[0] == pair[0]]  # NaN is not equal to itself
    return -max(usable)[1] if usable else None


@dataclasses.dataclass(frozen=True)
class TrainingRecord:
    """What a training leaves behind of itself.

    Attributes:
        step: What is trained, as `history_of` takes it.
        directory: Where it goes: the learning curves, the folders of TensorBoard's logs (`train`, `validation`,
            `model`) and `checkpoints`.
        curves_only: Whether it is a trial of many, which leaves nothing but TensorBoard's curves.
    """

    step: str
    directory: str
    curves_only: bool = False

    def callbacks(self) -> list[tf_keras.callbacks.Callback]:
        """Returns what writes TensorBoard's logs.

        Call them after the callback that brings back the best epoch's weights: the last histograms are of the weights
        that are kept.
        """
        writers: list[tf_keras.callbacks.Callback] = [tf_keras.callbacks.TensorBoard(self.directory, write_graph=False)]
        return writers if self.curves_only else [*writers, ModelLogs(os.path.join(self.directory, "model"))]


class ModelLogs(tf_keras.callbacks.Callback):
    """Writes the graph of the network, and the histograms of its weights after the first epoch and at the end.

    Every epoch's histograms would tell no more. The graph is that of an answer: Keras' own logs hold a plan of the
    layers at most, which TensorBoard does not show by itself.

    Args:
        log_dir: Folder of the logs.
    """

    def __init__(self, log_dir: str) -> None:
        super().__init__()
        self._log_dir = log_dir
        self._last = 0

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._writer = tf.summary.create_file_writer(self._log_dir)
        (rows,) = self.model.inputs
        answer = tf.function(lambda batch: self.model(batch, training=False))
        graph = answer.get_concrete_function(tf.TensorSpec(rows.shape, rows.dtype)).graph
        with self._writer.as_default():
            tf.summary.graph(graph.as_graph_def())

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._last = epoch
        if epoch == 0:
            self._write(epoch)

    def on_train_end(self, logs: dict | None = None) -> None:
        self._write(self._last + 1)
        self._writer.close()

    def _write(self, step: int) -> None:
        with self._writer.as_default(step):
            for weight in self.model.trainable_weights:
                # As NumPy counts: `tf.summary.histogram` makes 30 doubles of each weight, of which there are millions.
                histogram = histogram_pb(weight.name, weight.numpy())
                tf.summary.experimental.write_raw_pb(histogram.SerializeToString())
