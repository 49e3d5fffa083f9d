"""Batches of training rows with synthetic ones among them, in one proportion."""

import dataclasses
import itertools
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf

from modules.features.profile import Profile
from modules.training.augmenting.synthetic_rows import SyntheticRows
from modules.training.inputs import FURTHER, Encode, Rows, Source

# After so many epochs, which draw other rows each, the first ones' rows are drawn again: by then there are enough, and
# the teacher need not be asked again, who may take longer than all else. Its answers are kept up to so many bytes.
ROUNDS = 4
_KEPT_BYTES = 64 * 2**20

# The teacher's answers, by the epoch and the place in it of the rows that were drawn together.
Answers = dict[tuple[int, int], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Mixture:
    """What `inputs.source` adds to the batches of training rows.

    Attributes:
        method: How rows are drawn: a key of `synthetic_rows.METHODS`.
        times: How many synthetic rows come with each training row.
        profile: What was learnt of the columns.
        seed: The same seed draws the same rows.
        label: The teacher's logits of rows, float32 [m, outputs].
        answers: Those that are known already: of rows drawn by this method and seed, labelled by this teacher.
    """

    method: str
    times: int
    profile: Profile
    seed: int
    label: Callable[[Rows], np.ndarray]
    answers: Answers = dataclasses.field(default_factory=dict)

    def mixed(self, batches: Source, rows: int, training: Rows, encode: Encode) -> Source:
        """Adds synthetic rows to batches.

        They are drawn, labelled and encoded in a thread beside the training step, a few thousand at a time; four epochs
        have other ones each. Nobody knows their label: it is not a number, for which `DistillationLoss` takes the
        teacher's word alone. They count as much as the training row that each began as.

        Args:
            batches: Makes batches of training rows, whose targets are the label and the teacher's logits.
            rows: Training rows a batch, but for the last one.
            training: The training rows that give cells.
            encode: From rows to a batch.

        Returns:
            Makes as many batches, larger ones: the training rows first, then `times` as many synthetic ones.
        """
        synthetic = SyntheticRows(training, self.profile, self.method, self.seed)
        example = next(self._labelled(synthetic, 0))
        signature = {name: tf.TensorSpec([None, *value.shape[1:]], value.dtype) for name, value in example.items()}

        def make() -> tf.data.Dataset:
            epochs = itertools.count()

            def drawn() -> Iterator[Rows]:
                yield from self._labelled(synthetic, next(epochs) % ROUNDS)

            made = tf.data.Dataset.from_generator(drawn, output_signature=signature)
            made = made.map(lambda chunk: _unlabelled(*encode(chunk))).rebatch(self.times * rows)
            made = made.apply(tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY))
            return tf.data.Dataset.zip((batches(), made)).map(self._joined).prefetch(2)

        return make

    def _labelled(self, synthetic: SyntheticRows, epoch: int) -> Iterator[Rows]:
        for place, rows in enumerate(synthetic.epoch(epoch)):
            answer = self.answers.get((epoch, place))
            if answer is None:
                answer = self.label(rows)
                if answer.nbytes * (len(self.answers) + 1) <= _KEPT_BYTES:
                    self.answers[epoch, place] = answer
            yield rows | {FURTHER: answer}

    def _joined(self, real: tuple[tf.Tensor, ...], made: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, ...]:
        count = self.times * tf.shape(real[0])[0]
        return tuple(tf.concat([one, other[:count]], axis=0) for one, other in zip(real, made, strict=True))


def _unlabelled(encoded: tf.Tensor, target: tf.Tensor, *weights: tf.Tensor) -> tuple[tf.Tensor, ...]:
    nothing = tf.fill(tf.shape(target[:, :1]), np.float32("nan"))
    return encoded, tf.concat([nothing, target[:, 1:]], axis=1), *weights
