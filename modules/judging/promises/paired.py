"""How much better one model is than another on the same rows: a method for each shape of a measure.

Rows that count alike: Tango's interval of shares of the same rows, DeLong's of areas under the ROC curve. All else, and
rows with weights: the bootstrap of the difference, both models being measured on the same resamples.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from modules.judging.estimates import measures as estimates
from modules.judging.estimates import ranking
from modules.judging.promises.estimate import Estimate, of_replicates, undefined
from modules.judging.statistics import delong, mcnemar, normal, tango
from modules.judging.statistics.resampling import LEAST_ROWS, Resampler
from modules.tasks import areas, measures
from modules.tasks.measures import Measure

# Steps of the curves in the replicates: a model that is compressed well moves a row by few ranks.
_CELLS = 4_096
_NO_ROWS = "no rows to take it over"


def difference(
    both: tuple[Measure, Measure],
    labels: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    weights: np.ndarray | None,
    resampler: Resampler,
) -> Estimate:
    """Measures how much higher a metric is under one model than under another.

    Args:
        both: The metric at the decision threshold of each model.
        labels: The number of the class, or the value, [n]; there is at least one row.
        first: What one model predicts, float64 [n, classes] or [n, 1].
        second: What the other predicts.
        weights: Weight of each row, [n], if there are any.
        resampler: Draws the rows.

    Returns:
        The metric of the first less that of the second.
    """
    return _METHODS[type(both[0])](both, labels, first, second, weights, resampler)


Rows = tuple[np.ndarray, np.ndarray]  # those that have something, and those that are counted, bool [n] each


def share_difference(first: Rows, second: Rows, weights: np.ndarray | None, resampler: Resampler) -> Estimate:
    """Measures how much larger a share of rows is under one model than under another.

    Args:
        first: Which rows have it under one model, and which it is taken over.
        second: The same under the other.
        weights: Weight of each row, [n], if there are any.
        resampler: Draws the rows, where they have weights or where each model has its own rows to take a share of.
    """
    (having, among), (other_having, other_among) = first, second
    rows = min(int(among.sum()), int(other_among.sum()))
    same_rows = np.array_equal(among, other_among)
    method = "tango" if weights is None and same_rows else "bootstrap"
    if not rows or (weights is not None and min(weights[among].sum(), weights[other_among].sum()) <= 0):
        return undefined(_NO_ROWS, rows, method)
    one_alone, other_alone = having & ~other_having & among, other_having & ~having & other_among
    if method == "tango":
        return _tango(int(one_alone.sum()), int(other_alone.sum()), rows)
    counted = np.ones(len(among)) if weights is None else weights
    if same_rows and not (one_alone | other_alone).any():
        return _unmoved(rows, _telling(counted[among]), "bootstrap")
    columns = np.stack([having & among, among, other_having & other_among, other_among], axis=1) * counted[:, None]
    found = of_replicates(float(_of_ratios(columns.sum(axis=0))), rows, _of_ratios(resampler.sums(columns)))
    return _no_surer_than_unmoved(found, min(_telling(counted[among]), _telling(counted[other_among])))


def _telling(weights: np.ndarray) -> float:
    """Returns how many rows of equal weights tell as much (Kish, Survey Sampling, 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _no_surer_than_unmoved(found: Estimate, telling: float) -> Estimate:
    """Widens an interval about 0 to Tango's bound: a few rows that differ cannot tell more than none that does."""
    if not found.has_interval or found.low > 0 or found.high < 0:  # type: ignore[operator]
        return found
    bound = tango.bound(telling)
    return dataclasses.replace(found, low=min(found.low, -bound), high=max(found.high, bound))  # type: ignore[type-var]


def _of_ratios(sums: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[0] / sums[1] - sums[2] / sums[3]


def _tango(first_alone: int, second_alone: int, rows: int) -> Estimate:
    low, high = tango.interval(first_alone, second_alone, rows)

    def score(limit: float) -> float:
        if limit or not first_alone + second_alone:
            return tango.score(first_alone, second_alone, rows, limit)
        # That there is no difference at all has an exact test; its p-value as standard errors.
        sign = 1 if first_alone >= second_alone else -1
        counts = sorted((first_alone, second_alone), reverse=True)
        return sign * normal.from_upper_tail(mcnemar.one_sided(*counts))

    return Estimate((first_alone - second_alone) / rows, low, high, rows, "tango", score_of=score)


def _unmoved(rows: int, telling: float, method: str) -> Estimate:
    """Returns a difference of 0 that may be as large as Tango's bound of so many rows without another answer."""
    bound = tango.bound(telling)
    return Estimate(0.0, -bound, bound, rows, method, score_of=lambda limit: tango.score(0, 0, telling, limit))


def _shares(
    both: tuple[measures.Share, measures.Share],
    labels: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    weights: np.ndarray | None,
    resampler: Resampler,
) -> Estimate:
    return share_difference(both[0].rows(labels, first), both[1].rows(labels, second), weights, resampler)


def _areas(
    both: tuple[measures.Area, measures.Area],
    labels: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    weights: np.ndarray | None,
    resampler: Resampler,
) -> Estimate:
    measure = both[0]  # over all thresholds
    classes = range(first.shape[1]) if measure.of_each_class else [1]
    counts = {number: int((labels == number).sum()) for number in classes}
    judged = [number for number, count in counts.items() if 0 < count < len(labels)]
    value = measure(labels, first, weights) - measure(labels, second, weights)
    by_delong = measure.under is areas.roc_area and weights is None and not measure.of_each_class
    method = "delong" if by_delong else "bootstrap"
    if not judged or np.isnan(value):
        return undefined("rows of one class only", len(labels), method)
    rarest = min(min(counts[number], len(labels) - counts[number]) for number in judged)
    if rarest < estimates.LEAST_OF_CLASS:
        reason = f"{rarest} rows of the rarer class, {estimates.FEW_OF_CLASS}"
        growth = estimates.LEAST_OF_CLASS / rarest
        # What they vary by is still the best guess of how many rows would do.
        error = delong.difference(first[:, 1], second[:, 1], labels == 1)[1] if by_delong and rarest > 1 else 0.0
        score_of = (lambda limit: (value - limit) / error) if error else None
        return Estimate(value, None, None, len(labels), method, reason, score_of, growth)
    if by_delong:
        value, error = delong.difference(first[:, 1], second[:, 1], labels == 1)
        if not error:
            return _unmoved(len(labels), rarest, method)
        return Estimate(value, value - normal.Z * error, value + normal.Z * error, len(labels), method)
    drawn = [
        np.mean(
            [
                ranking.replicates(measure.under, of[:, number], labels == number, weights, resampler, _CELLS)
                for number in judged
            ],
            axis=0,
        )
        for of in (first, second)
    ]
    if not np.ptp(drawn[0] - drawn[1]):
        return _unmoved(len(labels), rarest, method)
    return of_replicates(value, len(labels), drawn[0] - drawn[1])


def _sums(
    both: tuple[measures.Sums, measures.Sums],
    labels: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    weights: np.ndarray | None,
    resampler: Resampler,
) -> Estimate:
    measure = both[0]  # nothing is decided
    value = measure(labels, first, weights) - measure(labels, second, weights)
    if np.array_equal(first, second) and not np.isnan(value) and len(labels) >= LEAST_ROWS:
        return Estimate(0.0, 0.0, 0.0, len(labels), "exact", "both models predict the same of every row")
    if weights is not None and weights.sum() <= 0:
        return undefined("no row counts", len(labels), "bootstrap")
    drawn = [
        measure.combine(*resampler.sums(measure.summands(labels, predicted, weights).T))
        for predicted in (first, second)
    ]
    return of_replicates(value, len(labels), drawn[0] - drawn[1])


_METHODS: dict[type, Callable[..., Estimate]] = {
    measures.Share: _shares,
    measures.Area: _areas,
    measures.Sums: _sums,
}
