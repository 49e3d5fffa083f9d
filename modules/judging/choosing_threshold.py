"""Choosing the decision threshold of two classes on validation rows, of all distinct scores at once.

A row is predicted positive if its score is above the threshold (`modules.tasks.decisions`), so that only the cuts
between distinct scores differ: each is held against the rule. Of equally good cuts the one nearest to the default
threshold is taken; within it the threshold is the number with the fewest digits.

The rules: the highest F1; the lowest expected cost; the highest recall at a precision to reach, or the highest
precision at a recall to reach; and equal opportunity (Hardt, Price and Srebro, Equality of Opportunity in Supervised
Learning, 2016) by one common threshold: the highest F1 where no two groups' true positive rates are farther apart than
a gap. To predict one class for everybody is perfectly equal, and useless: a cut has to have a higher F1 than that.
What no cut reaches is not an error, since it may be reached by other rows: the nearest cut is taken, with a notice.
"""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from modules.base.threshold import ThresholdRule
from modules.tasks import areas
from modules.tasks.decisions import DEFAULT_THRESHOLD

# Of what float64 loses by adding up weights.
_SLACK = 1e-9
_MOST_DIGITS = 12


@dataclasses.dataclass(frozen=True)
class ChosenThreshold:
    """A decision threshold.

    Attributes:
        value: The threshold.
        how: How it was chosen, in words.
        notice: Why it is not what the rule asks for; empty where it is.
    """

    value: float
    how: str
    notice: str = ""


@dataclasses.dataclass(frozen=True)
class ValidationScores:
    """What a threshold is chosen on.

    Attributes:
        positive: Which rows are of the positive class, bool [n].
        scores: The probability of that class, float32 [n].
        weights: Weight of each row, [n], if there are any.
        groups: Of equal opportunity, the row numbers of every group that is large enough to judge, by name.
    """

    positive: np.ndarray
    scores: np.ndarray
    weights: np.ndarray | None = None
    groups: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)


def choose(setting: float | ThresholdRule, rows: ValidationScores) -> ChosenThreshold:
    """Chooses the threshold.

    Args:
        setting: `evaluation.threshold` of the config.
        rows: The validation rows.
    """
    if not isinstance(setting, ThresholdRule):
        return ChosenThreshold(setting, "given by the config")
    cuts = _Cuts(rows)
    if not (cuts.positives > 0 and cuts.negatives > 0):
        return ChosenThreshold(DEFAULT_THRESHOLD, "the default one", "the validation rows are of one class")
    for name, rule in _RULES.items():
        if getattr(setting, name) is not None:
            cut, how, notice = rule(cuts, setting)
            return ChosenThreshold(cuts.threshold(cut), f"{how} on {len(rows.scores):,} validation rows", notice)
    raise AssertionError(setting)  # the settings have exactly one rule


class _Cuts:
    """Every cut between distinct scores: those above it are predicted positive, at first none, at last all."""

    def __init__(self, rows: ValidationScores) -> None:
        self._rows = rows
        scores = np.asarray(rows.scores, np.float32)
        distinct, places = np.unique(scores, return_inverse=True)
        self._scores, self._places = distinct[::-1].astype(np.float64), len(distinct) - 1 - places
        by_score = areas.weights_by_score(scores, rows.positive, rows.weights)
        self.tp, self.fp = (np.concatenate([[0.0], np.cumsum(weights)]) for weights in by_score)
        self.positives, self.negatives = self.tp[-1], self.fp[-1]
        # No threshold from 0 to 1 lies below a score of 0.
        self._possible = np.ones(len(self.tp), bool)
        self._possible[-1] = self._scores[-1] > 0
        self._from_default = np.abs(self._middles() - DEFAULT_THRESHOLD)

    @property
    def recall(self) -> np.ndarray:
        return self.tp / self.positives

    @property
    def precision(self) -> np.ndarray:
        """Of the cut above which there is no row, 0."""
        predicted = self.tp + self.fp
        return np.divide(self.tp, predicted, out=np.zeros_like(predicted), where=predicted > 0)

    @property
    def f1(self) -> np.ndarray:
        return 2 * self.tp / (self.tp + self.fp + self.positives)

    def gap(self) -> np.ndarray:
        """Returns the largest difference of true positive rates between two groups, of groups with positive rows."""
        highest, lowest = np.full(len(self.tp), -np.inf), np.full(len(self.tp), np.inf)
        counted = np.ones(len(self._places)) if self._rows.weights is None else self._rows.weights
        for numbers in self._rows.groups.values():
            own = numbers[self._rows.positive[numbers]]
            above = np.concatenate([[0.0], np.cumsum(np.bincount(self._places[own], counted[own], len(self._scores)))])
            if above[-1] > 0:
                highest, lowest = np.maximum(highest, above / above[-1]), np.minimum(lowest, above / above[-1])
        return np.where(highest >= lowest, highest - lowest, 0.0)

    def best(self, *merits: np.ndarray, among: np.ndarray | None = None) -> int:
        """Returns the cut with the highest first merit; of equal ones the second decides, and so on."""
        left = np.flatnonzero(self._possible if among is None else self._possible & among)
        for merit in (*merits, -self._from_default):
            left = left[merit[left] >= merit[left].max() - _SLACK * max(1.0, abs(merit[left].max()))]
        return int(left[0])

    def any(self, among: np.ndarray) -> bool:
        return bool((self._possible & among).any())

    def threshold(self, cut: int) -> float:
        """Returns the number with the fewest digits that lies within a cut."""
        lower, upper = [*self._scores, 0.0][cut], [np.inf, *self._scores][cut]
        middle = float(self._middles()[cut])
        for digits in range(1, _MOST_DIGITS):
            shortest = round(middle, digits)
            if lower <= np.float32(shortest) < upper:
                return shortest
        return float(lower)

    def _middles(self) -> np.ndarray:
        return (np.append(self._scores, 0.0) + np.insert(self._scores, 0, 1.0)) / 2


_Choice = tuple[int, str, str]


def _highest_f1(cuts: _Cuts, rule: ThresholdRule) -> _Choice:
    cut = cuts.best(cuts.f1)
    return cut, f"the highest F1 ({cuts.f1[cut]:.4f})", ""


def _lowest_cost(cuts: _Cuts, rule: ThresholdRule) -> _Choice:
    assert rule.false_negative_cost is not None
    cost = rule.false_negative_cost * (cuts.positives - cuts.tp) + cuts.fp
    cut = cuts.best(-cost)
    each = cost[cut] / (cuts.positives + cuts.negatives)
    return cut, f"the lowest cost, a false negative costing {rule.false_negative_cost:g} ({each:.4f} a row)", ""


def _reached_precision(cuts: _Cuts, rule: ThresholdRule) -> _Choice:
    assert rule.precision is not None
    enough = cuts.precision >= rule.precision - _SLACK
    how = f"the highest recall with a precision of at least {rule.precision:g}"
    if not cuts.any(enough):
        cut = cuts.best(cuts.precision, cuts.recall)
        return cut, how, f"no threshold reaches it: the highest precision is {cuts.precision[cut]:.4f}"
    cut = cuts.best(cuts.recall, cuts.precision, among=enough)
    return cut, f"{how} ({cuts.recall[cut]:.4f})", ""


def _reached_recall(cuts: _Cuts, rule: ThresholdRule) -> _Choice:
    assert rule.recall is not None
    enough = cuts.recall >= rule.recall - _SLACK
    how = f"the highest precision with a recall of at least {rule.recall:g}"
    if not cuts.any(enough):
        cut = cuts.best(cuts.recall, cuts.precision)
        return cut, how, f"no threshold reaches it: the highest recall is {cuts.recall[cut]:.4f}"
    cut = cuts.best(cuts.precision, cuts.recall, among=enough)
    return cut, f"{how} ({cuts.precision[cut]:.4f})", ""


def _equal_opportunity(cuts: _Cuts, rule: ThresholdRule) -> _Choice:
    assert rule.max_gap is not None
    gap, useful = cuts.gap(), cuts.f1 > cuts.f1[-1] + _SLACK
    by = " and ".join(rule.equal_opportunity or ())
    how = f"the highest F1 with true positive rates by {by} at most {rule.max_gap:g} apart"
    if not cuts.any(useful):
        return cuts.best(cuts.f1), how, "no threshold is better than predicting the positive class of everybody"
    near = useful & (gap <= rule.max_gap + _SLACK)
    if not cuts.any(near):
        cut = cuts.best(-gap, cuts.f1, among=useful)
        return cut, how, f"no useful threshold brings them so near: they are {gap[cut]:.4f} apart at best"
    cut = cuts.best(cuts.f1, among=near)
    return cut, f"{how} (F1 {cuts.f1[cut]:.4f}, {gap[cut]:.4f} apart)", ""


_RULES: dict[str, Callable[[_Cuts, ThresholdRule], _Choice]] = {
    "maximize": _highest_f1,
    "false_negative_cost": _lowest_cost,
    "precision": _reached_precision,
    "recall": _reached_recall,
    "equal_opportunity": _equal_opportunity,
}
