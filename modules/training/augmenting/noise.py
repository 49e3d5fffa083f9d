"""Numbers moved a little, categories drawn anew now and then: the least that can be called augmentation."""

import numpy as np

from modules.training.augmenting.pool import Pool
from modules.training.augmenting.snapping import Snapping

# Standard deviation of what is added to a z-score.
_SPREAD = 0.1
# Share of the categories that are drawn anew.
_SHARE = 0.1


class Noise:
    """Adds Gaussian noise to each number and takes the nearest one observed; missing ones stay missing.

    A category is drawn anew with a small probability, by how often each occurs.

    Args:
        pool: The training rows.
        seed: Of no use here.
    """

    def __init__(self, pool: Pool, seed: int) -> None:
        self._pool = pool
        self._snapping = {
            place: Snapping(pool, place)
            for place in pool.told
            if pool.columns[place].category is None and not pool.absent(place).all()
        }

    def donors(self, starts: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Draws a synthetic row from each start row: the donors of its cells, int64 [m, columns]."""
        drawn = np.repeat(starts[:, np.newaxis], len(self._pool.columns), axis=1)
        for place in self._pool.told:
            if place in self._snapping:
                values = self._pool.cells[starts, self._pool.places[place][0]]
                moved = self._snapping[place].nearest(values + random.normal(0.0, _SPREAD, len(starts)))
                drawn[:, place] = np.where(self._pool.absent(place)[starts], starts, moved)
            elif self._pool.columns[place].category is not None:
                anew = random.random(len(starts)) < _SHARE
                drawn[:, place] = np.where(anew, random.integers(0, self._pool.count, len(starts)), starts)
        return drawn
