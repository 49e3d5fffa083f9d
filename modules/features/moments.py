"""Means and covariances that are exact, so that neither the batches nor the order of the rows matters.

Floating-point sums depend on their order. Here every number is cut into digits of a fixed number system, as in a long
accumulator (Kulisch, 2013): products of digits, and their sums over a batch, are whole numbers that float64 holds, so
that a matrix product still does the work (the idea of Ozaki et al., 2012,
https://doi.org/10.1007/s11075-011-9478-1); only the final quotients are rounded, once.
"""

from collections.abc import Iterator, Sequence

import numpy as np

# Products of two digits summed over _CHUNK rows are below 2^53.
_DIGIT_BITS = 20
_CHUNK = 2 ** (53 - 2 * _DIGIT_BITS)
# Totals are kept in two halves, so that no number of rows makes them overflow.
_LOW_BITS = 40
# float32 needs the places -8 to 6, int64 those from 0 to 3.
_PLACES, _MOST_PLACES = 16, 32
# Columns whose products are summed together where only their squares are wanted.
_BLOCK = 16


class ExactMoments:
    """Mergeable sums, and sums of pairwise products, of columns with missing values; none is rounded.

    Args:
        columns: Number of columns.
    """

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.together = np.zeros((columns, columns), np.int64)  # rows in which both columns have a value
        self._digits = np.zeros(0, np.int64)  # column and place of each digit that ever was not 0, sorted
        self._sums = _Totals(0, columns)  # of a digit over the rows in which a column has a value
        self._products = _Totals(0, 0)

    @property
    def counts(self) -> np.ndarray:
        """The number of rows in which each column has a value, int64 [columns]."""
        return np.diag(self.together)

    def add(self, floats: np.ndarray, integers: np.ndarray, present: np.ndarray) -> None:
        """Adds rows.

        Args:
            floats: The columns whose numbers float32 holds, as float64; 0 in the others and where there is no value.
            integers: The others, int64, in the same way. Both are [batch, columns].
            present: Where there is a value, bool [batch, columns].
        """
        for start in range(0, len(present), _CHUNK):
            rows = slice(start, start + _CHUNK)
            weights = present[rows].astype(np.float64)
            self.together += (weights.T @ weights).astype(np.int64)
            keys, digits = [], []
            for place, digit in (*_split_floats(floats[rows]), *_split_integers(integers[rows])):
                used = np.flatnonzero(digit.any(axis=0))
                keys.append(used * _MOST_PLACES + place + _PLACES)
                digits.append(digit[:, used])
            if keys:
                used_keys, matrix = np.concatenate(keys), np.concatenate(digits, axis=1)
                self._widen(used_keys)
                places = np.searchsorted(self._digits, used_keys)
                self._sums.add(matrix.T @ weights, np.ix_(places, np.arange(self.columns)))
                self._products.add(matrix.T @ matrix, np.ix_(places, places))

    def merge(self, other: "ExactMoments") -> None:
        """Adds the rows of other moments of the same columns."""
        self.together += other.together
        self._widen(other._digits)
        places = np.searchsorted(self._digits, other._digits)
        self._sums.merge(other._sums, np.ix_(places, np.arange(self.columns)))
        self._products.merge(other._products, np.ix_(places, places))

    def _widen(self, digits: np.ndarray) -> None:
        """Makes room for digits that there are no sums of yet."""
        union = np.union1d(self._digits, digits)
        if len(union) == len(self._digits):
            return
        old = np.searchsorted(union, self._digits)
        sums, products = _Totals(len(union), self.columns), _Totals(len(union), len(union))
        sums.merge(self._sums, np.ix_(old, np.arange(self.columns)))
        products.merge(self._products, np.ix_(old, old))
        self._digits, self._sums, self._products = union, sums, products

    def describe(self, offsets: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Returns means and centred products, the exact ones, each rounded once.

        Args:
            offsets: What is subtracted from the numbers of each column.

        Returns:
            The means of the columns less their offsets, float64 [columns], 0 for a column without values; and the sums,
            over the rows in which both columns have a value, of the products of their distances from their means,
            float64 [columns, columns].
        """
        places, owners = self._digits % _MOST_PLACES - _PLACES, self._digits // _MOST_PLACES
        lowest = int(places.min(initial=0))
        unit = 1 << _DIGIT_BITS * -lowest  # sums are whole multiples of 1 / unit, products of 1 / unit²
        powers = np.array([1 << _DIGIT_BITS * place for place in (places - lowest).tolist()], object)[:, np.newaxis]
        sums = _by_column(self._sums.whole() * powers, owners, self.columns)
        products = _by_column(self._products.whole() * powers * powers.T, owners, self.columns)
        products = _by_column(products.T, owners, self.columns)

        together = self.together.astype(object)
        counts, totals = np.maximum(np.diag(together), 1), np.diag(sums)
        taken = np.array(list(offsets), object) * np.diag(together) * unit
        means = (totals - taken) / (counts * unit)  # Python's quotient of whole numbers is rounded correctly
        # Σ (x - X/n)(y - Y/m), times n·m: whole numbers all along.
        crossed = np.outer(counts, totals) * sums
        both = np.outer(counts, counts)
        centred = products * both - crossed - crossed.T + together * np.outer(totals, totals)
        return means.astype(np.float64), (centred / (both * unit**2)).astype(np.float64)


class SeparateMoments:
    """The same of columns by themselves, some at a time: time and memory grow with the number of columns.

    Args:
        columns: Number of columns.
    """

    def __init__(self, columns: int) -> None:
        starts = range(0, columns, _BLOCK)
        self._blocks = [(slice(at, at + _BLOCK), ExactMoments(min(_BLOCK, columns - at))) for at in starts]

    @property
    def counts(self) -> np.ndarray:
        """The number of rows in which each column has a value, int64 [columns]."""
        return np.concatenate([block.counts for _, block in self._blocks])

    def add(self, floats: np.ndarray, integers: np.ndarray, present: np.ndarray) -> None:
        """Adds rows, as `ExactMoments.add` does."""
        for columns, block in self._blocks:
            block.add(floats[:, columns], integers[:, columns], present[:, columns])

    def merge(self, other: "SeparateMoments") -> None:
        """Adds the rows of other moments of the same columns."""
        for (_, block), (_, theirs) in zip(self._blocks, other._blocks, strict=True):
            block.merge(theirs)

    def describe(self, offsets: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Returns means as `ExactMoments.describe` does, and the sums of squared distances from them [columns]."""
        described = [block.describe(offsets[columns]) for columns, block in self._blocks]
        means, centred = zip(*described, strict=True)
        return np.concatenate(means), np.concatenate([np.diag(products) for products in centred])


class _Totals:
    """A matrix of whole numbers without bounds: high · 2^40 + low."""

    def __init__(self, rows: int, columns: int) -> None:
        self._high, self._low = np.zeros((rows, columns), np.int64), np.zeros((rows, columns), np.int64)

    def add(self, values: np.ndarray, where: tuple[np.ndarray, ...]) -> None:
        """Adds whole numbers within 2^53 to some of the entries."""
        low = self._low[where] + values.astype(np.int64)
        self._high[where] += low >> _LOW_BITS
        self._low[where] = low & (2**_LOW_BITS - 1)

    def merge(self, other: "_Totals", where: tuple[np.ndarray, ...]) -> None:
        """Adds other totals to some of the entries."""
        self._high[where] += other._high
        self.add(other._low, where)

    def whole(self) -> np.ndarray:
        """Returns the totals as Python's integers."""
        return self._high.astype(object) * 2**_LOW_BITS + self._low.astype(object)


def _split_floats(values: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yields places and signed digits, float64, of numbers that float32 holds."""
    largest = float(np.abs(values).max(initial=0.0))
    place = int(np.floor(np.log2(largest) / _DIGIT_BITS)) + 1 if largest else 0
    rest = values
    while rest.any():
        unit = 2.0 ** (_DIGIT_BITS * place)
        digit = np.trunc(rest * (1 / unit))
        rest = rest - digit * unit
        yield place, digit
        place -= 1


def _split_integers(values: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yields places and digits, float64, of int64; the last digit has the sign."""
    rest, place = values, 0
    while rest.any():
        last = place == 3
        yield place, (rest if last else rest & (2**_DIGIT_BITS - 1)).astype(np.float64)
        rest = np.zeros_like(rest) if last else rest >> _DIGIT_BITS
        place += 1


def _by_column(matrix: np.ndarray, owners: np.ndarray, columns: int) -> np.ndarray:
    """Adds up rows [digits, n] of Python's integers by the columns that they belong to, [columns, n]."""
    summed = np.zeros((columns, matrix.shape[1]), object)
    np.add.at(summed, owners, matrix)
    return summed
