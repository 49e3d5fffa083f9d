"""A bounded sample of rows that merges, and depends on nothing but the rows."""

import hashlib
from collections.abc import Sequence

import numpy as np

SAMPLE_ROWS = 20_000


class RowSample:
    """The different rows with the smallest hashes, and how often each occurs (bottom-k; Cohen and Kaplan, 2007).

    The hash is of a row's content: the same rows give the same sample however they are batched, ordered and merged,
    with exact counts, since a row that is among the smallest of all is among the smallest of any part. Equal rows stay
    or go together; that the hash covers the categories too makes rows that agree in their numbers seldom equal.

    Args:
        columns: Number of numeric columns.
        size: The largest number of different rows that are kept.
    """

    def __init__(self, columns: int, size: int = SAMPLE_ROWS) -> None:
        self._size = size
        self._hashes = np.zeros(0, np.uint64)  # sorted, each once
        self.rows = np.zeros((0, columns))  # the numbers, NaN for missing
        self.counts = np.zeros(0, np.int64)

    def add(self, matrix: np.ndarray, texts: Sequence[np.ndarray]) -> None:
        """Adds a batch: the numeric matrix [batch, d], NaN for missing, and texts [batch, 1] of bytes."""
        rows = matrix.astype(np.float64)
        rows[np.isnan(rows)] = np.nan  # one NaN of many, and below one zero of two
        rows += 0.0
        self._take(_hash_rows(rows, texts), rows, np.ones(len(rows), np.int64))

    def merge(self, other: "RowSample") -> None:
        """Adds the rows of another sample of the same size."""
        self._take(other._hashes, other.rows, other.counts)

    def _take(self, hashes: np.ndarray, rows: np.ndarray, counts: np.ndarray) -> None:
        if len(self._hashes) == self._size:
            low = hashes <= self._hashes[-1]
            hashes, rows, counts = hashes[low], rows[low], counts[low]
        if not len(hashes):
            return
        merged, first, place = np.unique(np.concatenate([self._hashes, hashes]), return_index=True, return_inverse=True)
        totals = np.zeros(len(merged), np.int64)
        np.add.at(totals, place, np.concatenate([self.counts, counts]))
        self._hashes, self.counts = merged[: self._size], totals[: self._size]
        self.rows = np.concatenate([self.rows, rows])[first[: self._size]]


def _hash_rows(rows: np.ndarray, texts: Sequence[np.ndarray]) -> np.ndarray:
    """Returns 64 bits of BLAKE2 of each row, uint64 [batch]; lengths after the texts tell where one ends."""
    cells = zip(*(column.ravel().tolist() for column in texts), strict=True) if texts else [()] * len(rows)
    digests = []
    for row, words in zip(rows, cells, strict=True):
        content = [row.tobytes(), *(part for word in words for part in (word, len(word).to_bytes(8, "little")))]
        digests.append(hashlib.blake2b(b"".join(content), digest_size=8).digest())
    return np.frombuffer(b"".join(digests), np.dtype("<u8"))
