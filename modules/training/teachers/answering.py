"""What a teacher answers to raw rows, as an exported model would."""

from collections.abc import Iterator, Mapping

import numpy as np
import tensorflow as tf

from modules import tasks
from modules.training import model
from modules.training.inputs import Rows
from modules.training.teachers.folded import FoldedTeacher
from modules.training.teachers.teacher import Teacher
from modules.training.training_run import TrainingRun

_BATCH = 4_096


class LookUp:
    """The preprocessing of a run: raw rows become rows as a teacher takes them.

    Args:
        run: The run, whose transform graph comes first.
    """

    def __init__(self, run: TrainingRun) -> None:
        transform = run.output.transform_features_layer()
        lookup = model.build_encoder(run.output, run.encoding).lookup
        names = {feature.tensor: feature.name for feature in run.table.features}
        specs = {feature.tensor: tf.TensorSpec([None, 1], feature.dtype) for feature in run.table.features}

        @tf.function(input_signature=[specs], autograph=False)
        def looked_up(raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
            return lookup(transform({names[tensor]: value for tensor, value in raw.items()}))

        self._layers = transform, lookup
        self._looked_up = looked_up

    def batches(self, inputs: Mapping[str, np.ndarray]) -> Iterator[Rows]:
        """Yields rows as `inputs.read` has them, some thousands at once.

        Args:
            inputs: The raw tensors by tensor name, each [n, 1].
        """
        count = len(next(iter(inputs.values())))
        for start in range(0, max(count, 1), _BATCH):
            batch = {name: tf.convert_to_tensor(values[start : start + _BATCH]) for name, values in inputs.items()}
            yield {name: tensor.numpy() for name, tensor in self._looked_up(batch).items()}

    def rows(self, inputs: Mapping[str, np.ndarray]) -> Rows:
        """Returns all rows at once."""
        batches = list(self.batches(inputs))
        return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


class Answering:
    """A teacher behind the preprocessing of its run.

    Args:
        run: The run.
        teacher: The teacher.
    """

    def __init__(self, run: TrainingRun, teacher: Teacher) -> None:
        self._target, self._teacher, self._look_up = run.target, teacher, LookUp(run)

    def answer(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        """Answers rows.

        Args:
            inputs: The raw tensors by tensor name, each [n, 1].

        Returns:
            float32: the probability of each class, [n, classes], of two the negative one first; or the value that a
            regression predicts, [n, 1]. As `inference.Predictor.predict` does.
        """
        parts = [self._teacher.logits(rows) for rows in self._look_up.batches(inputs)]
        return tasks.from_logits(self._target, np.concatenate(parts)).astype(np.float32)


def held_out(
    run: TrainingRun, teacher: FoldedTeacher, inputs: Mapping[str, np.ndarray], numbers: np.ndarray
) -> np.ndarray:
    """Returns what the models of a teacher answer to training rows that they have not seen.

    Args:
        run: The run.
        teacher: The teacher.
        inputs: The raw tensors by tensor name, each [n, 1].
        numbers: The number of each row, counted from 0 in file order, int64 [n].

    Returns:
        As `Answering.answer`, float64.
    """
    logits = teacher.held_out_logits(LookUp(run).rows(inputs), numbers)
    return np.asarray(tasks.from_logits(run.target, logits), np.float64)
