"""What a model makes of a sensitive column alone, and of the columns that stand in for it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from modules.debugging import telling_columns
from modules.debugging.levels import Level
from modules.debugging.movement import Movement
from modules.explaining import raw_function
from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import RawFunction, Rows
from modules.judging.statistics import wilson
from modules.judging.statistics.normal import Z
from modules.tasks import measures

# A column whose permutation costs less area under the curve is no proxy, and more than so many are not named.
_LEAST_LOSS, _MOST_PROXIES = 0.005, 5
# Trees that tell a group from many columns.
_TREES, _MOST_COLUMNS = 40, 64
# Fewer rows do not tell what tells groups apart.
_LEAST_HALF = 100


@dataclasses.dataclass(frozen=True)
class Flip:
    """What happens where nothing but one column is set to another value.

    Attributes:
        to: The value.
        rows: The rows that had another one.
        changed: The share of them that get another answer, with its 95 % interval.
        change: The mean change of the answer, with its 95 % interval.
    """

    to: str
    rows: int
    changed: tuple[float, float, float]
    change: tuple[float, float, float]


@dataclasses.dataclass(frozen=True)
class Proxies:
    """Which other columns tell the groups apart.

    Attributes:
        auc: The area under the curve of trees that tell them from the other columns, on rows that they did not learn
            from; of several groups the mean over each against the rest.
        columns: By proxy what its permutation costs of that area, the largest first.
        auc_without: What remains of the area when all these are permuted.
    """

    auc: float
    columns: Mapping[str, float]
    auc_without: float


def flips(function: RawFunction, movement: Movement, rows: Rows, levels: Sequence[Level]) -> tuple[list[Flip], float]:
    """Sets one column to each of its values, and nothing else.

    Args:
        function: The model.
        movement: What counts as another answer.
        rows: The rows.
        levels: The values that the column has; of numbers, ranges, of which the middle is taken.

    Returns:
        What each value does to the rows that have another one, and the share of all rows that some value gets another
        answer.
    """
    column = levels[0].column
    own, usual = rows[column.name], function(rows)
    tables = [raw_function.replaced(rows, {column.name: column.filled(len(own), _value(level))}) for level in levels]
    answers = function(raw_function.joined(tables)).reshape(len(levels), len(own), -1)
    found, ever = [], np.zeros(len(own), bool)
    for level, after in zip(levels, answers, strict=True):
        others = ~level.holds(own)
        if not others.any():
            continue
        changed = movement.changed(usual, after) & others
        ever |= changed
        moved = movement.change(usual, after)[others]
        mean, error = float(moved.mean()), float(moved.std() / np.sqrt(len(moved)))
        count, among = int(changed.sum()), int(others.sum())
        share = (count / among, *wilson.interval(count, among))
        found.append(Flip(level.text, among, share, (mean, mean - Z * error, mean + Z * error)))
    return found, float(ever.mean())


def proxies(plain: PlainColumns, rows: Rows, groups: np.ndarray, seed: int) -> Proxies | None:
    """Learns on one half of the rows to tell groups apart, and looks on the other at what that needs.

    Args:
        plain: How the other columns become a matrix.
        rows: The rows, of every column of `plain`.
        groups: The number of each row's group, [n]; -1 of a row that is in none.
        seed: Draws the halves and the permutations.

    Returns:
        The proxies; None if a half has fewer than 100 rows, or one group only.
    """
    known = np.flatnonzero(groups >= 0)
    order = np.random.default_rng(seed).permutation(known)
    halves = [np.sort(order[: len(order) // 2]), np.sort(order[len(order) // 2 :])]
    if not plain.columns or len(halves[0]) < _LEAST_HALF or any(len(np.unique(groups[half])) < 2 for half in halves):
        return None
    learnt, asked = (raw_function.taken(rows, half) for half in halves)
    narrow = telling_columns.narrowed(plain, learnt, groups[halves[0]].astype(np.float64), True, _MOST_COLUMNS)
    trees = HistGradientBoostingClassifier(
        max_iter=_TREES, early_stopping=False, categorical_features=narrow.is_categorical, random_state=seed
    )
    with threadpool_limits(1):
        trees.fit(narrow.ordinal(learnt), groups[halves[0]])
        return _needed(trees, narrow, narrow.ordinal(asked), groups[halves[1]], seed)


def _needed(trees: Any, plain: PlainColumns, given: np.ndarray, groups: np.ndarray, seed: int) -> Proxies:
    labels = np.searchsorted(trees.classes_, groups)

    def area(matrix: np.ndarray) -> float:
        return measures.mean_auc(labels, trees.predict_proba(matrix))

    generator = np.random.default_rng(seed)
    shuffled = generator.permuted(given, axis=0)
    whole, costs = area(given), {}
    for place, column in enumerate(plain.columns):
        one = given.copy()
        one[:, place] = shuffled[:, place]
        costs[column.name] = whole - area(one)
    named = sorted((name for name in costs if costs[name] >= _LEAST_LOSS), key=lambda name: -costs[name])
    named = named[:_MOST_PROXIES]
    without = given.copy()
    for place, column in enumerate(plain.columns):
        if column.name in named:
            without[:, place] = shuffled[:, place]
    return Proxies(whole, {name: costs[name] for name in named}, area(without))


def gap(function: RawFunction, movement: Movement, rows: Rows, groups: np.ndarray) -> float:
    """Returns how far the groups' mean answers are apart: of classes the shares that are taken for one, at most."""
    answers = function(rows)
    if movement.classes:
        answers = (movement.decided(answers)[:, None] == np.arange(movement.classes)).astype(np.float64)
    means = np.stack([answers[groups == number].mean(axis=0) for number in np.unique(groups[groups >= 0])])
    return float(np.ptp(means, axis=0).max())


def permuted(rows: Rows, names: Sequence[str], seed: int) -> Rows:
    """Returns the rows with the values of some columns exchanged between rows, each column by itself."""
    generator = np.random.default_rng(seed)
    return raw_function.replaced(rows, {name: generator.permutation(rows[name]) for name in names})


def _value(level: Level) -> float | int | bytes:
    if not level.values:
        return level.column.missing
    if level.column.is_number:
        middle = (float(level.values[0]) + float(level.values[-1])) / 2
        return middle if level.column.dtype == "float32" else int(middle)
    return level.values[0]
