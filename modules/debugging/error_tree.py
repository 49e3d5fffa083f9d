"""A shallow tree on the errors: rules of up to three conditions, beside the slices of at most two columns."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sklearn.tree import DecisionTreeRegressor

from modules.debugging import levels, row_errors, weak_slices
from modules.debugging.row_errors import MeanError, RowErrors
from modules.explaining.raw_function import RawColumn, Rows

_DEPTH, _LEAVES = 3, 8


@dataclasses.dataclass(frozen=True)
class Leaf:
    """Rows that end in one leaf.

    Attributes:
        rule: What they have in common.
        error: Their mean error on the rows that the tree was not grown on.
        rows: How many of these there are.
    """

    rule: str
    error: MeanError
    rows: int


@dataclasses.dataclass(frozen=True)
class _Condition:
    """A column of the tree's matrix: a number, or whether a row is of a level."""

    column: RawColumn
    level: levels.Level | None = None

    def text(self, low: float, high: float) -> str:
        """Writes which values lie above one number and at most at another."""
        if self.level is not None:
            return self.level.text if low > -np.inf else f"not {self.level.text}"
        ends = [("above", low), ("up to", high)]
        said = [f"{word} {levels.number_text(self.column, end)}" for word, end in ends if np.isfinite(end)]
        return f"{self.column.name} {' and '.join(said)}"


def grow(
    columns: Sequence[RawColumn],
    rows: Rows,
    errors: RowErrors,
    finding: np.ndarray,
    confirming: np.ndarray,
    seed: int,
) -> list[Leaf]:
    """Grows a tree on one half of the rows and measures its leaves on the other.

    Args:
        columns: What conditions may be of.
        rows: Their values, [n] each.
        errors: The error of each row.
        finding: The rows that the tree is grown on.
        confirming: Those that its leaves are measured on.
        seed: Decides between conditions that are equally good.

    Returns:
        The leaves, the worst first; those without a confirming row are left out.
    """
    conditions, matrix = _matrix(columns, rows)
    if not conditions:
        return []
    half = errors.taken(finding)
    tree = DecisionTreeRegressor(
        max_depth=_DEPTH,
        max_leaf_nodes=_LEAVES,
        min_samples_leaf=weak_slices.least_rows(len(finding)),
        random_state=seed,
    ).fit(matrix[finding], half.values, half.weights)
    reached = tree.apply(matrix[confirming])
    rest = errors.taken(confirming)
    leaves = [
        Leaf(rule, row_errors.mean(rest.taken(reached == leaf)), int((reached == leaf).sum()))
        for leaf, rule in _rules(tree, conditions)
        if (reached == leaf).any()
    ]
    return sorted(leaves, key=lambda leaf: -leaf.error.value)


def _matrix(columns: Sequence[RawColumn], rows: Rows) -> tuple[list[_Condition], np.ndarray]:
    conditions, parts = [], []
    for column in columns:
        values = rows[column.name]
        cut = levels.of_column(column, values)
        if column.is_number:
            missing = column.is_missing(values)
            numbers = values.astype(np.float64)
            known = numbers[~missing & np.isfinite(numbers)]
            conditions.append(_Condition(column))
            parts.append(np.where(missing, np.median(known) if len(known) else 0.0, np.clip(numbers, -1e30, 1e30)))
            cut = [level for level in cut if not level.values]
        conditions += [_Condition(column, level) for level in cut]
        parts += [level.holds(values).astype(np.float64) for level in cut]
    return conditions, np.stack(parts, axis=1) if parts else np.zeros((0, 0))


def _rules(tree: DecisionTreeRegressor, conditions: Sequence[_Condition]) -> Iterator[tuple[int, str]]:
    """Yields the number of each leaf and its rule, each column's conditions made one."""
    nodes = tree.tree_

    def below(node: int, bounds: Mapping[int, tuple[float, float]]) -> Iterator[tuple[int, str]]:
        if nodes.children_left[node] < 0:
            said = [conditions[place].text(low, high) for place, (low, high) in bounds.items()]
            yield node, " and ".join(said) or "all rows"
            return
        place, limit = int(nodes.feature[node]), float(nodes.threshold[node])
        low, high = bounds.get(place, (-np.inf, np.inf))
        yield from below(nodes.children_left[node], {**bounds, place: (low, min(high, limit))})
        yield from below(nodes.children_right[node], {**bounds, place: (max(low, limit), high)})

    yield from below(0, {})
