"""Examples as Arrow record batches, so many at a time as fit into little memory."""

from collections.abc import Iterator

import pyarrow as pa
import tensorflow as tf
from tfx_bsl.coders import example_coder

# Larger batches count no faster; TFDV in Beam cuts at nearly the same size.
BATCH_BYTES = 16 * 2**20
_ROWS_AT_ONCE = 64


def read(pattern: str, batch_bytes: int = BATCH_BYTES) -> Iterator[pa.RecordBatch]:
    """Yields the examples of gzipped TFRecords, in file order.

    Args:
        pattern: A file pattern.
        batch_bytes: A batch ends with the rows that reach so many bytes as records; 0 ends it after a few rows.
    """
    decoder = example_coder.ExamplesToRecordBatchDecoder()
    files = sorted(tf.io.gfile.glob(pattern))
    waiting: list[bytes] = []
    size = 0
    for rows in tf.data.TFRecordDataset(files, compression_type="GZIP").batch(_ROWS_AT_ONCE).as_numpy_iterator():
        waiting += rows.tolist()
        size += sum(map(len, rows))
        if size >= batch_bytes:
            yield decoder.DecodeBatch(waiting)
            waiting, size = [], 0
    if waiting:
        yield decoder.DecodeBatch(waiting)
