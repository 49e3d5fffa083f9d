"""Columns of dates and times to int64 seconds since 1970-01-01 UTC. Knows no TFX."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from modules.tables import timestamps

_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY = 86_400
# 9999-12-31: a placeholder.
_LAST_DAY = 253_402_214_400


def from_text(column: pa.Array) -> pa.Array:
    """Reads a column of text, as `timestamps.to_seconds` reads each cell; null stays null, and so do placeholders.

    Raises:
        ValueError: If a text is no time.
    """
    encoded = column.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    seconds = [None if timestamps.is_placeholder(text) else timestamps.to_seconds(text) for text in texts]
    return pa.array(seconds, pa.int64()).take(encoded.indices)


def from_typed(column: pa.Array) -> pa.Array:
    """Turns dates and timestamps of any unit into seconds; what is finer than a second is cut off, before 1970 too.

    The last day of the year 9999 stands for no date and becomes null.
    """
    kind = column.type
    if pa.types.is_date32(kind):
        days = pc.fill_null(column.cast(pa.int32()), 0).to_numpy(zero_copy_only=False)
        seconds = days.astype(np.int64) * _DAY
    else:
        unit = 10**3 if pa.types.is_date64(kind) else _A_SECOND[kind.unit]
        seconds = pc.fill_null(column.cast(pa.int64()), 0).to_numpy(zero_copy_only=False) // unit
    absent = column.is_null().to_numpy(zero_copy_only=False) | (seconds >= _LAST_DAY)
    return pa.array(seconds, mask=absent)


def from_numbers(column: pa.Array) -> pa.Array:
    """Turns counts since 1970, int64, into seconds, as `timestamps.to_seconds` does; null stays null."""
    counts = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
    seconds = counts.copy()
    for least, parts in reversed(timestamps.FINER):
        large = (counts >= least) | (counts <= -least)
        seconds[large] = counts[large] // parts
    return pa.array(seconds, mask=column.is_null().to_numpy(zero_copy_only=False))


def is_time(kind: pa.DataType) -> bool:
    """Tells whether a column of this type holds dates or timestamps."""
    return pa.types.is_date(kind) or pa.types.is_timestamp(kind)
