"""Calibrated columns, and their sum: each number goes through a line with a few bends, each category has a value.

References:
    Gupta et al., Monotonic Calibrated Interpolated Look-Up Tables, Journal of Machine Learning Research 17, 2016, of
    which these are the calibrators before a plain sum instead of a lattice.
"""

import dataclasses
from collections.abc import Mapping

import numpy as np

from modules.explaining.interpretable import weighted_sum
from modules.explaining.interpretable.given import Given, Readable
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import Rows

_BENDS = 7
_RIDGE = 1e-4
_STEPS = 200


@dataclasses.dataclass(frozen=True)
class _Calibrators:
    """Where the lines bend, by numeric column: in scaled units, ascending."""

    plain: PlainColumns
    bends: Mapping[str, np.ndarray]

    @classmethod
    def learn(cls, given: Given) -> "_Calibrators":
        names = given.plain.wide_names
        bends = {}
        for place, (column, what) in enumerate(names):
            if what == "value":
                known = given.wide[:, place][given.wide[:, place + 1] == 0]
                bends[column] = _bends(known) if len(known) else np.zeros(1)
        return cls(given.plain, bends)

    def of(self, rows: Rows) -> np.ndarray:
        """Returns how far each segment of a line is passed, in [0, 1], and marks, float32 [n, width]."""
        wide, parts = self.plain.wide(rows), []
        for place, (column, what) in enumerate(self.plain.wide_names):
            if what == "value" and column in self.bends:
                known = wide[:, place + 1] == 0
                for low, high in zip(self.bends[column], self.bends[column][1:], strict=False):
                    parts.append(np.where(known, np.clip((wide[:, place] - low) / (high - low), 0, 1), 0.0))
            else:
                parts.append(wide[:, place])
        return np.column_stack(parts).astype(np.float32) if parts else np.zeros((len(wide), 0), np.float32)

    def signs(self, wanted: Mapping[str, int]) -> np.ndarray:
        """Returns the sign that the weight of each element may have, 0 for both, [width]."""
        signs: list[int] = []
        for column, what in self.plain.wide_names:
            if what == "value" and column in self.bends:
                signs += [wanted.get(column, 0)] * (len(self.bends[column]) - 1)
            else:
                signs.append(0)
        return np.array(signs)


def _bends(values: np.ndarray) -> np.ndarray:
    """Returns quantiles of the rows and of the distinct values: of a column that is mostly 0, too, its other values."""
    shares = np.linspace(0, 1, _BENDS)
    return np.unique(np.concatenate([np.quantile(values, shares), np.quantile(np.unique(values), shares)]))


def fit(given: Given) -> Readable:
    """Fits all lines at once; those of `given.monotone` only rise, or only fall."""
    calibrators = _Calibrators.learn(given)
    matrix = calibrators.of(given.training.rows)
    scale = np.maximum(matrix.std(axis=0), 1e-3)
    begin = weighted_sum.nothing(given.target, matrix.shape[1])
    signs = calibrators.signs(given.signs)
    found = weighted_sum.fit(
        matrix / scale, given.wanted, given.weights, given.target, 0.0, _RIDGE, _STEPS, begin, signs
    )
    bends = sum(len(of_column) for of_column in calibrators.bends.values())
    lines = sum(len(of_column) > 1 for of_column in calibrators.bends.values())
    return Readable(
        lambda rows: given.target.kind.from_logits(given.target, found.of(calibrators.of(rows) / scale)),
        bends + (matrix.shape[1] + 1) * given.target.outputs,
        f"{lines} lines of {bends} bends, {len(given.plain.categories)} tables of categories",
        len(given.training),
    )
