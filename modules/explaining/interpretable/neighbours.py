"""K nearest neighbours: the mean of the most similar training rows, which are its reasons."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from modules.explaining.interpretable.given import Given, Readable, as_answers
from modules.explaining.raw_function import Rows

_NEIGHBOURS = 25
# Of few rows, at most this share are neighbours.
_SHARE = 0.1


def fit(given: Given) -> Readable:
    """Keeps half of the rows; rows are compared by scaled numbers and by categories that are the same or not."""
    kept = given.sample(max(1, len(given.training) // 2))
    count = int(np.clip(_SHARE * len(kept.training), 1, _NEIGHBOURS))
    model = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(kept.wide.astype(np.float32))

    def answer(rows: Rows) -> np.ndarray:
        near = model.kneighbors(kept.plain.wide(rows).astype(np.float32), return_distance=False)
        counted = kept.weights[near]
        means = np.einsum("nk,nko->no", counted, kept.wanted[near]) / counted.sum(axis=1)[:, None]
        return as_answers(given.target, means)

    numbers = len(kept.training) * (len(given.plain.columns) + 1)
    return Readable(answer, numbers, f"{len(kept.training):,} rows, of which {count} answer", len(kept.training))
