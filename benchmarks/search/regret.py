"""How good the configurations are that searches chose, and whether one strategy's are better than random search's."""

import dataclasses
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from benchmarks.search.table import SearchTable
from modules.judging.statistics import holm
from modules.judging.statistics.resampling import Resampler, percentile_interval

if TYPE_CHECKING:  # it starts TensorFlow
    from benchmarks.search.replay import ReplayedTrial

# What a test may say wrongly where nothing differs.
LEVEL = 0.05
# Before a search's first trial has ended.
NONE = -1
_SEED = 17


def chosen(trials: Sequence["ReplayedTrial"], sign: float, budget: int) -> np.ndarray:
    """Returns which configuration a search would choose if it ended after so many epochs.

    Trials are charged one after another, in their order, each with the epochs that it was trained for itself. The
    search's own choice is the best score that it saw, of equal ones the first, whatever the epochs behind it.

    Args:
        trials: A search, in the order of its trials.
        sign: What scores are multiplied by so that the highest is the best.
        budget: The most epochs.

    Returns:
        int64 [budget + 1]: the row after 0, 1, … epochs; `NONE` before the first trial's end.
    """
    choices = np.full(budget + 1, NONE)
    spent, best = 0, -np.inf
    for trial in trials:
        spent += trial.epochs
        if sign * trial.score > best:
            best = sign * trial.score
            choices[spent:] = trial.place
    return choices


def of_choices(table: SearchTable, choices: np.ndarray) -> np.ndarray:
    """Returns the simple regret: how much better the best configuration of the table is than the chosen one.

    Both are held against each other as trained to the end, by their best validation scores.

    Args:
        table: The table.
        choices: Rows of the table, or `NONE`, int64 of any shape.

    Returns:
        float64 of the same shape, at least 0; NaN where nothing is chosen.
    """
    gains = table.sign * table.scores
    return np.where(choices == NONE, np.nan, gains.max() - gains[choices])


def mean_interval(values: np.ndarray) -> tuple[float, float]:
    """Returns a 95 % interval of the mean, by the bootstrap over replays.

    Args:
        values: A value per replay, float64 [n].

    Returns:
        The ends; both are the mean where all values are alike.
    """
    sums = Resampler(_SEED, len(values)).sums(np.stack([values, np.ones(len(values))], axis=1))
    return percentile_interval(sums[0] / sums[1]) or (float(values.mean()), float(values.mean()))


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A strategy against random search, the same seeds of both.

    Attributes:
        wins: Replays in which its regret is smaller.
        ties: Those in which both are equal.
        losses: Those in which it is larger.
        p_value: Two-sided, by Wilcoxon's signed-rank test.
        adjusted: The same, corrected for all comparisons that are made on the table.
        lower: Whether the ranks speak for the strategy.
    """

    wins: int
    ties: int
    losses: int
    p_value: float
    adjusted: float
    lower: bool

    @property
    def verdict(self) -> str:
        """`better` or `worse` where the corrected test says so, else `even`."""
        if self.adjusted >= LEVEL:
            return "even"
        return "better" if self.lower else "worse"


def compared(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[Comparison]:
    """Compares strategies with random search, and corrects for the number of comparisons (Holm, 1979).

    Args:
        pairs: The regrets of a strategy and of random search at some budget, float64 [replays] each, in the same order
            of seeds.

    Returns:
        One comparison per pair.
    """
    differences = [np.subtract(*pair) for pair in pairs]
    tested = [signed_rank(difference) for difference in differences]
    adjusted = holm.adjusted([p_value for p_value, _ in tested])
    return [
        Comparison(
            wins=int((difference < 0).sum()),
            ties=int((difference == 0).sum()),
            losses=int((difference > 0).sum()),
            p_value=p_value,
            adjusted=corrected,
            lower=ranks < 0,
        )
        for difference, (p_value, ranks), corrected in zip(differences, tested, adjusted, strict=True)
    ]


def signed_rank(differences: np.ndarray) -> tuple[float, float]:
    """Tests whether differences are symmetric around 0 (Wilcoxon, 1945).

    Zeros are ranked and then left out (Pratt, 1959): on a small table, two searches often choose one configuration.

    Returns:
        The two-sided p-value, 1 where all are 0; and the sum of the signed ranks.
    """
    if not differences.any():
        return 1.0, 0.0
    ranks = stats.rankdata(np.abs(differences))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning)  # with zeros it approximates, of few replays too
        tested = stats.wilcoxon(differences, zero_method="pratt")
    return float(tested.pvalue), float((np.sign(differences) * ranks).sum())
