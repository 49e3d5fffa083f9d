"""Raw examples as batches of dense tensors, as the schema has them. Knows no TFX."""

from collections.abc import Iterator

import tensorflow as tf
from tensorflow_metadata.proto.v0 import schema_pb2
from tensorflow_transform.tf_metadata import schema_utils

from components import record_batches


class RawExamples:
    """Reads gzipped TFRecords of raw examples.

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
            columns = record_batches.dense(batch, self._spec)
            yield {name: tf.constant(columns[name], feature.dtype) for name, feature in self._spec.items()}
