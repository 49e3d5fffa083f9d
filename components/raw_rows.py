"""The raw rows of a split, as an exported model takes them: what the executors that judge models read."""

import dataclasses

import numpy as np
import tensorflow as tf

from modules import tasks
from modules.training import run

_BATCH = 4_096


@dataclasses.dataclass(frozen=True)
class RawRows:
    """Raw rows in file order.

    Attributes:
        columns: Every column of the schema by name, [n, 1] each; a missing value is its dtype's `missing.MISSING`.
        inputs: The input tensors of an exported model by name, [n, 1] each.
        labels: As `tasks.encode_labels` has them, [n].
        weights: The example weights, float64 [n], if there are any.
    """

    columns: dict[str, np.ndarray]
    inputs: dict[str, np.ndarray]
    labels: np.ndarray
    weights: np.ndarray | None


def read(this: run.Run, patterns: list[str]) -> RawRows:
    """Reads raw examples.

    Args:
        this: The run.
        patterns: File patterns of gzipped TFRecords of raw examples.
    """
    names = sorted(name for pattern in patterns for name in tf.io.gfile.glob(pattern))
    records = tf.data.TFRecordDataset(names, compression_type="GZIP").batch(_BATCH)
    spec = this.output.raw_feature_spec()
    batches = [{k: v.numpy() for k, v in tf.io.parse_example(batch, spec).items()} for batch in records]
    columns = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    labels = tasks.encode_labels(columns[this.table.label][:, 0], this.target.task, list(this.target.classes))
    weights = columns[this.table.weight][:, 0].astype(np.float64) if this.table.weight else None
    inputs = {feature.tensor: columns[feature.name] for feature in this.table.features}
    return RawRows(columns, inputs, labels, weights)
