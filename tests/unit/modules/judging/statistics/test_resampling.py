import numpy as np
import pytest

from modules.judging.statistics.resampling import Resampler, percentile_interval

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("units", [400, 4_096])
def test_sums_vary_as_those_of_rows_drawn_one_by_one_would(units: int) -> None:
    # The variance of a sum under the Poisson bootstrap is the sum of squares: here 10,000 / 3, with 400 groups as well.
    summands = np.random.default_rng(1).uniform(-1, 1, (10_000, 1))
    drawn = Resampler(3, 10_000, 4_000, units).sums(summands)[0]
    assert drawn.mean() == pytest.approx(summands.sum(), abs=4 * np.sqrt(3_333 / 4_000))
    # √(2 / 4,000) of the draws, and √(2 / 400) of the groups: within three deviations of both together.
    assert drawn.var() == pytest.approx((summands**2).sum(), rel=0.23 if units == 400 else 0.1)


@pytest.mark.parametrize("rows", [50, 200])
def test_the_cells_of_a_draw_add_up_to_the_sums_of_the_same_draw(rows: int) -> None:
    generator = np.random.default_rng(2)
    cells, weights = generator.integers(0, 3, rows), generator.random(rows)
    resampler = Resampler(5, rows, 20, 100)
    in_cells = resampler.cell_sums(cells, 3, weights)
    assert in_cells.shape == (3, 20)
    for cell in range(3):
        assert in_cells[cell] == pytest.approx(resampler.sums((weights * (cells == cell))[:, None])[0])


def test_small_tables_are_drawn_row_by_row_with_whole_counts() -> None:
    drawn = Resampler(5, 3, 500).cell_sums(np.array([2, 0, 1]), 3, np.array([1.0, 10.0, 100.0]))
    # Row 0 lies in cell 2, and so on; each row is drawn zero, one or more times, once on average.
    for cell, weight in ((2, 1), (0, 10), (1, 100)):
        counts = drawn[cell] / weight
        assert (counts == counts.round()).all()
        assert counts.mean() == pytest.approx(1, abs=0.2)
    assert np.corrcoef(drawn)[0, 1] == pytest.approx(0, abs=0.15)


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    summands = np.random.default_rng(1).random((300, 2))
    first, again, other = (Resampler(seed, 300, 10, 100).sums(summands) for seed in (7, 7, 8))
    assert (first == again).all()
    assert (first != other).any()


def test_an_interval_holds_the_middle_95_percent_of_what_is_defined() -> None:
    # Of 0 … 1,000 a fortieth lies below 25 and a fortieth above 975.
    assert percentile_interval(np.append(np.arange(1_001.0), [np.nan] * 50)) == pytest.approx((25, 975))


@pytest.mark.parametrize("replicates", [[], [np.nan, np.nan], [0.5, 0.5, np.nan, 0.5], [0.3, 0.1 + 0.2]])
def test_replicates_that_are_all_alike_give_no_interval(replicates: list[float]) -> None:
    assert percentile_interval(np.array(replicates)) is None
