"""What a teacher answers to raw rows, as an exported model would."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from modules import tasks
from modules.training import model
from modules.training.teachers.teacher import Teacher
from modules.training.training_run import TrainingRun

_BATCH = 4_096


class Answering:
    """A teacher behind the preprocessing of its run.

    Args:
        run: The run, whose transform graph comes first.
        teacher: The teacher.
    """

    def __init__(self, run: TrainingRun, teacher: Teacher) -> None:
        self._target, self._teacher = run.target, teacher
        transform = run.output.transform_features_layer()
        lookup = model.build_encoder(run.output, run.encoding).lookup
        names = {feature.tensor: feature.name for feature in run.table.features}
        specs = {feature.tensor: tf.TensorSpec([None, 1], feature.dtype) for feature in run.table.features}

        @tf.function(input_signature=[specs], autograph=False)
        def looked_up(raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
            return lookup(transform({names[tensor]: value for tensor, value in raw.items()}))

        self._layers = transform, lookup
        self._looked_up = looked_up

    def answer(self, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        """Answers rows.

        Args:
            inputs: The raw tensors by tensor name, each [n, 1].

        Returns:
            float32: the probability of each class, [n, classes], of two the negative one first; or the value that a
            regression predicts, [n, 1]. As `inference.Predictor.predict` does.
        """
        count = len(next(iter(inputs.values())))
        parts = [self._logits(inputs, start) for start in range(0, max(count, 1), _BATCH)]
        return tasks.from_logits(self._target, np.concatenate(parts)).astype(np.float32)

    def _logits(self, inputs: Mapping[str, np.ndarray], start: int) -> np.ndarray:
        batch = {name: tf.convert_to_tensor(values[start : start + _BATCH]) for name, values in inputs.items()}
        return self._teacher.logits({name: tensor.numpy() for name, tensor in self._looked_up(batch).items()})
