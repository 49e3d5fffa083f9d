"""How much one column tells of another, and which columns carry the same information."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import stats
from scipy.cluster import hierarchy

from modules.explaining.plain_columns import PlainColumns
from modules.explaining.raw_function import Rows

# From here on, shuffling one of two columns alone makes rows that do not exist, and the other one fills in for it.
LIMIT = 0.8
# Of fewer rows that have both values nothing is said.
_LEAST_ROWS = 20

SPEARMAN, CRAMER, RATIO = "Spearman's ρ", "Cramér's V", "correlation ratio"


@dataclasses.dataclass(frozen=True)
class Association:
    """How much two columns tell of each other.

    Attributes:
        first: One column.
        second: The other one.
        measure: Between two numeric columns |Spearman's ρ|, between two categorical ones Cramér's V, otherwise the
            correlation ratio of the ranks.
        value: From 0, nothing, to 1, everything.
    """

    first: str
    second: str
    measure: str
    value: float


def associations(plain: PlainColumns, rows: Rows, names: Sequence[str]) -> list[Association]:
    """Measures every pair of some columns, over the rows that have both values.

    Cramér's V and the correlation ratio are corrected for chance: of independent columns they are about 0, however many
    categories there are.

    Args:
        plain: What is known of the columns.
        rows: Raw rows.
        names: The columns.

    References:
        Bergsma, A bias-correction for Cramér's V and Tschuprow's T, 2013 (doi:10.1016/j.jkss.2012.10.002).
        Kelley, An unbiased correlation ratio measure, 1935 (doi:10.1073/pnas.21.9.554).
    """
    places = {column.name: place for place, column in enumerate(plain.columns)}
    values = plain.ordinal(rows)
    chosen = [(name, values[:, places[name]], plain.columns[places[name]].is_number) for name in names]
    return [_between(one, other) for number, one in enumerate(chosen) for other in chosen[number + 1 :]]


def _between(one: tuple[str, np.ndarray, bool], other: tuple[str, np.ndarray, bool]) -> Association:
    (first, left, left_is_number), (second, right, right_is_number) = one, other
    known = ~(np.isnan(left) | np.isnan(right))
    left, right = left[known], right[known]
    is_clear = len(left) >= _LEAST_ROWS and np.ptp(left) > 0 and np.ptp(right) > 0
    if left_is_number and right_is_number:
        return Association(first, second, SPEARMAN, _spearman(left, right) if is_clear else 0.0)
    if left_is_number or right_is_number:
        codes, values = (left, right) if right_is_number else (right, left)
        return Association(first, second, RATIO, _correlation_ratio(codes, values) if is_clear else 0.0)
    return Association(first, second, CRAMER, _cramer(left, right) if is_clear else 0.0)


def _spearman(left: np.ndarray, right: np.ndarray) -> float:
    return float(abs(np.corrcoef(stats.rankdata(left), stats.rankdata(right))[0, 1]))


def _correlation_ratio(codes: np.ndarray, values: np.ndarray) -> float:
    """Returns the root of the share of the ranks' variance that the categories explain, corrected for their number."""
    ranks = stats.rankdata(values)
    _, group = np.unique(codes, return_inverse=True)
    counts = np.bincount(group)
    means = np.bincount(group, ranks) / counts
    whole = float(((ranks - ranks.mean()) ** 2).sum())
    within = float(((ranks - means[group]) ** 2).sum())
    free = len(ranks) - len(counts)
    if free <= 0:
        return 0.0
    return float(np.sqrt(max(0.0, 1 - within / free * (len(ranks) - 1) / whole)))


def _cramer(left: np.ndarray, right: np.ndarray) -> float:
    _, row = np.unique(left, return_inverse=True)
    _, column = np.unique(right, return_inverse=True)
    height, width, count = row.max() + 1, column.max() + 1, len(row)
    table = np.bincount(row * width + column, minlength=height * width).reshape(height, width)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / count
    phi = float(((table - expected) ** 2 / expected).sum()) / count
    by_chance = (height - 1) * (width - 1) / (count - 1)
    least = min(height - (height - 1) ** 2 / (count - 1), width - (width - 1) ** 2 / (count - 1)) - 1
    return float(np.sqrt(min(1.0, max(0.0, phi - by_chance) / least))) if least > 0 else 0.0


def groups(names: Sequence[str], found: Sequence[Association], limit: float = LIMIT) -> list[list[str]]:
    """Returns the columns that carry the same information: of a group, every two are associated by the limit or more.

    Args:
        names: The columns.
        found: Their associations, of each pair one, in the order of the pairs.
        limit: From which association on two columns belong together.

    Returns:
        Groups of at least two columns, both in the columns' order.
    """
    if len(names) < 2:
        return []
    distances = 1.0 - np.array([pair.value for pair in found])
    number = hierarchy.fcluster(hierarchy.complete(distances), 1.0 - limit + 1e-12, "distance")
    together: dict[int, list[str]] = {}
    for name, of in zip(names, number, strict=True):
        together.setdefault(of, []).append(name)
    return [members for members in together.values() if len(members) > 1]
