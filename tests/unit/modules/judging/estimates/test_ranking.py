import numpy as np
import pytest
from sklearn import metrics

from modules.judging.estimates import ranking
from modules.judging.statistics.resampling import Resampler, percentile_interval
from modules.tasks import areas, measures

pytestmark = pytest.mark.unit

ROC, PRECISION_RECALL = areas.roc_area, areas.average_precision


def rows(count: int, seed: int, shift: float = 1.0, share: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Makes scores of positives N(shift, 1) and negatives N(0, 1)."""
    generator = np.random.default_rng(seed)
    positive = generator.random(count) < share
    return generator.normal(size=count) + shift * positive, positive


def test_a_replicate_is_the_area_of_the_rows_that_it_drew() -> None:
    scores, positive = rows(300, 8)
    resampler = Resampler(9, 300, 20)
    found = ranking.replicates(ROC, scores, positive, None, resampler)
    drawn = resampler.cell_sums(np.arange(300), 300, np.ones(300))
    for number in range(20):
        expected = metrics.roc_auc_score(positive, scores, sample_weight=drawn[:, number])
        assert found[number] == pytest.approx(expected, abs=1e-9)


def test_coarser_steps_of_many_rows_move_a_replicate_by_less_than_a_hundredth_of_its_spread() -> None:
    scores, positive = rows(6_000, 10)
    resampler = Resampler(9, 6_000, 100)
    coarse = [ranking.replicates(under, scores, positive, None, resampler) for under in (ROC, PRECISION_RECALL)]
    fine = [ranking.replicates(under, scores, positive, None, resampler, 10_000) for under in (ROC, PRECISION_RECALL)]
    for one, other in zip(coarse, fine, strict=True):
        assert np.abs(one - other).max() < 0.05 * other.std()
    assert np.abs(coarse[0] - fine[0]).max() < 0.01 * fine[0].std()


def test_replicates_in_coarse_steps_lie_around_the_exact_value() -> None:
    scores, positive = rows(20_000, 11)
    for under, measure in ((ROC, measures.auc), (PRECISION_RECALL, measures.auc_pr)):
        value = measure(positive, np.stack([-scores, scores], axis=1))
        # The area of these four steps is 0.03 less.
        drawn = ranking.replicates(under, scores, positive, None, Resampler(9, 20_000, 400), 4)
        assert drawn.mean() == pytest.approx(value, abs=4 * drawn.std() / 20)


@pytest.mark.parametrize(("count", "share", "least"), [(400, 0.3, 0.91), (100, 0.1, 0.84)])
def test_intervals_cover_the_true_area_about_as_often_as_they_say(count: int, share: float, least: float) -> None:
    # Two normal distributions a deviation apart: AUC = Φ(1 / √2) = 0.76025. In 300 tables 95 % ± 1.3 % are covered
    # where there are many rows; with about ten positives, too few for the page, somewhat fewer.
    truth, covered, tables = 0.760250, 0, 300
    for seed in range(tables):
        scores, positive = rows(count, seed, 1.0, share)
        interval = percentile_interval(ranking.replicates(ROC, scores, positive, None, Resampler(seed, count, 400)))
        assert interval is not None
        covered += interval[0] <= truth <= interval[1]
    assert least <= covered / tables <= 0.985
