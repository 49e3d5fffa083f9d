"""What is learnt of the rows: a summary of all batches, described by constants and by a profile. Knows no TFX."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import tensorflow as tf

from modules.features.profile import Profile
from modules.features.summaries import RowSummary
from modules.graph.preprocessing import Preprocessing
from modules.tables import parallel


@dataclasses.dataclass(frozen=True)
class Learnt:
    """What was learnt.

    Attributes:
        constants: Those of the graph.
        profile: What people and encoders are to know.
    """

    constants: Sequence[np.ndarray]
    profile: Profile


def learn(preprocessing: Preprocessing, batches: Iterable[Mapping[str, tf.Tensor]]) -> Learnt:
    """Summarizes batches of raw rows, some at a time, and describes the summary, which no batching changes.

    Args:
        preprocessing: Knows the columns.
        batches: Raw columns by name.
    """

    def summarize(batch: Mapping[str, tf.Tensor]) -> RowSummary:
        part = preprocessing.columns.empty()
        part.add([tensor.numpy() for tensor in preprocessing.raw(batch)])
        return part

    summary = preprocessing.columns.empty()
    for part in parallel.in_order(summarize, batches):
        summary.merge(part)
    return Learnt(*preprocessing.columns.describe(summary))
