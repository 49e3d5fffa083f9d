"""Cells as no table should hold them, and what the model answers then."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from modules.debugging.movement import Movement
from modules.explaining import raw_function
from modules.explaining.raw_function import RawColumn, RawFunction, Rows
from modules.explaining.row_set import RowSet

_LARGE = 1e30
_LONG = b"x" * 100_000
_UNSEEN = b"\xc3\xa9 never seen \xe2\x9c\xa8"
# A text of 100 kB in every cell would need gigabytes.
_MOST_LONG_ROWS = 20

# Makes new values of a column: of the column, values of training rows, how many, and what draws.
Make = Callable[[RawColumn, np.ndarray, int, np.random.Generator], np.ndarray]


@dataclasses.dataclass(frozen=True)
class Attack:
    """What one attack on one group of columns did.

    Attributes:
        attack: Its name.
        group: `numeric` or `categorical` columns, or `all` of both.
        rows: How many rows were attacked.
        invalid: The share that got no answer: no number, or a probability that is none.
        changed: The share of the rows that got another answer, or an invalid one.
        lowest: The lowest answer; None if none is valid.
        highest: The highest one.
    """

    attack: str
    group: str
    rows: int
    invalid: float
    changed: float
    lowest: float | None
    highest: float | None


def _uniform(column: RawColumn, seen: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    known = seen[~column.is_missing(seen)]
    if not len(known):
        return column.filled(count, column.missing)
    if not column.is_number:
        return generator.choice(np.unique(known), count)
    return generator.uniform(float(known.min()), float(known.max()), count).astype(column.dtype)


def _marginal(column: RawColumn, seen: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    return generator.choice(seen, count)


def _out_of_range(column: RawColumn, seen: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    known = seen[~column.is_missing(seen)].astype(np.float64)
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    beyond = (high - low or 1.0) * generator.uniform(1.0, 10.0, count)
    return _held(column, np.where(generator.random(count) < 0.5, low - beyond, high + beyond))


def _missing(column: RawColumn, seen: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    return column.filled(count, column.missing)


def _extreme(column: RawColumn, seen: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    values = [-_LARGE, _LARGE] + ([-np.inf, np.inf] if column.dtype == "float32" else [])
    return _held(column, generator.choice(values, count))


def _unseen(column: RawColumn, seen: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    return column.filled(count, _UNSEEN if column.dtype == "string" else int(np.iinfo(np.int64).max))


def _long(column: RawColumn, seen: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    return column.filled(count, _LONG) if column.dtype == "string" else _unseen(column, seen, count, generator)


def _held(column: RawColumn, values: np.ndarray) -> np.ndarray:
    """Returns numbers as a column holds them: of integers the nearest that is one, and does not stand for missing."""
    if column.dtype == "float32":
        return values.astype(np.float32)
    limits = np.iinfo(np.int64)
    inside = np.clip(values, -(2.0**62), 2.0**62).astype(np.int64)
    return np.where(values >= 2.0**62, limits.max, np.where(values <= -(2.0**62), limits.min + 1, inside))


# By name, what it does to numbers and to categories; None where it does not apply.
ATTACKS: Mapping[str, tuple[Make | None, Make | None]] = {
    "uniform": (_uniform, _uniform),
    "marginal": (_marginal, _marginal),
    "out_of_range": (_out_of_range, None),
    "missing": (_missing, _missing),
    "extreme": (_extreme, None),
    "unseen": (None, _unseen),
    "very_long": (None, _long),
}


def run(name: str, function: RawFunction, movement: Movement, rows: Rows, training: RowSet, seed: int) -> list[Attack]:
    """Attacks the numeric columns, the categorical ones, and all.

    Args:
        name: Which of `ATTACKS`.
        function: The model.
        movement: What counts as another answer.
        rows: The rows that are attacked.
        training: Where values are drawn from.
        seed: The same seed draws the same values.
    """
    if name == "very_long":
        rows = {column: values[:_MOST_LONG_ROWS] for column, values in rows.items()}
    makes = ATTACKS[name]
    groups = {
        "numeric": [column for column in function.columns if column.is_number and makes[0]],
        "categorical": [column for column in function.columns if not column.is_number and makes[1]],
    }
    if all(groups.values()):
        groups["all"] = [*groups["numeric"], *groups["categorical"]]
    generator, usual = np.random.default_rng(seed), function(rows)
    found = []
    for group, columns in groups.items():
        if not columns:
            continue
        attacked = _attacked(name, columns, rows, training.rows, generator)
        found.append(_measured(name, group, movement, usual, function(attacked)))
    return found


def _attacked(
    name: str, columns: Sequence[RawColumn], rows: Rows, training: Rows, generator: np.random.Generator
) -> Rows:
    count, made = raw_function.count(rows), {}
    for column in columns:
        make = ATTACKS[name][0 if column.is_number else 1]
        assert make is not None
        made[column.name] = make(column, training[column.name], count, generator)
    return raw_function.replaced(rows, made)


def _measured(name: str, group: str, movement: Movement, usual: np.ndarray, answers: np.ndarray) -> Attack:
    invalid = movement.invalid(answers)
    changed = movement.changed(usual, np.where(invalid[:, None], 0.0, answers)) | invalid
    valid = answers[~invalid]
    ends = (float(valid.min()), float(valid.max())) if len(valid) else (None, None)
    return Attack(name, group, len(answers), float(invalid.mean()), float(changed.mean()), *ends)
