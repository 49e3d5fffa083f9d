"""Rows that are put together from the cells of others, without a copy of every column."""

from collections.abc import Iterator, Mapping

import numpy as np


class ComposedRows(Mapping[str, np.ndarray]):
    """Rows of others, with other values in some columns: a column is made when it is asked for.

    Args:
        base: Columns by name, [m] each; they are not changed afterwards.
        places: Which row of `base` each row is, int64 [n].
        changed: Other values by column, [n] each.
    """

    def __init__(
        self, base: Mapping[str, np.ndarray], places: np.ndarray, changed: Mapping[str, np.ndarray] | None = None
    ) -> None:
        self.base, self.places, self.changed = base, places, dict(changed or {})

    def __getitem__(self, name: str) -> np.ndarray:
        values = self.changed.get(name)
        return self.base[name][self.places] if values is None else values

    def __iter__(self) -> Iterator[str]:
        return iter(self.base)

    def __len__(self) -> int:
        return len(self.base)

    def taken(self, places: np.ndarray) -> "ComposedRows":
        """Returns some rows, by place or by truth value."""
        changed = {name: values[places] for name, values in self.changed.items()}
        return ComposedRows(self.base, self.places[places], changed)

    def replaced(self, values: Mapping[str, np.ndarray]) -> "ComposedRows":
        """Returns the rows with other values in some of their columns."""
        return ComposedRows(self.base, self.places, {**self.changed, **values})

    def repeated(self, times: int) -> "ComposedRows":
        """Returns all rows, so many times one below the other."""
        changed = {name: np.tile(values, times) for name, values in self.changed.items()}
        return ComposedRows(self.base, np.tile(self.places, times), changed)
