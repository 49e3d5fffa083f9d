"""Proportions of rows: Wilson's interval where rows count alike, the bootstrap where they have weights."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from modules.judging.estimates import entries
from modules.judging.statistics import wilson
from modules.judging.statistics.resampling import LEAST_ROWS, TOO_FEW, Resampler
from modules.tasks import confusion, decisions


def proportion(
    successful: np.ndarray, among: np.ndarray, weights: np.ndarray | None, resampler: Resampler
) -> dict[str, Any]:
    """Measures a proportion.

    Args:
        successful: Which rows have it, bool [n].
        among: Which rows it is over, bool [n].
        weights: Weight of each row, [n], if there are any.
        resampler: Draws the replicates where there are.

    Returns:
        An entry, as `entries.entry` has it; `rows` are those that it is over, whatever they weigh.
    """
    rows = int(among.sum())
    if weights is None:
        if not rows:
            return entries.undefined("no rows to take it over", rows, "wilson")
        count = int((successful & among).sum())
        return entries.entry(count / rows, rows, "wilson", wilson.interval(count, rows))
    summands = np.stack([weights * (successful & among), weights * among], axis=1)
    upper, lower = summands.sum(axis=0)
    if lower <= 0:
        return entries.undefined("no rows to take it over", rows, "bootstrap")
    if rows < LEAST_ROWS:
        return entries.undecided(upper / lower, rows, "bootstrap", TOO_FEW)
    drawn = resampler.sums(summands)
    with np.errstate(invalid="ignore", divide="ignore"):
        return entries.bootstrapped(upper / lower, rows, drawn[0] / drawn[1])


def rates(
    scores: np.ndarray,
    positive: np.ndarray,
    weights: np.ndarray | None,
    thresholds: Sequence[float],
    resampler: Resampler,
) -> dict[str, dict[str, Any]]:
    """Measures Fairness Indicators' rates at thresholds, which decide as `modules.tasks.decisions` says.

    Args:
        scores: The score of each row, [n].
        positive: Whether the row is of the class, bool [n].
        weights: Weight of each row, [n], if there are any.
        thresholds: The decision thresholds.
        resampler: Draws the replicates where there are weights.

    Returns:
        An entry by rate and threshold, such as `true_positive_rate@0.50`: named as in the Evaluator's metrics.
    """
    by_rate = {}
    digits = max(1, *(len(str(threshold)) - 2 for threshold in thresholds))
    for threshold in thresholds:
        for name, cells in confusion.RATES.items():
            having, among = confusion.rows_of(cells, positive, decisions.above(scores, threshold))
            by_rate[f"{name}@{threshold:.{digits}f}"] = proportion(having, among, weights, resampler)
    return by_rate
