import numpy as np
import pytest
from sklearn import metrics

from components.intervals import ranking
from components.intervals.resampling import Resampler, percentile_interval

pytestmark = pytest.mark.unit


def test_the_area_under_the_roc_curve_counts_pairs_and_halves_of_ties() -> None:
    # Scores 3, 2, 1: positives 1, 1, 0; negatives 0, 1, 2. Of 2 · 3 pairs the first wins 3, the second 2 and a half.
    assert ranking.roc_area(np.array([1.0, 1, 0]), np.array([0.0, 1, 2])) == pytest.approx(5.5 / 6)


def test_the_area_under_the_precision_recall_curve_is_interpolated_by_rows_called_positive() -> None:
    # Scores 2, 1: positives 1, 1; negatives 0, 2. The first step is worth 1/2 of recall at precision 1. In the second,
    # of t more rows t/3 are positives: precision (1 + t/3) / (1 + t), recall grows by 1/6 a row.
    # ∫ (1 + t/3) / (1 + t) dt over 0 … 3 = 3/3 + 2/3 · ln 4.
    expected = 1 / 2 + (1 + 2 / 3 * np.log(4)) / 6
    assert ranking.precision_recall_area(np.array([1.0, 1]), np.array([0.0, 2])) == pytest.approx(expected)


def test_all_ways_to_be_undefined_are_nan_and_no_warning() -> None:
    some, none = np.array([1.0, 2.0]), np.zeros(2)
    assert np.isnan(ranking.roc_area(none, some))
    assert np.isnan(ranking.roc_area(some, none))
    assert np.isnan(ranking.precision_recall_area(none, some))
    assert ranking.precision_recall_area(some, none) == 1


def rows(count: int, seed: int, shift: float = 1.0, share: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Makes scores of positives N(shift, 1) and negatives N(0, 1)."""
    generator = np.random.default_rng(seed)
    positive = generator.random(count) < share
    return generator.normal(size=count) + shift * positive, positive


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("digits", [1, 9])
def test_the_value_is_exact_with_ties_and_weights_however_many_rows(weighted: bool, digits: int) -> None:
    scores, positive = rows(3_000, 4)
    scores = scores.round(digits)
    weights = np.random.default_rng(5).integers(0, 4, 3_000).astype(float) if weighted else None
    roc, _ = ranking.areas(scores, positive, weights, Resampler(1, 3_000, 5))
    assert roc.value == pytest.approx(metrics.roc_auc_score(positive, scores, sample_weight=weights))


def test_a_weight_of_two_is_a_row_that_is_there_twice() -> None:
    scores, positive = rows(500, 6)
    weights = np.random.default_rng(7).integers(0, 3, 500)
    twice = np.repeat(np.arange(500), weights)
    resampler = Resampler(1, 2_000, 5)
    weighted = ranking.areas(scores, positive, weights.astype(float), resampler)
    repeated = ranking.areas(scores[twice], positive[twice], None, resampler)
    assert [area.value for area in weighted] == pytest.approx([area.value for area in repeated])


def test_a_replicate_is_the_area_of_the_rows_that_it_drew() -> None:
    scores, positive = rows(300, 8)
    resampler = Resampler(9, 300, 20)
    found = ranking.areas(scores, positive, None, resampler)[0].replicates
    drawn = resampler.cell_sums(np.arange(300), 300, np.ones(300))
    for number in range(20):
        expected = metrics.roc_auc_score(positive, scores, sample_weight=drawn[:, number])
        assert found[number] == pytest.approx(expected, abs=1e-9)


def test_coarser_steps_of_many_rows_move_a_replicate_by_less_than_a_hundredth_of_its_spread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scores, positive = rows(6_000, 10)
    resampler = Resampler(9, 6_000, 100)
    coarse = ranking.areas(scores, positive, None, resampler)
    monkeypatch.setattr(ranking, "_CELLS", 10_000)
    fine = ranking.areas(scores, positive, None, resampler)
    for one, other in zip(coarse, fine, strict=True):
        assert one.value == other.value
        assert np.abs(one.replicates - other.replicates).max() < 0.05 * other.replicates.std()
    assert np.abs(coarse[0].replicates - fine[0].replicates).max() < 0.01 * fine[0].replicates.std()


def test_replicates_in_coarse_steps_lie_around_the_exact_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "_CELLS", 4)  # whose own area is 0.03 less
    scores, positive = rows(20_000, 11)
    for area in ranking.areas(scores, positive, None, Resampler(9, 20_000, 400)):
        assert area.replicates.mean() == pytest.approx(area.value, abs=4 * area.replicates.std() / 20)


@pytest.mark.parametrize(("count", "share", "least"), [(400, 0.3, 0.91), (100, 0.1, 0.84)])
def test_intervals_cover_the_true_area_about_as_often_as_they_say(count: int, share: float, least: float) -> None:
    # Two normal distributions a deviation apart: AUC = Φ(1 / √2) = 0.76025. In 300 tables 95 % ± 1.3 % are covered
    # where there are many rows; with about ten positives, the fewest that get an interval, somewhat fewer.
    truth, covered, tables = 0.760250, 0, 300
    for seed in range(tables):
        scores, positive = rows(count, seed, 1.0, share)
        interval = percentile_interval(ranking.areas(scores, positive, None, Resampler(seed, count, 400))[0].replicates)
        assert interval is not None
        covered += interval[0] <= truth <= interval[1]
    assert least <= covered / tables <= 0.985
