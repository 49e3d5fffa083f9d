"""Each method on numbers that were published or worked out by hand."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from modules.judging.statistics import benjamini_hochberg, delong, holm, koopman, mcnemar, newcombe, normal, tango

pytestmark = pytest.mark.unit


def test_the_tail_of_the_normal_distribution_is_right_far_out_too() -> None:
    assert pytest.approx(1.959964, abs=1e-6) == normal.Z
    assert normal.upper_tail(normal.Z) == pytest.approx(0.025)
    assert normal.upper_tail(10) == pytest.approx(7.62e-24, rel=1e-3)


def test_tangos_interval_has_the_published_numbers() -> None:
    assert tango.interval(40, 20, 160) == pytest.approx((0.0309, 0.2181), abs=5e-5)


@pytest.mark.parametrize("counts", [(40, 20, 160), (3, 1, 30), (0, 4, 50)])
def test_tangos_score_takes_the_most_likely_shares_under_the_difference(counts: tuple[int, int, int]) -> None:
    (b, c, n), difference = counts, 0.05
    # The likelihood of b, c and the rest, on a fine grid of the share of c alone.
    share = np.linspace(0, (1 - difference) / 2, 400_001)[1:-1]
    likelihood = b * np.log(share + difference) + c * np.log(share) + (n - b - c) * np.log(1 - 2 * share - difference)
    likely = float(share[likelihood.argmax()])
    error = math.sqrt(n * (2 * likely + difference * (1 - difference)))
    assert tango.score(b, c, n, difference) == pytest.approx((b - c - n * difference) / error, abs=1e-4)


def test_tangos_interval_turns_with_the_models() -> None:
    low, high = tango.interval(40, 20, 160)
    assert tango.interval(20, 40, 160) == pytest.approx((-high, -low))


@pytest.mark.parametrize("rows", [1, 10, 1_000])
def test_without_a_row_answered_differently_tangos_bound_follows_from_the_rows_alone(rows: int) -> None:
    bound = 1.959964**2 / (rows + 1.959964**2)
    assert tango.interval(0, 0, rows) == pytest.approx((-bound, bound), rel=1e-5)
    assert tango.bound(rows) == pytest.approx(bound, rel=1e-5)
    assert tango.rows_for(tango.bound(rows)) == pytest.approx(rows)


def test_no_rows_show_that_a_difference_is_nothing() -> None:
    assert tango.rows_for(0.0) is None


def test_tangos_score_at_zero_is_mcnemars() -> None:
    assert tango.score(40, 20, 160, 0.0) == pytest.approx(20 / math.sqrt(60))


@pytest.mark.parametrize("counts", [(5, 0, 5), (0, 5, 5), (1, 0, 1), (3, 4, 7), (1, 0, 100_000)])
def test_tangos_interval_holds_the_observed_difference_at_the_edges(counts: tuple[int, int, int]) -> None:
    low, high = tango.interval(*counts)
    assert -1 <= low <= (counts[0] - counts[1]) / counts[2] <= high <= 1


def test_mcnemars_exact_test_is_a_binomial_test_of_the_rows_that_one_model_has_right() -> None:
    assert mcnemar.p_value(40, 20) == pytest.approx(0.0135, abs=5e-5)
    assert mcnemar.p_value(20, 40) == mcnemar.p_value(40, 20)
    assert mcnemar.p_value(0, 0) == 1.0
    assert mcnemar.one_sided(3, 0) == pytest.approx(1 / 8)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # Newcombe, 1998, table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombes_interval_has_the_published_numbers(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    assert newcombe.interval(first, second) == pytest.approx((low, high), abs=5e-5)
    assert newcombe.score(first, second, newcombe.interval(first, second)[0]) == pytest.approx(normal.Z)
    assert newcombe.score(second, first, -newcombe.interval(first, second)[0]) == pytest.approx(-normal.Z)


def test_koopmans_interval_has_the_published_numbers() -> None:
    # Koopman, 1984: 36 of 40 against 16 of 80.
    assert koopman.interval((36, 40), (16, 80)) == pytest.approx((2.94, 7.15), abs=5e-3)


def test_koopmans_interval_is_open_where_nothing_succeeds() -> None:
    assert koopman.interval((0, 20), (5, 20))[0] == 0.0
    assert koopman.interval((5, 20), (0, 20))[1] == math.inf


def test_the_four_fifths_rule_on_a_worked_table() -> None:
    # 48 of 80 men and 12 of 40 women are hired: 0.3 / 0.6 is half, below four fifths; by Koopman's score it is sure:
    # expected under a ratio of 0.8, from the quadratic 120·2·p² ... worked out below with numpy's roots.
    women, men, ratio = (12, 40), (48, 80), 0.8
    roots = np.roots([40 + 80, -(ratio * (40 + 48) + 12 + 80), ratio * (12 + 48)])
    likely = float(roots.min())
    error = math.sqrt(likely * (1 - likely) / 40 + ratio**2 * (likely / ratio) * (1 - likely / ratio) / 80)
    assert koopman.score(women, men, ratio) == pytest.approx((12 / 40 - ratio * 48 / 80) / error)
    low, high = koopman.interval(women, men)
    assert low < 0.5 < high < 0.8
    assert koopman.score(women, men, high) == pytest.approx(-normal.Z)


def areas(scores: np.ndarray, positive: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Compares every positive with every negative, one pair at a time."""
    wins = np.array(
        [[float(one > other) + 0.5 * float(one == other) for other in scores[~positive]] for one in scores[positive]]
    )
    return float(wins.mean()), wins.mean(axis=1), wins.mean(axis=0)


def test_delongs_variance_is_that_of_all_pairs_compared_one_by_one() -> None:
    random = np.random.default_rng(1)
    positive = random.random(80) < 0.4
    first = np.round(random.normal(size=80) + positive, 1)  # with ties
    second = np.round(first + random.normal(size=80) / 4, 1)
    one, other = areas(first, positive), areas(second, positive)
    below, above = delong.placements(first, positive)
    assert below == pytest.approx(one[1])
    assert above == pytest.approx(one[2])
    counts = positive.sum(), (~positive).sum()
    alone = sum(np.var(part, ddof=1) / count for part, count in zip(one[1:], counts, strict=True))
    assert delong.error(first, positive) == pytest.approx(math.sqrt(alone))
    # By the covariance matrices of the article: variances less twice the covariance.
    both = [
        np.cov(np.stack(parts)) / count
        for parts, count in zip(zip(one[1:], other[1:], strict=True), counts, strict=True)
    ]
    variance = sum(matrix[0, 0] + matrix[1, 1] - 2 * matrix[0, 1] for matrix in both)
    assert delong.difference(first, second, positive) == pytest.approx((one[0] - other[0], math.sqrt(variance)))


def test_models_that_rank_alike_differ_by_nothing() -> None:
    positive = np.array([True, False, True, False])
    scores = np.array([0.9, 0.1, 0.4, 0.5])
    assert delong.difference(scores, scores / 2, positive) == (0.0, 0.0)


def test_holms_correction_on_a_worked_example() -> None:
    # Sorted 0.005, 0.01, 0.03, 0.04, times 4, 3, 2, 1: 0.02, 0.03, 0.06, and 0.04, which may not be below 0.06.
    assert holm.adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm.adjusted([0.9, 0.8]) == [1.0, 1.0]
    assert holm.adjusted([]) == []


def test_benjaminis_and_hochbergs_correction_on_a_worked_example() -> None:
    # Sorted 0.005, 0.01, 0.03, 0.04, times 4, 2, 4/3, 1: 0.02, 0.02, 0.04, 0.04.
    assert benjamini_hochberg.adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    # 0.2 and 0.45 would be 0.6 and 0.675: none gets above the 0.5 of the largest.
    assert benjamini_hochberg.adjusted([0.45, 0.2, 0.5]) == pytest.approx([0.5, 0.5, 0.5])
    assert benjamini_hochberg.adjusted([]) == []


@pytest.mark.parametrize(("share", "rows"), list(product([0.02, 0.3], [40, 400])))
def test_tangos_interval_covers_the_truth_as_often_as_it_says(share: float, rows: int) -> None:
    # Exactly, over all tables of three outcomes: b, c, and the rest.
    first, second = share, share / 2
    covered = 0.0
    likely = [
        (b, c, stats.binom.pmf(b, rows, first) * stats.binom.pmf(c, rows - b, second / (1 - first)))
        for b in range(rows + 1)
        for c in range(rows + 1 - b)
        if abs(b - rows * first) < 6 * math.sqrt(rows * first) + 3
        and abs(c - rows * second) < 6 * math.sqrt(rows * second) + 3
    ]
    for b, c, probability in likely:
        if abs(tango.score(b, c, rows, first - second)) <= normal.Z:
            covered += probability
    assert covered > 0.93
