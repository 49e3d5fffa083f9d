import numpy as np
import pytest

from modules.explaining.permutation_importance import Shuffler
from modules.explaining.raw_function import RawColumn, RawFunction
from modules.explaining.row_set import RowSet

pytestmark = pytest.mark.unit

COLUMNS = [RawColumn(name, "numeric", "float32") for name in ("x", "twin", "unused")]


def squared(labels: np.ndarray, answers: np.ndarray, weights: np.ndarray | None) -> float:
    return float(np.average((labels - answers[:, 0]) ** 2, weights=weights))


def row_set(count: int = 400, weights: np.ndarray | None = None) -> RowSet:
    generator = np.random.default_rng(3)
    x = generator.normal(size=count).astype(np.float32)
    rows = {"x": x, "twin": x.copy(), "unused": generator.normal(size=count).astype(np.float32)}
    return RowSet(rows, 2 * x, weights, np.arange(count))


def shuffler(rows: RowSet, x: float = 2.0, twin: float = 0.0, seed: int = 1) -> Shuffler:
    function = RawFunction(COLUMNS, ["y"], lambda rows: (x * rows["x"] + twin * rows["twin"])[:, None])
    return Shuffler(function, rows, squared, seed)


def test_an_unused_column_has_importance_zero_exactly() -> None:
    importance = shuffler(row_set(), x=1.5).importance(["unused"])
    assert (importance.value, importance.low, importance.high) == (0, 0, 0)


def test_shuffling_a_linear_column_costs_twice_its_variance() -> None:
    rows = row_set(4000)
    importance = shuffler(rows).importance(["x"])
    # E(2x − 2x')² of independent x and x' is 4 · 2 · var(x).
    assert importance.value == pytest.approx(8 * rows.rows["x"].var(), rel=0.02)
    assert importance.low < 8 < importance.high


def test_the_interval_covers_other_rows_and_not_other_shuffles_alone() -> None:
    covered = 0
    for number in range(60):
        generator = np.random.default_rng(number)
        x = generator.normal(size=100).astype(np.float32)
        rows = RowSet({"x": x, "twin": x, "unused": x}, 2 * x, None, np.arange(100))
        importance = shuffler(rows, seed=number).importance(["x"])
        covered += importance.low <= 8 <= importance.high
    # Shuffles alone would cover 8 in a third of the draws.
    assert covered >= 50


def test_columns_that_carry_the_same_lose_more_together() -> None:
    both = shuffler(row_set(4000), x=1.0, twin=1.0)
    alone = both.importance(["x"]).value
    # Half of the answer is shuffled, or all of it: 1 · 2 · var(x), or 4 · 2 · var(x).
    assert both.importance(["x", "twin"]).value == pytest.approx(4 * alone, rel=0.02)


def test_rows_without_weight_do_not_count() -> None:
    weights = np.zeros(400)
    weights[:40] = 1.0
    rows = row_set(weights=weights)
    rows.labels[40:] = 1e6
    assert shuffler(rows).loss == pytest.approx(0)


def test_the_same_seed_gives_the_same() -> None:
    assert shuffler(row_set()).importance(["x"]) == shuffler(row_set()).importance(["x"])
    assert shuffler(row_set()).importance(["x"]) != shuffler(row_set(), seed=2).importance(["x"])
