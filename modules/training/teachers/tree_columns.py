"""What boosted trees read of a row: numbers and codes as they are, with missing values marked in them."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from modules.features.profile import CategoricalColumn, NumericColumn, Profile
from modules.training.inputs import Rows

# The code of a missing category: one of its own.
_ABSENT = -1


@dataclasses.dataclass(frozen=True)
class TreeColumns:
    """Where the columns that tell something lie, and the mark of each.

    Attributes:
        numbers: Places in the tensor `numeric`.
        number_marks: Of each, the place in `missing` of what tells whether it is missing.
        codes: Places in the tensor `category`.
        code_marks: The same of these.
    """

    numbers: Sequence[int]
    number_marks: Sequence[int]
    codes: Sequence[int]
    code_marks: Sequence[int]

    @classmethod
    def of(cls, profile: Profile) -> "TreeColumns":
        """Derives them from what was learnt of the columns; a part of a timestamp is missing where that is."""
        marks = {column.name: place for place, column in enumerate(profile.marked)}
        numbers, codes = _telling(profile.numeric), _telling(profile.categorical)
        return cls(
            numbers,
            [marks[profile.numeric[place].part_of or profile.numeric[place].name] for place in numbers],
            codes,
            [marks[profile.categorical[place].name] for place in codes],
        )

    def names(self, profile: Profile) -> list[str]:
        """Returns the column of the table that each is, or is a part of: those of the numbers, then the codes."""
        numbers = [profile.numeric[place] for place in self.numbers]
        parts = [column.part_of or column.name for column in numbers]
        return [*parts, *(profile.categorical[place].name for place in self.codes)]

    def of_rows(self, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        """Returns the numbers, float32 [n, d] with NaN for missing, and the codes, int32 [n, c] with -1."""
        missing = rows["missing"] > 0.5
        numbers = _places(rows.get("numeric"), self.numbers, len(missing), np.float32)
        codes = _places(rows.get("category"), self.codes, len(missing), np.int32)
        numbers[missing[:, self.number_marks]] = np.nan
        codes[missing[:, self.code_marks]] = _ABSENT
        return numbers, codes

    def to_json(self) -> dict[str, Any]:
        """Returns them as a JSON object."""
        return dataclasses.asdict(self)


def _telling(columns: Sequence[NumericColumn | CategoricalColumn]) -> list[int]:
    return [place for place, column in enumerate(columns) if not column.left_out]


def _places(tensor: np.ndarray | None, places: Sequence[int], rows: int, dtype: type) -> np.ndarray:
    """Returns a copy of some columns of a tensor; of one that is not there, none."""
    return np.empty((rows, 0), dtype) if tensor is None else tensor[:, places].astype(dtype)
