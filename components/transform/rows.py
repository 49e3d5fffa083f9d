"""Raw examples as batches of dense tensors, as the schema has them. Knows no TFX."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import tensorflow as tf
from tensorflow_metadata.proto.v0 import schema_pb2
from tensorflow_transform.tf_metadata import schema_utils

from components import record_batches


class RawExamples:
    """Reads gzipped TFRecords of raw examples.

    TensorFlow's own parser is a graph with three operations a column, which takes seconds to make in a wide table.

    Args:
        schema: The schema: it says how columns become tensors, missing values included.

    Attributes:
        dtypes: The dtype of each column, by name.
    """

    def __init__(self, schema: schema_pb2.Schema) -> None:
        self._spec = schema_utils.schema_as_feature_spec(schema).feature_spec
        self.dtypes = {name: feature.dtype.name for name, feature in self._spec.items()}

    @property
    def signature(self) -> dict[str, tf.TensorSpec]:
        """What each column is in a batch, [batch, 1] each."""
        return {name: tf.TensorSpec([None, 1], feature.dtype) for name, feature in self._spec.items()}

    def batches(self, pattern: str) -> Iterator[dict[str, tf.Tensor]]:
        """Yields the rows of files, in their order, the files by name.

        Args:
            pattern: A file pattern.
        """
        for batch in record_batches.read(pattern):
            cells = dict(zip(batch.schema.names, batch.columns, strict=True))
            yield {name: self._tensor(name, cells.get(name, pa.nulls(batch.num_rows))) for name in self._spec}

    def _tensor(self, name: str, cells: pa.Array) -> tf.Tensor:
        """Returns a column, [batch, 1]; a cell without a value is the default that the schema gives."""
        feature = self._spec[name]
        values = record_batches.values(cells, feature.dtype.name)
        if values.null_count:
            (missing,) = np.ravel(feature.default_value)
            values = values.fill_null(pa.scalar(missing, values.type))
        return tf.constant(values.to_numpy(zero_copy_only=False).reshape(-1, 1), feature.dtype)
