"""Columns that repeat another, where there are many."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from pipeline.drafting import exclusions

pytestmark = pytest.mark.unit


class Level:
    """A value that counts how often it is compared."""

    compared = 0

    def __init__(self, value: int):
        self._value = value

    def __hash__(self) -> int:
        return hash(self._value)

    def __eq__(self, other: object) -> bool:
        Level.compared += 1
        return isinstance(other, Level) and self._value == other._value


@dataclasses.dataclass(frozen=True)
class Column:
    levels: list
    codes: np.ndarray
    missing: int = 0

    @property
    def distinct(self) -> int:
        return len(self.levels)


def column(*levels: Any, times: int = 2) -> Any:
    """A column in which the levels come one after the other, so many times."""
    return Column(list(levels), np.tile(np.arange(len(levels)), times))


@pytest.mark.parametrize("columns", [10, 300])
def test_no_column_is_compared_with_all_the_others(columns: int) -> None:
    Level.compared = 0
    table: dict[str, Any] = {
        f"c{number}": column(Level(2 * number), Level(2 * number + 1)) for number in range(columns)
    }
    copies, renamed = exclusions.repeated(table)
    assert copies == {}
    assert len(renamed) == columns - 1
    assert Level.compared <= 2 * columns


def test_a_copy_names_the_first_column_that_it_equals_and_a_renaming_the_first_of_all() -> None:
    table = {"a": column("x", "y"), "b": column(1, 2), "c": column(1, 2), "d": column("x", "y"), "e": column(7)}
    copies, renamed = exclusions.repeated(table)
    assert copies == {"c": "the same as b in every row", "d": "the same as a in every row"}
    assert renamed == ["b says the same as a in other values; one of them would do"]


def test_columns_whose_values_never_come_again_do_not_say_the_same() -> None:
    table = {"a": column(0.5, 1.5, times=1), "b": column(7, 8, times=1), "c": column(7, 8, times=1)}
    copies, renamed = exclusions.repeated(table)
    assert copies == {"c": "the same as b in every row"}
    assert renamed == []
