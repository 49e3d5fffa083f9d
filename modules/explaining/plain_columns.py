"""Raw rows as the matrices that scikit-learn's models take, by what the training rows hold."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from modules.explaining.raw_function import RawColumn, Rows

# Rarer categories share one place.
_MOST_CATEGORIES = 64
_CLIP = 10.0


@dataclasses.dataclass(frozen=True)
class PlainColumns:
    """What is learnt of the training rows.

    Attributes:
        columns: The columns.
        categories: The categories of each categorical column that have a place, the most frequent first.
        centres: Median of each numeric column.
        scales: Its standard deviation; 1 where it is 0.
    """

    columns: Sequence[RawColumn]
    categories: Mapping[str, Sequence[bytes | int]]
    centres: Mapping[str, float]
    scales: Mapping[str, float]

    @classmethod
    def learn(cls, columns: Sequence[RawColumn], rows: Rows) -> "PlainColumns":
        """Learns from training rows."""
        categories, centres, scales = {}, {}, {}
        for column in columns:
            values = rows[column.name]
            if column.is_number:
                known = values[~column.is_missing(values)].astype(np.float64)
                known = known[np.isfinite(known)]
                centres[column.name] = float(np.median(known)) if len(known) else 0.0
                scales[column.name] = (float(known.std()) if len(known) else 0.0) or 1.0
            else:
                found, counts = np.unique(values, return_counts=True)
                order = np.argsort(-counts, kind="stable")[:_MOST_CATEGORIES]
                categories[column.name] = [found[place] for place in order]
        return cls(columns, categories, centres, scales)

    @property
    def is_categorical(self) -> list[bool]:
        """Of each column of `ordinal` whether it holds the numbers of categories."""
        return [not column.is_number for column in self.columns]

    def ordinal(self, rows: Rows) -> np.ndarray:
        """Returns numbers as they are, NaN for missing, and categories as numbers, float64 [n, columns]."""
        parts = []
        for column in self.columns:
            values = rows[column.name]
            if column.is_number:
                parts.append(np.where(column.is_missing(values), np.nan, values.astype(np.float64)))
            else:
                parts.append(self._codes(column, values).astype(np.float64))
        return np.column_stack(parts)

    def wide(self, rows: Rows) -> np.ndarray:
        """Returns numbers scaled, missing ones as the median and marked, and a place a category, float64 [n, width]."""
        parts = []
        for column in self.columns:
            values = rows[column.name]
            if column.is_number:
                missing = column.is_missing(values)
                scaled = (values.astype(np.float64) - self.centres[column.name]) / self.scales[column.name]
                parts += [np.where(missing, 0.0, np.clip(scaled, -_CLIP, _CLIP)), missing.astype(np.float64)]
            else:
                codes = self._codes(column, values)
                parts += list((codes[:, None] == np.arange(len(self.categories[column.name]))).T.astype(np.float64))
        return np.column_stack(parts)

    @property
    def wide_names(self) -> list[tuple[str, str]]:
        """Column and place of each element of `wide`: `value`, `missing`, or a category."""
        names = []
        for column in self.columns:
            if column.is_number:
                names += [(column.name, "value"), (column.name, "missing")]
            else:
                names += [(column.name, column.text(value)) for value in self.categories[column.name]]
        return names

    def _codes(self, column: RawColumn, values: np.ndarray) -> np.ndarray:
        """Returns the places of categories; all that have none share the last one."""
        known = {value: number for number, value in enumerate(self.categories[column.name])}
        found, inverse = np.unique(values, return_inverse=True)
        return np.array([known.get(value, len(known)) for value in found])[inverse]
