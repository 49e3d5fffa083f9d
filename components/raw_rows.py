"""The raw rows of a split, as an exported model takes them: what the executors that judge models read."""

import dataclasses
from collections.abc import Collection, Sequence

import numpy as np

from components import record_batches
from modules import tasks
from modules.base.kept import Kept
from modules.contracts import files
from modules.training.training_run import TrainingRun

# A dozen steps read the same rows; of a text, its reference and the bytes of a short one are counted.
_KEPT: Kept[dict[str, np.ndarray]] = Kept(128 * 2**20)
_TEXT_BYTES = 48


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


def read(run: TrainingRun, patterns: Sequence[str], most: int | None = None) -> RawRows:
    """Reads raw examples.

    Args:
        run: The run.
        patterns: File patterns of gzipped TFRecords of raw examples.
        most: The number of rows to read, from the first; None reads all.
    """
    columns = read_columns(run, patterns, most=most)
    labels = tasks.encode_labels(columns[run.table.label][:, 0], run.target.task, list(run.target.classes))
    weights = columns[run.table.weight][:, 0].astype(np.float64) if run.table.weight else None
    inputs = {feature.tensor: columns[feature.name] for feature in run.table.features}
    return RawRows(columns, inputs, labels, weights)


def read_columns(
    run: TrainingRun, patterns: Sequence[str], names: Collection[str] | None = None, most: int | None = None
) -> dict[str, np.ndarray]:
    """Reads columns of raw examples.

    Args:
        run: The run.
        patterns: File patterns of gzipped TFRecords of raw examples.
        names: The columns to read; None reads all.
        most: The number of rows to read, from the first; None reads all.

    Returns:
        The columns by name, [n, 1] each, as `RawRows.columns`; nobody may write into them.
    """
    spec = {name: kind for name, kind in run.raw_feature_spec.items() if names is None or name in names}
    key = (most, *spec, *files.versions(patterns))
    kept = _KEPT.get(key)
    if kept is None:
        batches = [record_batches.dense(batch, spec) for batch in record_batches.read(patterns, most=most)]
        kept = {name: np.concatenate([batch[name] for batch in batches]) for name in spec}
        for values in kept.values():
            values.flags.writeable = False
        _KEPT.put(key, kept, sum(map(_bytes, kept.values())))
    return dict(kept)


def _bytes(values: np.ndarray) -> int:
    return values.size * (_TEXT_BYTES if values.dtype == object else values.itemsize)
