"""The bootstrap: sums over rows, drawn anew a thousand times in one matrix product.

Every metric here is a function of a few weighted sums over rows. A replicate of the bootstrap counts each row some
times, so that all replicates of a sum are one product of a matrix of row counts and the rows' summands. Nothing loops
over replicates, and nothing is sorted again.

References:
    Efron and Tibshirani, An Introduction to the Bootstrap, 1993: the percentile interval, and 1,000 replicates for it.
    Chamandy et al., Estimating Uncertainty for Massive Data Streams, 2012: Poisson counts, independent by row.
"""

import functools

import numpy as np
from scipy import sparse

from modules.judging.statistics.normal import TAIL

# The ends of an interval then vary by half a percent of coverage: √(0.025 · 0.975 / 1,000).
REPLICATES = 1_000
# More rows than these are put into as many groups at random, which are drawn whole: memory stays at 33 MB however many
# rows there are, and a standard error is known to 1 / √(2 · 4,096), about one percent.
UNITS = 4_096
# With fewer rows (of each class, where the metric compares classes) the replicates say little of the truth.
LEAST_ROWS = 10

TOO_FEW = f"fewer than {LEAST_ROWS} rows"
ALL_ALIKE = "the same in every resample: too few rows, or rows too easy, for a bootstrap"


class Resampler:
    """Draws sums over rows.

    Args:
        seed: The same seed gives the same draws.
        rows: The most rows that will be asked for.
        replicates: How many draws.
        units: Rows, or groups of rows, that are drawn.
    """

    def __init__(self, seed: int, rows: int, replicates: int = REPLICATES, units: int = UNITS) -> None:
        self._seed, self._units, self._replicates = seed, min(rows, units), replicates
        self._groups = np.zeros(0, np.int64)

    @functools.cached_property
    def _counts(self) -> np.ndarray:
        """How often each unit is drawn, float64 [units, replicates]: drawn once something needs it."""
        generator = np.random.default_rng(self._seed)
        return generator.poisson(1.0, (self._units, self._replicates)).astype(np.float64)

    def sums(self, summands: np.ndarray) -> np.ndarray:
        """Returns replicates of the sums over rows of a few columns.

        Args:
            summands: float64 [n, k].

        Returns:
            float64 [k, replicates]. Calls with equally many rows draw the same rows.
        """
        units, count = self._units_of(len(summands))
        by_unit = [np.bincount(units, column, count) for column in summands.T]
        return np.stack(by_unit) @ self._counts[:count]

    def cell_sums(self, cells: np.ndarray, cell_count: int, summands: np.ndarray) -> np.ndarray:
        """Returns replicates of the sum over the rows of each cell.

        Args:
            cells: The cell of each row, [n].
            cell_count: How many cells there are.
            summands: float64 [n].

        Returns:
            float64 [cell_count, replicates]. Calls with equally many rows draw the same rows.
        """
        units, count = self._units_of(len(cells))
        matrix = sparse.csr_matrix((summands, (cells, units)), shape=(cell_count, count))
        return matrix @ self._counts[:count]

    def _units_of(self, rows: int) -> tuple[np.ndarray, int]:
        if rows <= self._units:
            return np.arange(rows), rows
        if len(self._groups) != rows:  # a slice is asked for many sums in turn
            self._groups = np.random.default_rng(self._seed).permutation(rows) % self._units
        return self._groups, self._units


def percentile_interval(replicates: np.ndarray) -> tuple[float, float] | None:
    """Returns the middle 95 % of the replicates.

    Args:
        replicates: A metric's replicates, [replicates]; where it is undefined (no row of a class was drawn), NaN, which
            counts for nothing.

    Returns:
        The ends, or None where all replicates are alike: an interval of no width would be a claim that no data support.
    """
    defined = replicates[~np.isnan(replicates)]
    if not len(defined) or np.ptp(defined) < 1e-12 * max(1.0, float(np.abs(defined).max())):
        return None
    low, high = np.quantile(defined, [TAIL, 1 - TAIL])
    return float(low), float(high)
