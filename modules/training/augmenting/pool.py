"""The training rows from which synthetic ones take their cells: a synthetic row is a row of donors.

The cell of a column is everything that Transform made of it: its numbers and those of the parts of its time, its
category, whether it was missing. Cells are never changed, only put together, so that each is one that a training row
has: a missing value stays missing in all its tensors, a code a known one, a whole number whole.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from modules.features.profile import NumericColumn, Profile

Rows = dict[str, np.ndarray]

# Below every z-score and every category: what a missing cell is to the methods.
_ABSENT = -1e3
# Rows that give the projection to components.
_PROJECTED_ROWS = 20_000


@dataclasses.dataclass(frozen=True)
class PooledColumn:
    """Where the cells of a column lie.

    Attributes:
        name: The column's name.
        numbers: Its places in `numeric` and `value`, its own first, then those of the parts of its time; empty for
            categories.
        category: Its place in `category`, None for numbers.
        marked: Its place in `missing`.
        told: Whether the network sees anything of it.
    """

    name: str
    numbers: tuple[int, ...]
    category: int | None
    marked: int
    told: bool


class Pool:
    """Training rows as columns of cells.

    Args:
        rows: Transformed rows whose categories were looked up, [n, …] each: what `inputs.read` gives.
        profile: What was learnt of the columns.

    Attributes:
        columns: The columns, in the order of the tensor `missing`.
        cells: What the methods compare rows by, float32 [n, f]: z-scores, numbers of categories, and a number below
            all of them for what is missing.
        places: For each column, its places in `cells`.
        ranks: The same with bin positions, from 0 to 1, instead of z-scores.
    """

    def __init__(self, rows: Rows, profile: Profile) -> None:
        self._rows, self.count = rows, len(rows["label"])
        self.columns = _columns(profile)
        parts, ranks, self.places = [], [], []
        width = 0
        for column in self.columns:
            absent = rows["missing"][:, column.marked, np.newaxis] > 0
            if column.category is None:
                numbers = list(column.numbers)
                own = rows["numeric"][:, numbers]
                rank = np.stack([_ranks(rows["value"][:, place], profile.numeric[place]) for place in numbers], axis=1)
            else:
                own = rank = rows["category"][:, column.category, np.newaxis].astype(np.float32)
            parts.append(np.where(absent, _ABSENT, own))
            ranks.append(np.where(absent, -0.5, rank))
            self.places.append(list(range(width, width := width + own.shape[1])))
        self.cells = np.concatenate(parts, axis=1).astype(np.float32)
        self.ranks = np.concatenate(ranks, axis=1).astype(np.float32)
        owners = {number: place for place, column in enumerate(self.columns) for number in column.numbers}
        self._number_owner = np.array([owners[number] for number in range(len(profile.numeric))], np.int64)
        codes = [place for place, column in enumerate(self.columns) if column.category is not None]
        self._category_owner = np.array(codes, np.int64)
        if "components" in rows:
            taken = slice(0, _PROJECTED_ROWS)
            self._projection = np.linalg.lstsq(
                rows["numeric"][taken].astype(np.float64), rows["components"][taken].astype(np.float64), rcond=1e-5
            )[0].astype(np.float32)

    def absent(self, column: int) -> np.ndarray:
        """Returns which cells of a column are missing, bool [n]."""
        return self._rows["missing"][:, self.columns[column].marked] > 0

    def rows(self, starts: np.ndarray, donors: np.ndarray) -> Rows:
        """Puts rows together from cells.

        Args:
            starts: The training row that each began as, int64 [m]: it gives label and weight.
            donors: For each column the training row whose cell it takes, int64 [m, columns].

        Returns:
            The same tensors as those of the pool, [m, …]; the components are those of the new z-scores.

        Raises:
            ValueError: If there is a tensor that is not known here: it would tell of the start rows alone.
        """
        made: Rows = {}
        for name, values in self._rows.items():
            if name in ("numeric", "value"):
                made[name] = values[donors[:, self._number_owner], np.arange(values.shape[1])]
            elif name == "category":
                made[name] = values[donors[:, self._category_owner], np.arange(values.shape[1])]
            elif name == "missing":
                made[name] = values[donors, np.arange(values.shape[1])]
            elif name in ("label", "weight"):
                made[name] = values[starts]
            elif name != "components":
                raise ValueError(f"of {name} nobody knows to which columns it belongs")
        if "components" in self._rows:
            made["components"] = made["numeric"] @ self._projection
        return made

    @property
    def told(self) -> Sequence[int]:
        """The columns of which the network sees something; the others are never changed."""
        return [place for place, column in enumerate(self.columns) if column.told]


def _ranks(values: np.ndarray, column: NumericColumn) -> np.ndarray:
    """Returns the position of numbers among the bin edges of their column, from 0 to 1, float64 [n]."""
    return np.interp(values, column.scaled_edges, np.linspace(0.0, 1.0, column.bins + 1))


def _columns(profile: Profile) -> list[PooledColumn]:
    parts: dict[str, list[int]] = {}
    for number, column in enumerate(profile.numeric):
        parts.setdefault(column.part_of or column.name, []).append(number)
    columns = []
    for marked, its in enumerate(profile.marked):
        if isinstance(its, NumericColumn):
            # Parts lie before the times that they were made of.
            numbers = tuple(sorted(parts[its.name], key=lambda number: profile.numeric[number].part_of is not None))
            told = not all(profile.numeric[number].left_out for number in numbers)
            columns.append(PooledColumn(its.name, numbers, None, marked, told))
        else:
            place = marked - (len(profile.marked) - len(profile.categorical))
            columns.append(PooledColumn(its.name, (), place, marked, not its.left_out))
    return columns
