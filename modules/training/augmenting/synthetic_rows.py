"""Synthetic rows without end: drawn by seed and epoch, labelled by the teacher, a few thousand at a time."""

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from modules.features.profile import Profile
from modules.training.augmenting.gibbs import Gibbs
from modules.training.augmenting.munge import Munge
from modules.training.augmenting.noise import Noise
from modules.training.augmenting.pool import Pool, Rows

Label = Callable[[Rows], np.ndarray]

_CHUNK_ROWS = 8_192


class Method(Protocol):
    """How synthetic rows are drawn."""

    def donors(self, starts: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Draws a synthetic row from each start row: the donors of its cells, int64 [m, columns]."""
        ...


METHODS: dict[str, Callable[[Pool, int], Method]] = {"gibbs": Gibbs, "munge": Munge, "noise": Noise}


class SyntheticRows:
    """Draws rows that look like the training rows.

    Args:
        training: Transformed training rows, or a sample of them, [n, …] each; no others give cells.
        profile: What was learnt of the columns.
        method: How: a key of `METHODS`.
        seed: The same seed draws the same rows.
    """

    def __init__(self, training: Rows, profile: Profile, method: str, seed: int) -> None:
        self._pool, self._seed = Pool(training, profile), seed
        self._method = METHODS[method](self._pool, seed)

    def epoch(self, number: int) -> Iterator[Rows]:
        """Draws rows without end, other ones in each epoch.

        Each training row begins as many of them as each other, in an order of its own each time.

        Args:
            number: The number of the epoch.

        Yields:
            Up to 8,192 rows at a time, with the tensors of the training rows; label and weight are those of the row
            that each began as.
        """
        random = np.random.default_rng([self._seed, number])
        while True:
            order = random.permutation(self._pool.count)
            for first in range(0, len(order), _CHUNK_ROWS):
                starts = order[first : first + _CHUNK_ROWS]
                yield self._pool.rows(starts, self._method.donors(starts, random))
